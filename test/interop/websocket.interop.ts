// WebSocket on real sockets, and with Kamailio as registrar and proxy.
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createStreamServer, type AddressInfo, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { silentLogger } from '../../src-main/base/logger.ts';
import { nodeRuntime } from '../../src-main/base/runtime.ts';
import { MAX_MESSAGE_BYTES, type SipMessage, serializeMessage } from '../../src-main/sip/syntax/index.ts';
import { nodeNetwork, prepareOutgoingRequest, TransportLayer } from '../../src-main/sip/transport/index.ts';
import { startDaemon } from '../support/daemon.ts';
import { DOMAIN, startServer } from '../support/lab.ts';
import { requestOf } from '../support/message-builders.ts';
import { requireProgram } from '../support/requirements.ts';

const LOOPBACK = '127.0.0.1';

let server: WebSocketServer;
let port: number;
let handshake: IncomingMessage | undefined;
let socket: WebSocket | undefined;
let frames: { text: string; isBinary: boolean }[];
let layer: TransportLayer;
let messages: SipMessage[];
let closed: string[];

beforeEach(async () => {
  frames = [];
  messages = [];
  closed = [];
  const http = createServer().listen(0, LOOPBACK);
  await new Promise((resolve) => http.once('listening', resolve));
  ({ port } = http.address() as AddressInfo);
  server = new WebSocketServer({ server: http, handleProtocols: (offered) => (offered.has('sip') ? 'sip' : false) });
  server.once('close', () => http.close());
  server.on('connection', (connection, request) => {
    socket = connection;
    handshake = request;
    connection.on('message', (data, isBinary) => frames.push({ text: (data as Buffer).toString('latin1'), isBinary }));
  });
  layer = new TransportLayer({
    network: nodeNetwork(),
    runtime: nodeRuntime(),
    logger: silentLogger,
    user: {
      onMessage: (message) => messages.push(message),
      onSendFailed: () => {},
      onFlowClosed: (_flow, reason) => closed.push(reason),
    },
  });
});
afterEach(() => {
  layer.close();
  for (const client of server.clients) client.terminate();
  server.close();
});
const connect = async () => {
  const connected = await layer.connect({
    protocol: 'ws',
    address: { address: LOOPBACK, port },
    serverName: 'biloxi.example.com',
  });
  if (!connected.ok) throw new Error(connected.error.message);
  return connected.value;
};

async function until<T>(what: () => T | undefined): Promise<T> {
  for (let tries = 0; tries < 200; tries++) {
    const found = what();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('it did not come');
}

describe('WebSocket on real sockets', () => {
  it('asks for the subprotocol sip by the name of the domain (RFC 6455 §4.1, RFC 7118 §4.1)', async () => {
    await connect();

    expect(handshake?.headers['sec-websocket-protocol']).toBe('sip');
    expect(handshake?.headers.host).toBe(`biloxi.example.com:${port}`);
    expect(handshake?.url).toBe('/');
  });

  it('sends text where it can and binary where it must (RFC 7118 §4.2)', async () => {
    const flow = await connect();
    for (const body of [Buffer.from('grün'), Buffer.from([0xff, 0xfe])]) {
      const request = requestOf();
      request.body = body;
      prepareOutgoingRequest(request, flow);
      flow.send(request);
    }
    await until(() => frames[1]);

    expect(frames.map(({ isBinary }) => isBinary)).toEqual([false, true]);
  });

  it('takes a message that comes at once with the handshake', async () => {
    server.on('connection', (connection) => connection.send(Buffer.from(serializeMessage(requestOf()))));
    await connect();

    expect(await until(() => messages[0])).toMatchObject({ method: 'OPTIONS' });
  });

  it('closes on a message that is longer than the limit', async () => {
    await connect();
    socket?.send('x'.repeat(MAX_MESSAGE_BYTES + 1));

    expect(await until(() => closed[0])).toMatch(/max payload/i);
  });

  it('sends a ping and hears the pong (RFC 7118 §6)', async () => {
    const flow = await connect();
    let pings = 0;
    socket?.on('ping', () => pings++);
    layer.keepAlive(flow, { intervalSec: 0.1, isAnswerExpected: true });
    await until(() => (layer.counters.keepAlives > 1 ? true : undefined));

    expect(pings).toBeGreaterThan(1);
    expect(closed).toEqual([]);
  });

  it('says so when nobody is there, or it is no WebSocket for SIP', async () => {
    server.options.handleProtocols = () => false;
    const refused = await layer.connect({ protocol: 'ws', address: { address: LOOPBACK, port } });
    const nobody = await layer.connect({ protocol: 'ws', address: { address: LOOPBACK, port: 1 } });

    expect(refused).toMatchObject({ ok: false, error: { kind: 'connectFailed' } });
    expect(nobody).toMatchObject({ ok: false, error: { kind: 'connectFailed' } });
  });
});

describe('a WebSocket whose handshake is never answered (RFC 7118 §4)', () => {
  it('is given up in time, and its connection closed', async () => {
    const sockets: Socket[] = [];
    let endedSockets = 0;
    const silent = createStreamServer((stream) => {
      sockets.push(stream);
      // Without a reader the end of the stream is never seen.
      stream.resume();
      stream.on('error', () => {}).on('close', () => endedSockets++);
    });
    await new Promise<void>((resolve) => silent.listen(0, LOOPBACK, resolve));
    const { port: silentPort } = silent.address() as AddressInfo;
    const real = nodeRuntime();
    const user = { onMessage: () => {}, onSendFailed: () => {}, onFlowClosed: () => {} };
    const hurried = new TransportLayer({
      network: nodeNetwork(),
      // Ten seconds are half a second.
      runtime: {
        ...real,
        setTimer: (delayMs, callback, isBackground) => real.setTimer(delayMs / 20, callback, isBackground),
      },
      logger: silentLogger,
      user,
    });
    const startMs = performance.now();
    const stalled = await hurried.connect({ protocol: 'ws', address: { address: LOOPBACK, port: silentPort } });
    const tookMs = performance.now() - startMs;
    await until(() => (endedSockets > 0 ? true : undefined));
    hurried.close();
    silent.close();

    expect(stalled).toMatchObject({ ok: false, error: { kind: 'connectFailed' } });
    expect(tookMs).toBeGreaterThan(450);
    expect(tookMs).toBeLessThan(3000);
    expect([sockets.length, endedSockets]).toEqual([1, 1]);
  });
});

describe('phones at Kamailio over WebSockets (RFC 7118 §5)', () => {
  it('register over WS and WSS and call each other', async (context) => {
    requireProgram(context, 'kamailio', 'kamcmd', 'openssl');
    const lab = await startServer();
    const phoneOf = (user: string, transport: 'ws' | 'wss') =>
      startDaemon({
        config: {
          accounts: [lab.account(user, { transport })],
          sip: {
            listen: [{ transport: 'udp', address: LOOPBACK }],
            tls: { trustedCertificateFiles: [lab.authorityFile] },
          },
          media: { address: LOOPBACK },
          calls: { autoAnswerAfterSec: 0 },
        },
      });
    const [alice, bob] = await Promise.all([phoneOf('alice', 'ws'), phoneOf('bob', 'wss')]);
    await Promise.all([alice.registration('registered'), bob.registration('registered')]);
    for (const [caller, callee, user] of [
      [alice, bob, 'bob'],
      [bob, alice, 'alice'],
    ] as const) {
      const callId = await caller.dial(`sip:${user}@${DOMAIN}`);
      await callee.incoming('connected');
      await callee.command('call.hangUp', { callId: (await callee.incoming('connected')).id });
      await caller.call(callId, 'ended');
    }
    const [invite] = await alice.traced('INVITE', 'outgoing');
    expect(invite).toMatch(/^Via: SIP\/2\.0\/WS [0-9a-f]{12}\.invalid;/m);
    expect(invite).toMatch(/^Contact: <sip:alice@[0-9a-f]{12}\.invalid;transport=ws;ob>/m);
    await Promise.all([alice.terminate(), bob.terminate()]);
    await lab.end();
  });
});
