// Fuzz target: WebSocket frames, as bytes to the library with the limits that we give it, and as messages to a SIP flow. RFC 6455 §5, RFC 7118 §5.
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import type { StreamConnection } from '../../src-main/sip/transport/index.ts';
import { mutations } from '../support/media/mutations.ts';
import { FakeRuntime } from '../support/fake-runtime.ts';
import { certificateOf, TransportSpy } from '../support/transport-pair.ts';
import { VirtualNetwork } from '../support/virtual-network.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated } from './mutate.ts';
import { runs } from './runs.ts';

const LIMIT_BYTES = 4096;

/** A socket in memory: what is pushed comes in, what is written is counted. */
class SocketFake extends Duplex {
  writtenBytes = 0;

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writtenBytes += chunk.length;
    done();
  }

  setTimeout(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }
}

/** RFC 6455 §5.2: a frame as a client sends it, masked with zeroes. */
function frame(opcode: number, payload: Uint8Array, isFinal = true): Uint8Array {
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0x80 | 126, payload.length >> 8, payload.length & 0xff];
  return Uint8Array.of((isFinal ? 0x80 : 0) | opcode, ...length, 0, 0, 0, 0, ...payload);
}

const text = Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n\r\n');
const FRAMES = [
  frame(1, text),
  frame(2, text),
  Buffer.concat([frame(1, text, false), frame(9, text.subarray(0, 8)), frame(0, text)]),
  Buffer.concat([frame(8, Buffer.of(3, 232)), frame(1, text)]),
  Uint8Array.of(0x82, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0),
  frame(1, new Uint8Array(LIMIT_BYTES + 1).fill(97)),
];
const REQUEST = {
  method: 'GET',
  headers: { upgrade: 'websocket', 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', 'sec-websocket-version': '13' },
};

describe('fuzz: frames of a WebSocket — RFC 6455 §5', () => {
  const server = new WebSocketServer({ noServer: true, maxPayload: LIMIT_BYTES, perMessageDeflate: false });
  afterAll(() => server.close());

  it('become messages within the limit, or end the connection', async () => {
    const property = fc.asyncProperty(fc.array(mutations(FRAMES), { maxLength: 4 }), async (chunks) => {
      const socket = new SocketFake();
      let longestBytes = 0;
      const failures: string[] = [];
      server.handleUpgrade(REQUEST as never, socket, Buffer.alloc(0), (client) => {
        client.on('error', (error) => failures.push(error.message));
        client.on('message', (data) => (longestBytes = Math.max(longestBytes, (data as Buffer).length)));
      });
      for (const chunk of chunks) if (!socket.destroyed) socket.push(chunk);
      await new Promise((resolve) => setImmediate(resolve));
      expect(longestBytes).toBeLessThanOrEqual(LIMIT_BYTES);
      expect(failures.length).toBeLessThanOrEqual(1);
      const sentBytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      expect(socket.writtenBytes).toBeLessThanOrEqual(512 + sentBytes);
      socket.destroy();
    });
    await fc.assert(property, { numRuns: runs(1_000), seed: 20_261_122 });
  });
});

describe('fuzz: messages of a WebSocket — RFC 7118 §5.1', () => {
  const place = { address: '192.0.2.2', port: 443 };
  let runtime: FakeRuntime;
  let alice: TransportSpy;
  let server: StreamConnection | undefined;

  beforeAll(async () => {
    runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    network.certificates.set(place.address, certificateOf());
    await network.host(place.address).listenStream(place, (connection) => {
      server = connection;
      connection.start({ onData: () => {}, onClosed: () => {} });
    });
    alice = new TransportSpy(network, ['192.0.2.1']);
    await alice.flowTo({ protocol: 'wss', address: place, serverName: 'biloxi.example.com' });
  });

  const check = async (message: string): Promise<void> => {
    const before = alice.messages.length;
    server?.write(Buffer.from(message, 'latin1'));
    await runtime.advance(20);
    expect(alice.messages.length - before).toBeLessThanOrEqual(1);
    alice.messages.length = 0;
    expect(alice.closed).toEqual([]);
  };
  const MESSAGES = [
    '\r\n\r\n',
    'OPTIONS sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/WSS x.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n',
    'SIP/2.0 200 OK\r\nVia: SIP/2.0/WSS x.invalid;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\nTo: <sip:a@b>;tag=2\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 9\r\n\r\n',
  ];

  it('are one SIP message each, or nothing, and the flow stays', async () => {
    const property = fc.asyncProperty(
      mutated(MESSAGES).filter((message) => message !== ''),
      check,
    );
    await fc.assert(property, { numRuns: runs(500), seed: 20_261_122 });
  });

  itHasGotOver('websocket', (message) => void check(message));
});
