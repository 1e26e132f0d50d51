import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import {
  type SipMessage,
  type SipRequest,
  MAX_MESSAGE_BYTES,
  buildResponse,
} from '../../../../src-main/sip/syntax/index.ts';
import {
  type Flow,
  IDLE_LIMIT_MS,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_SOURCE,
  MAX_UNSENT_BYTES,
  type StreamConnection,
  TransportLayer,
  type TransportUser,
  prepareOutgoingRequest,
  sourceOf,
} from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf, uriOf } from '../../../support/message-builders.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';

class UserSpy implements TransportUser {
  readonly messages: { message: SipMessage; flow: Flow }[] = [];
  readonly failures: string[] = [];
  readonly closed: string[] = [];

  onMessage(message: SipMessage, flow: Flow): void {
    this.messages.push({ message, flow });
  }

  onSendFailed(_flow: Flow, _message: SipMessage, reason: string): void {
    this.failures.push(reason);
  }

  onFlowClosed(_flow: Flow, reason: string): void {
    this.closed.push(reason);
  }

  get last(): { message: SipMessage; flow: Flow } {
    return this.messages.at(-1)!;
  }
}

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: TransportLayer;
let bob: TransportLayer;
let aliceUser: UserSpy;
let bobUser: UserSpy;

const layer = (address: string, user: TransportUser): TransportLayer =>
  new TransportLayer({ network: network.host(address), runtime, logger: silentLogger, user });

async function flowTo(protocol: 'udp' | 'tcp', options = {}, waitMs = 50): Promise<Flow> {
  const connecting = alice.connect({ protocol, address: { address: BOB, port: 5060 } }, options);
  await runtime.advance(waitMs);
  const connected = await connecting;
  if (!connected.ok) throw new Error(connected.error.message);
  return connected.value;
}

async function sendRequest(flow: Flow, request: SipRequest = requestOf()): Promise<SipRequest> {
  prepareOutgoingRequest(request, flow);
  flow.send(request);
  await runtime.advance(100);
  return request;
}

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  aliceUser = new UserSpy();
  bobUser = new UserSpy();
  alice = layer(ALICE, aliceUser);
  bob = layer(BOB, bobUser);
  await alice.listen({ protocol: 'udp', address: ALICE, port: 5060 });
  await alice.listen({ protocol: 'tcp', address: ALICE, port: 5060 });
  await bob.listen({ protocol: 'udp', address: BOB, port: 5060 });
  await bob.listen({ protocol: 'tcp', address: BOB, port: 5060 });
});

describe('transport layer — RFC 3261 §18', () => {
  it.each(['udp', 'tcp'] as const)('carries a request and its response by %s', async (protocol) => {
    await sendRequest(await flowTo(protocol));
    const { message, flow } = bobUser.last;
    bob.sendResponse(buildResponse(message as SipRequest, 200), flow);
    await runtime.advance(100);

    expect(message.kind === 'request' && message.method).toBe('OPTIONS');
    expect(aliceUser.last.message).toMatchObject({ kind: 'response', statusCode: 200 });
    expect(network.log.map((sent) => sent.protocol)).toEqual([protocol, protocol]);
    expect(bob.counters).toMatchObject({ receivedMessages: 1, sentMessages: 1 });
  });

  it('carries by IPv6 too', async () => {
    const six = '2001:db8::1';
    await bob.listen({ protocol: 'udp', address: '::1', port: 5060 });
    const carol = new TransportLayer({ network: network.host(six), runtime, logger: silentLogger, user: aliceUser });
    const dave = new TransportLayer({
      network: network.host('2001:db8::2'),
      runtime,
      logger: silentLogger,
      user: bobUser,
    });
    await carol.listen({ protocol: 'udp', address: six, port: 5060 });
    await dave.listen({ protocol: 'udp', address: '2001:db8::2', port: 5060 });
    const hop = { protocol: 'udp', address: { address: '2001:db8::2', port: 5060 } } as const;
    const connected = await carol.connect(hop);

    if (connected.ok) await sendRequest(connected.value);
    dave.sendResponse(buildResponse(bobUser.last.message as SipRequest, 200), bobUser.last.flow);
    await runtime.advance(100);

    expect(bobUser.last.message.topVia.sentBy).toBe('[2001:db8::1]:5060');
    expect(aliceUser.last.message.kind).toBe('response');
  });

  it('gives the same flow for the same peer', async () => {
    expect(await flowTo('udp')).toBe(await flowTo('udp'));
    expect(await flowTo('tcp')).toBe(await flowTo('tcp'));
  });

  it('opens one connection for two who ask at once', async () => {
    const hop = { protocol: 'tcp', address: { address: BOB, port: 5060 } } as const;
    const both = Promise.all([alice.connect(hop), alice.connect(hop)]);
    await runtime.advance(100);

    const [first, second] = await both;

    expect(first.ok && second.ok && first.value === second.value).toBe(true);
    expect(network.streams.size).toBe(2);
  });

  it('sends a request above 1300 bytes by TCP (RFC 3261 §18.1.1)', async () => {
    const flow = await flowTo('udp', { messageSizeBytes: 1301 });

    expect(flow.protocol).toBe('tcp');
    expect((await flowTo('udp', { messageSizeBytes: 1300 })).protocol).toBe('udp');
  });

  it.each(['refuses', 'is silent'])('falls back to UDP when TCP %s (RFC 3261 §18.1.1)', async (how) => {
    network.listeners.clear();
    if (how === 'is silent') network.silentHosts.add(BOB);

    expect((await flowTo('udp', { messageSizeBytes: 2000 }, 5_000)).protocol).toBe('udp');
  });

  it('says why it cannot connect', async () => {
    network.silentHosts.add(BOB);
    const address = { address: BOB, port: 5060 };
    const tcp = alice.connect({ protocol: 'tcp', address });
    await runtime.advance(20_000);

    expect(await tcp).toMatchObject({ ok: false, error: { kind: 'connectFailed' } });
    expect(await alice.listen({ protocol: 'wss', address: ALICE, port: 443 })).toMatchObject({
      error: { kind: 'failed', message: 'WebSockets are opened, not listened for' },
    });
    expect(await alice.connect({ protocol: 'udp', address: { address: '::1', port: 5060 } })).toMatchObject({
      error: { kind: 'noListeningPoint' },
    });
  });

  it('drops a response whose top Via is not ours (RFC 3261 §18.1.2)', async () => {
    await sendRequest(await flowTo('udp'));
    const { message, flow } = bobUser.last;
    const response = buildResponse(message as SipRequest, 200);
    response.headers.set('Via', 'SIP/2.0/UDP 198.51.100.1:5060;branch=z9hG4bK1');
    flow.send(response);
    await runtime.advance(100);

    expect(aliceUser.messages).toEqual([]);
    expect(alice.counters.strayResponses).toBe(1);
  });

  it('answers at the source of the request when rport asks for it (RFC 3581 §4)', async () => {
    const socket = await network.host('198.51.100.9').bindDatagram({ address: '198.51.100.9', port: 40_000 });
    const request = requestOf();
    request.headers.set('Via', 'SIP/2.0/UDP 10.0.0.9:5060;rport;branch=z9hG4bK1');
    const lines = `OPTIONS sip:b@c SIP/2.0\r\n${request.headers
      .entries()
      .map(({ name, value }) => `${name}: ${value}`)
      .join('\r\n')}\r\n\r\n`;
    if (socket.ok) socket.value.send(Buffer.from(lines), { address: BOB, port: 5060 }, () => {});
    await runtime.advance(100);
    bob.sendResponse(buildResponse(bobUser.last.message as SipRequest, 200), bobUser.last.flow);

    expect(network.log.at(-1)?.to).toEqual({ address: '198.51.100.9', port: 40_000 });
    expect(network.log.at(-1)?.text).toContain('received=198.51.100.9');
  });

  it('opens a new connection for a response whose own is gone (RFC 3261 §18.2.2)', async () => {
    await sendRequest(await flowTo('tcp'));
    const { message, flow } = bobUser.last;
    network.breakStreams(ALICE);
    bob.sendResponse(buildResponse(message as SipRequest, 200), flow);
    await runtime.advance(100);

    expect(aliceUser.last.message.kind).toBe('response');
    expect(bobUser.closed).toEqual(['connection reset']);
  });

  it('reports a response that cannot be delivered', async () => {
    await sendRequest(await flowTo('tcp'));
    const { message, flow } = bobUser.last;
    alice.close();
    await runtime.advance(100);
    bob.sendResponse(buildResponse(message as SipRequest, 200), flow);
    await runtime.advance(100);

    expect(bobUser.failures).toEqual(['connection refused']);
  });

  it('keeps the order of what is sent on a connection cut into pieces', async () => {
    network.options = { segmentBytes: 7 };
    const flow = await flowTo('tcp');

    for (let index = 0; index < 5; index++) {
      const request = requestOf({ branch: `z9hG4bK${index}`, body: 'x'.repeat(index) });
      prepareOutgoingRequest(request, flow);
      flow.send(request);
    }
    await runtime.advance(100);

    expect(bobUser.messages.map(({ message }) => message.topVia.branch)).toEqual(
      [0, 1, 2, 3, 4].map((index) => `z9hG4bK${index}`),
    );
  });

  it('finds its address when bound to all of them', async () => {
    const carol = layer('192.0.2.3', aliceUser);
    await carol.listen({ protocol: 'udp', address: '0.0.0.0', port: 5070 });

    const connected = await carol.connect({ protocol: 'udp', address: { address: BOB, port: 5060 } });

    expect(connected.ok && carol.contactAddress(connected.value)).toEqual({ address: '192.0.2.3', port: 5070 });
  });

  it('refuses an address that is in use', async () => {
    expect(await alice.listen({ protocol: 'udp', address: ALICE, port: 5060 })).toMatchObject({
      error: { kind: 'addressInUse' },
    });
  });

  it('closes everything, more than once', async () => {
    await flowTo('tcp');
    const flow = await flowTo('udp');

    alice.close();
    alice.close();
    flow.send(requestOf());
    await runtime.advance(100);

    expect(flow.isClosed).toBe(true);
    expect(aliceUser.closed).toEqual([]);
    expect(bobUser.closed).toEqual(['the peer closed the connection']);
    expect(network.datagrams.size).toBe(1);
  });
});

describe('what a stranger sends', () => {
  async function fromStranger(text: string, times = 1): Promise<string[]> {
    const bound = await network.host('198.51.100.6').bindDatagram({ address: '198.51.100.6', port: 0 });
    const before = network.log.length + times;
    for (let index = 0; index < times && bound.ok; index++) {
      bound.value.send(Buffer.from(text), { address: BOB, port: 5060 }, () => {});
    }
    await runtime.advance(100);
    return network.log.slice(before).map((sent) => sent.text);
  }

  const broken = 'OPTIONS sip:b@c SIP/2.0\r\nVia: SIP/2.0/UDP x;branch=z9hG4bK1\r\nFrom: <sip:a@b\r\n\r\n';

  it('gets one stateless 400 for a request that is malformed (RFC 3261 §8.2.7, RFC 3261 §21.4.1)', async () => {
    const answers = await fromStranger(broken);

    expect(answers).toHaveLength(1);
    expect(answers[0]).toMatch(/^SIP\/2\.0 400 Bad Request/);
    expect(bob.counters).toMatchObject({ parseFailures: 1, rejections: 1 });
  });

  it('gets at most 20 of them in a second', async () => {
    expect(await fromStranger(broken, 50)).toHaveLength(20);
  });

  it.each([
    'ACK sip:b@c SIP/2.0\r\nVia: SIP/2.0/UDP x\r\n\r\n',
    'SIP/2.0 200 OK\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'x',
  ])('gets no answer to %j', async (text) => {
    expect(await fromStranger(text)).toEqual([]);
    expect(bob.counters.parseFailures).toBe(1);
  });

  it('is not misread when it is a keep-alive (RFC 5626 §4.4) or STUN (RFC 7983 §7)', async () => {
    await fromStranger('\r\n\r\n');
    await fromStranger('\0\x01\0\0');

    expect(bob.counters).toMatchObject({ keepAlives: 1, foreignDatagrams: 1, parseFailures: 0 });
  });
});

describe('limits of connections', () => {
  async function open(count: number, from = '198.51.100.6'): Promise<StreamConnection[]> {
    const host = network.host(from);
    const opening = Array.from({ length: count }, () =>
      host.connectStream({ address: BOB, port: 5060 }, new AbortController().signal),
    );
    await runtime.advance(50);
    return (await Promise.all(opening)).flatMap((opened) => (opened.ok ? [opened.value] : []));
  }

  it(`refuses more than ${MAX_CONNECTIONS_PER_SOURCE} from one address`, async () => {
    await open(MAX_CONNECTIONS_PER_SOURCE + 2);
    await open(1, '198.51.100.7');

    expect(bob.counters.refusedConnections).toBe(2);
  });

  it('counts a whole IPv6 network as one source (RFC 6177 §2)', () => {
    expect(sourceOf('2001:db8::1')).toBe(sourceOf('2001:db8:0:0:1234::1%eth0'));
    expect(sourceOf('2001:db8::1')).not.toBe(sourceOf('2001:db8:0:1::1'));
  });

  it(`refuses more than ${MAX_CONNECTIONS} in all`, async () => {
    const sources = MAX_CONNECTIONS / MAX_CONNECTIONS_PER_SOURCE;
    for (let index = 0; index < sources; index++) await open(MAX_CONNECTIONS_PER_SOURCE, `198.51.100.${index + 10}`);
    await open(2, '198.51.100.99');

    expect(bob.counters.refusedConnections).toBe(2);
  });

  it('closes an incoming one over which nothing goes for half an hour', async () => {
    await sendRequest(await flowTo('tcp'));
    await runtime.advance(IDLE_LIMIT_MS - 60_000);
    const before = [...bobUser.closed];
    await runtime.advance(61_000);

    expect(before).toEqual([]);
    expect(bobUser.closed).toEqual(['nothing came for too long']);
  });

  it(`closes one whose peer leaves more than ${MAX_UNSENT_BYTES} bytes unread`, async () => {
    const flow = await flowTo('tcp');
    network.stalledHosts.add(BOB);
    for (let index = 0; index < 40 && !flow.isClosed; index++) {
      await sendRequest(flow, requestOf({ branch: `z9hG4bK${index}`, body: 'x'.repeat(32_000) }));
    }

    expect(flow.isClosed).toBe(true);
    expect(aliceUser.closed).toEqual(['the peer takes no data']);
  });

  it('refuses a message that is longer than the limit, in the head or as announced', async () => {
    const [first, second] = [...(await open(1)), ...(await open(1, '198.51.100.7'))];
    first?.write(Buffer.from(`OPTIONS sip:b@c SIP/2.0\r\nSubject: ${'x'.repeat(MAX_MESSAGE_BYTES)}`));
    second?.write(Buffer.from(`OPTIONS sip:b@c SIP/2.0\r\nContent-Length: ${MAX_MESSAGE_BYTES + 1}\r\n\r\n`));
    await runtime.advance(100);

    expect(bobUser.closed).toHaveLength(2);
    expect(bobUser.messages).toEqual([]);
  });

  it('closes one that never finishes its first message', async () => {
    const [connection] = await open(1);
    for (let sec = 0; sec < 30; sec++) {
      connection?.write(Buffer.from('O'));
      await runtime.advance(1000);
    }

    expect(bobUser.closed).toEqual(['a message was not finished in time']);
  });

  it('keeps one that is idle after its first message', async () => {
    await sendRequest(await flowTo('tcp'));
    await runtime.advance(600_000);

    expect(bobUser.closed).toEqual([]);
  });

  it('closes one that cannot be cut into messages, after an answer', async () => {
    const [connection] = await open(1);
    connection?.write(
      Buffer.from('OPTIONS sip:b@c SIP/2.0\r\nVia: SIP/2.0/TCP x;branch=z9hG4bK1\r\nContent-Length: x\r\n\r\n'),
    );
    await runtime.advance(100);

    expect(network.log.at(-1)?.text).toMatch(/^SIP\/2\.0 400/);
    expect(bobUser.closed).toEqual(['Content-Length is malformed']);
  });
});

describe('keep-alive — RFC 5626 §4.4.1', () => {
  it('pings within 80 to 100 % of the interval, and is answered', async () => {
    const flow = await flowTo('tcp');
    await sendRequest(flow);
    alice.keepAlive(flow, { intervalSec: 100, isAnswerExpected: true });
    await runtime.advance(79_000);
    const early = network.log.length;
    await runtime.advance(21_100);

    expect(early).toBe(1);
    expect(network.texts().slice(1)).toEqual(['\r\n\r\n', '\r\n']);
    expect(aliceUser.closed).toEqual([]);
  });

  it('closes a flow whose pong does not come within 10 s', async () => {
    bob.close();
    const host = await network
      .host(BOB)
      .listenStream({ address: BOB, port: 5060 }, (far) => far.start({ onData: () => {}, onClosed: () => {} }));
    const silent = await flowTo('tcp');
    alice.keepAlive(silent, { intervalSec: 10, isAnswerExpected: true });
    await runtime.advance(21_000);

    expect(host.ok).toBe(true);
    expect(silent.isClosed).toBe(true);
    expect(aliceUser.closed.at(-1)).toBe('no pong came');
  });

  it('pings by UDP until told to stop (RFC 5626 §4.4.2)', async () => {
    const flow = await flowTo('udp');
    alice.keepAlive(flow, { intervalSec: 10 });
    await runtime.advance(10_500);
    alice.keepAlive(flow, { intervalSec: 0 });
    await runtime.advance(60_000);

    expect(network.texts()).toEqual(['\r\n\r\n']);
  });
});

describe('wire trace', () => {
  it('shows every message with its secrets masked (RFC 3261 §22)', async () => {
    const seen: string[] = [];
    alice.trace.on('message', (record) =>
      seen.push(`${record.direction} ${record.protocol} ${Buffer.from(record.bytes).toString()}`),
    );
    const secret = 'Digest username="alice", response="6629fae49393a05397450978507c4ef1"';
    await sendRequest(
      await flowTo('udp'),
      requestOf({
        headers: [
          ['Authorization', secret],
          ['Subject', 'y'],
        ],
        body: 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0\r\n',
      }),
    );

    expect(seen[0]).toMatch(/^outgoing udp OPTIONS/);
    expect(seen[0]).toContain('Authorization: Digest ***\r\nSubject: y');
    expect(seen[0]).toContain('inline:***');
    expect(seen[0]).not.toContain('6629');
    expect(network.log[0]?.text).toContain('6629');
  });
});

describe('locate — RFC 3263 §4', () => {
  const located = async (uri: string): Promise<string[]> => {
    const result = await alice.locate(uriOf(uri));
    if (!result.ok) return [result.error.kind];
    return result.value.map(({ protocol, address }) => `${protocol} ${address.address} ${address.port}`);
  };

  beforeEach(() => {
    network.addresses.set('example.com', ['192.0.2.10', '2001:db8::10']);
    network.addresses.set('a.example.com', ['192.0.2.11']);
    network.addresses.set('b.example.com', ['192.0.2.12']);
  });

  it.each([
    ['sip:bob@192.0.2.9', ['udp 192.0.2.9 5060']],
    ['sip:bob@192.0.2.9:5080;transport=tcp', ['tcp 192.0.2.9 5080']],
    ['sip:bob@[2001:db8::9]', ['udp 2001:db8::9 5060']],
    ['sips:bob@192.0.2.9', ['tls 192.0.2.9 5061']],
    ['sips:bob@192.0.2.9;transport=tcp', ['tls 192.0.2.9 5061']],
    ['sip:bob@example.com:5070', ['udp 192.0.2.10 5070', 'udp 2001:db8::10 5070']],
    ['sip:bob@example.com', ['udp 192.0.2.10 5060', 'udp 2001:db8::10 5060']],
    ['sip:bob@example.org;maddr=192.0.2.9', ['udp 192.0.2.9 5060']],
    ['sip:bob@nowhere.example', ['notFound']],
    ['sip:bob@example.com;transport=sctp', ['unsupportedTransport']],
    ['tel:+12015550123', ['unsupportedScheme']],
    // RFC 3261 §26.2.2: sips is TLS, whatever transport it names.
  ])('finds %s at %j', async (uri, hops) => {
    expect(await located(uri)).toEqual(hops);
  });

  it('asks for no records of a numeric host or an explicit port (RFC 3263 §4.2)', async () => {
    await located('sip:bob@192.0.2.9');
    await located('sip:bob@a.example.com:5070');

    expect(network.queries.filter((query) => !query.startsWith('A '))).toEqual([]);
  });

  it('takes SRV targets by priority (RFC 2782)', async () => {
    network.services.set('_sip._udp.example.com', [
      { priority: 20, weight: 0, port: 5062, name: 'b.example.com' },
      { priority: 10, weight: 0, port: 5061, name: 'a.example.com' },
    ]);

    expect(await located('sip:bob@example.com')).toEqual(['udp 192.0.2.11 5061', 'udp 192.0.2.12 5062']);
  });

  it('spreads targets of one priority by weight (RFC 2782)', async () => {
    const firsts = new Map<string, number>();
    for (let index = 0; index < 200; index++) {
      network.addresses.set(`d${index}.example`, []);
      network.services.set(`_sip._udp.d${index}.example`, [
        { priority: 1, weight: 10, port: 5061, name: 'a.example.com' },
        { priority: 1, weight: 90, port: 5062, name: 'b.example.com' },
      ]);
      const [first = ''] = await located(`sip:bob@d${index}.example`);
      firsts.set(first, (firsts.get(first) ?? 0) + 1);
    }

    expect(firsts.get('udp 192.0.2.12 5062')).toBeGreaterThan(150);
    expect(firsts.get('udp 192.0.2.11 5061')).toBeGreaterThan(5);
  });

  it('follows NAPTR to the protocol that the domain prefers (RFC 3263 §4.1)', async () => {
    network.pointers.set('example.com', [
      { order: 50, preference: 50, flags: 's', service: 'SIPS+D2T', replacement: '_sips._tcp.example.com' },
      { order: 90, preference: 50, flags: 's', service: 'SIP+D2T', replacement: '_sip._tcp.example.com' },
      { order: 100, preference: 50, flags: 's', service: 'SIP+D2U', replacement: '_sip._udp.example.com' },
    ]);
    network.services.set('_sip._tcp.example.com', [{ priority: 1, weight: 1, port: 5060, name: 'a.example.com' }]);

    expect(await located('sip:bob@example.com')).toEqual(['tcp 192.0.2.11 5060']);
  });

  it('follows no more than eight NAPTR records, and no more than eight SRV targets', async () => {
    const count = 100;
    const numbers = Array.from({ length: count }, (_, index) => index);
    network.pointers.set(
      'example.com',
      numbers.map((order) => ({
        order,
        preference: 1,
        flags: 's',
        service: 'SIP+D2U',
        replacement: `_s${order}.example.com`,
      })),
    );
    network.services.set(
      '_s7.example.com',
      numbers.map((index) => ({ priority: index, weight: 1, port: 5060 + index, name: 'a.example.com' })),
    );

    expect(await located('sip:bob@example.com')).toHaveLength(8);
    expect(network.queries.filter((query) => query.startsWith('SRV '))).toHaveLength(8);
  });

  it('remembers what it found for a minute', async () => {
    await located('sip:bob@a.example.com');
    const asked = network.queries.length;
    await located('sip:carol@A.example.com');
    const again = network.queries.length;
    await runtime.advance(61_000);
    await located('sip:bob@a.example.com');

    expect(again).toBe(asked);
    expect(network.queries.length).toBe(2 * asked);
  });

  it('gives up on a name service that does not answer', async () => {
    const silent = { ...network.host(ALICE), resolve4: () => new Promise<never>(() => {}) };
    const carol = new TransportLayer({
      network: Object.assign(network.host(ALICE), silent),
      runtime,
      logger: silentLogger,
      user: aliceUser,
    });

    const locating = carol.locate(uriOf('sip:bob@example.com:5060'));
    await runtime.advance(8_000);

    expect(await locating).toMatchObject({ ok: false, error: { kind: 'timeout' } });
  });
});
