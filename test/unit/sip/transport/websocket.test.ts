import { beforeEach, describe, expect, it } from 'vitest';
import type { StreamConnection } from '../../../../src-main/sip/transport/index.ts';
import { buildResponse, parseMessage, serializeMessage } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { TransportSpy, certificateOf } from '../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const SERVER = '192.0.2.2';
const place = { address: SERVER, port: 443 };
const WSS = { protocol: 'wss', address: place, serverName: 'biloxi.example.com' } as const;

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: TransportSpy;
let server: StreamConnection | undefined;
let frames: string[];

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = new TransportSpy(network, ['192.0.2.1']);
  network.certificates.set(SERVER, certificateOf());
  frames = [];
  await network.host(SERVER).listenStream(place, (connection) => {
    server = connection;
    connection.start({ onData: (bytes) => frames.push(Buffer.from(bytes).toString()), onClosed: () => {} });
  });
});

async function fromServer(text: string): Promise<void> {
  server?.write(Buffer.from(text));
  await runtime.advance(100);
}

describe('WebSocket — RFC 7118 §5', () => {
  it('sends one message in one frame (RFC 7118 §4.2, RFC 7118 §5.1)', async () => {
    const flow = await alice.flowTo(WSS);
    await alice.send(flow);
    await alice.send(flow);

    expect(frames).toHaveLength(2);
    expect(frames[0]).toMatch(/^OPTIONS .*\r\n\r\n$/s);
  });

  it('names WSS and a host that reaches nobody in Via, without a port (RFC 7118 §5.2)', async () => {
    const request = await alice.send(await alice.flowTo(WSS));

    expect(request.topVia.toString()).toMatch(/^SIP\/2\.0\/WSS [0-9a-f]{12}\.invalid;branch=/);
  });

  it('takes the response to it, though nothing says how long it is', async () => {
    const request = await alice.send(await alice.flowTo(WSS));
    const text = Buffer.from(serializeMessage(buildResponse(request, 200))).toString();
    await fromServer(text.replace(/Content-Length: 0\r\n/, ''));

    expect(alice.last.message).toMatchObject({ statusCode: 200 });
  });

  it('takes a frame that is no message as one, and goes on', async () => {
    const flow = await alice.flowTo(WSS);
    await fromServer('what?');
    const request = await alice.send(flow);
    await fromServer(Buffer.from(serializeMessage(buildResponse(request, 200))).toString());

    expect(alice.layer.counters.parseFailures).toBe(1);
    expect(alice.last.message).toMatchObject({ statusCode: 200 });
  });

  it('uses the secured connection for a route that says only `transport=ws` (RFC 7118 §5.3)', async () => {
    const flow = await alice.flowTo(WSS);

    expect(await alice.flowTo({ protocol: 'ws', address: place, serverName: SERVER })).toBe(flow);
  });

  it('cannot call a server back whose connection is gone', async () => {
    const flow = await alice.flowTo(WSS);
    const request = await alice.send(flow);
    await fromServer(Buffer.from(serializeMessage(request)).toString());
    network.breakStreams(SERVER);
    const parsed = parseMessage(serializeMessage(request));
    if (parsed.ok && parsed.value.kind === 'request') {
      alice.layer.sendResponse(buildResponse(parsed.value, 200), flow);
    }
    await runtime.advance(100);

    expect(alice.failures).toEqual(['the connection is closed']);
  });

  it('refuses a certificate that is not believed, like TLS', async () => {
    network.certificates.set(SERVER, certificateOf({ isIssuerKnown: false }));

    expect(await alice.attempt(WSS)).toMatchObject({ kind: 'untrustedCertificate' });
  });
});

describe('keep-alive of WebSockets — RFC 7118 §6', () => {
  it('answers line ends with line ends, and counts them as a sign of life', async () => {
    await alice.flowTo(WSS);
    await fromServer('\r\n\r\n');

    expect(frames).toEqual(['\r\n']);
    expect(alice.layer.counters.keepAlives).toBe(1);
  });

  it('closes a connection that does not answer', async () => {
    const flow = await alice.flowTo(WSS);
    alice.layer.keepAlive(flow, { intervalSec: 20, isAnswerExpected: true });
    await runtime.advance(31_000);

    expect(alice.closed).toEqual(['no pong came']);
  });
});
