// Limits that only real sockets have: handshakes that never end, sources that take every place, clients that never read.
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openControlServer, type ControlledPhone, type ControlServer } from '../../src-main/app/control-server.ts';
import type { Phone, SoundWindow } from '../../src-main/app/index.ts';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { nodeNetwork, TransportLayer } from '../../src-main/sip/transport/index.ts';
import type { Gatekeeper } from '../../src-main/web/gatekeeper.ts';
import { acceptPhoneSockets } from '../../src-main/web/phone-socket.ts';
import type { AnyEvent } from '../../src-shared/contract/index.ts';
import { CertificateAuthority } from '../support/certificates.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { requireProgram } from '../support/requirements.ts';

const LOOPBACK = '127.0.0.1';
const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});
/** A socket that says nothing, and what became of it. */
function openSocket(place: number | string): { socket: Socket; closedAfterMs: () => number | undefined } {
  const socket = typeof place === 'number' ? connect(place, LOOPBACK) : connect(place);
  const openedMs = performance.now();
  let closedMs: number | undefined;
  socket.on('error', () => {});
  socket.on('close', () => (closedMs = performance.now()));
  sockets.push(socket);
  return { socket, closedAfterMs: () => (closedMs === undefined ? undefined : closedMs - openedMs) };
}

async function until(isSo: () => boolean, limitMs = 5_000): Promise<void> {
  const untilMs = performance.now() + limitMs;
  while (!isSo()) {
    if (performance.now() > untilMs) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('a TLS listener — RFC 3261 §26.1.5', () => {
  it('gives one source 96 sockets, and ends a handshake that does not go on after 10 s', async (context) => {
    requireProgram(context, 'openssl');
    const files = new CertificateAuthority(temporaryFolder('limits')).issue({ name: 'biloxi.example.com' });
    const layer = new TransportLayer({
      network: nodeNetwork({ trustedCertificates: [], ...files }),
      runtime: nodeRuntime(),
      logger: silentLogger,
      user: { onMessage: () => {}, onSendFailed: () => {}, onFlowClosed: () => {} },
    });
    const listening = await layer.listen({ protocol: 'tls', address: LOOPBACK, port: 0 });
    if (!listening.ok) throw new Error(listening.error.message);

    const opened = Array.from({ length: 100 }, () => openSocket(listening.value.local.port));
    const closed = () => opened.filter(({ closedAfterMs }) => closedAfterMs() !== undefined);
    await until(() => closed().length >= 4);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(closed()).toHaveLength(4);

    await until(() => closed().length === 100, 15_000);
    expect(
      Math.min(
        ...opened
          .map(({ closedAfterMs }) => closedAfterMs() ?? 0)
          .sort((a, b) => b - a)
          .slice(0, 96),
      ),
    ).toBeGreaterThan(8_000);
    layer.close();
  });
});

/** A phone whose events are as long as the test likes. */
class PhoneFake {
  readonly handlers = {} as ControlledPhone['handlers'];
  readonly #listeners = new Set<(event: AnyEvent) => void>();

  soundWindow: SoundWindow | undefined;

  attachSound(window: SoundWindow) {
    this.soundWindow = window;
    return { take: () => {}, leave: () => {} };
  }

  onEvent(listener: (event: AnyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listenerCount(): number {
    return this.#listeners.size;
  }

  tell(sizeBytes: number): void {
    const event = {
      event: 'phone.changed',
      revision: 1,
      changed: { text: 'x'.repeat(sizeBytes) },
    } as unknown as AnyEvent;
    for (const listener of this.#listeners) listener(event);
  }
}

describe('the control socket', () => {
  let server: ControlServer | undefined;
  afterEach(() => server?.close());

  async function open(): Promise<{ phone: PhoneFake; path: string }> {
    const phone = new PhoneFake();
    const path = join(temporaryFolder('control'), 'control.sock');
    server = await openControlServer(path, phone, silentLogger);
    return { phone, path };
  }

  it('has 32 clients at a time', async () => {
    const { phone, path } = await open();
    const clients = Array.from({ length: 36 }, () => openSocket(path));
    const closed = () => clients.filter(({ closedAfterMs }) => closedAfterMs() !== undefined).length;
    await until(() => phone.listenerCount === 32 && closed() === 4);
  });

  it('cuts off a client whose line never ends', async () => {
    const { phone, path } = await open();
    const { socket, closedAfterMs } = openSocket(path);
    for (let index = 0; index < 24; index++) socket.write('x'.repeat(65_536));
    await until(() => closedAfterMs() !== undefined);
    await until(() => phone.listenerCount === 0);
  });

  it('cuts off a client that never reads, and goes on with the others', async () => {
    const { phone, path } = await open();
    const deaf = openSocket(path);
    const heard: number[] = [];
    openSocket(path).socket.on('data', (bytes) => heard.push(bytes.length));
    await until(() => phone.listenerCount === 2);
    deaf.socket.pause();
    for (let index = 0; index < 40 && phone.listenerCount === 2; index++) {
      phone.tell(1 << 20);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(phone.listenerCount).toBe(1);
    await until(() => heard.length > 0);
  });
});

describe('the window’s WebSocket', () => {
  let server: Server;
  let closeAll: () => void;
  const windows: WebSocket[] = [];
  afterEach(() => {
    for (const window of windows.splice(0)) window.terminate();
    closeAll();
    server.close();
  });

  it('has 16 windows at a time; one more is told that there is no room', async () => {
    const gatekeeper = { hasOurHost: () => true, hasOurOrigin: () => true, hasCookie: () => true };
    server = createServer();
    closeAll = acceptPhoneSockets(
      server,
      new PhoneFake() as unknown as Phone,
      gatekeeper as unknown as Gatekeeper,
      silentLogger,
    );
    await new Promise<void>((resolve) => void server.listen(0, LOOPBACK, resolve));
    const { port } = server.address() as AddressInfo;
    let opened = 0;
    const refused: string[] = [];
    for (let index = 0; index < 18; index++) {
      const window = new WebSocket(`ws://${LOOPBACK}:${port}/phone`);
      windows.push(window);
      window.on('open', () => opened++);
      window.on('error', (error) => refused.push(error.message));
      await until(() => opened + refused.length === index + 1);
    }
    expect(opened).toBe(16);
    expect(refused).toEqual(Array.from({ length: 2 }, () => expect.stringContaining('503') as string));
  });

  it('throws away sound that a window does not take, and passes on what it is told', async () => {
    const phone = new PhoneFake();
    server = createServer();
    const open = { hasOurHost: () => true, hasOurOrigin: () => true, hasCookie: () => true };
    closeAll = acceptPhoneSockets(server, phone as unknown as Phone, open as unknown as Gatekeeper, silentLogger);
    await new Promise<void>((resolve) => void server.listen(0, LOOPBACK, resolve));
    const { port } = server.address() as AddressInfo;
    const window = new WebSocket(`ws://${LOOPBACK}:${port}/sound`);
    windows.push(window);
    let [frames, texts] = [0, 0];
    window.on('message', (_data, isBinary) => {
      if (isBinary) frames++;
      else texts++;
    });
    await until(() => phone.soundWindow !== undefined && window.readyState === WebSocket.OPEN);
    window.pause();

    for (let i = 0; i < 50_000; i++) phone.soundWindow?.send(new ArrayBuffer(964));
    phone.soundWindow?.send('{"kind":"close"}');
    await new Promise((resolve) => setTimeout(resolve, 100));
    window.resume();
    await until(() => texts === 1);

    expect(frames).toBeGreaterThan(10);
    expect(frames).toBeLessThan(25_000);
  });
});
