import { beforeEach, describe, expect, it } from 'vitest';
import {
  buildBindingAnswer,
  buildBindingRequest,
  type DatagramSocket,
  type Flow,
  isStun,
  parseBindingAnswer,
} from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { TransportSpy } from '../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALICE = '192.0.2.1';
const EDGE = { address: '192.0.2.9', port: 5060 };

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: TransportSpy;
let edge: DatagramSocket;
let seenAs: { address: string; port: number };
let isAnswering = true;
let questions: number;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = new TransportSpy(network, [ALICE]);
  await alice.layer.listen({ protocol: 'udp', address: ALICE, port: 5060 });
  const bound = await network.host(EDGE.address).bindDatagram(EDGE);
  if (!bound.ok) throw new Error(bound.error.message);
  edge = bound.value;
  seenAs = { address: '203.0.113.5', port: 40_001 };
  isAnswering = true;
  questions = 0;
  edge.start({
    onDatagram: (bytes, from) => {
      questions++;
      const answer = buildBindingAnswer(bytes, seenAs);
      if (answer && isAnswering) edge.send(answer, from, () => {});
    },
    onError: () => {},
  });
});

const flowToEdge = (): Promise<Flow> => alice.flowTo({ protocol: 'udp', address: EDGE });

describe('STUN keep-alive — RFC 5626 §4.4.2', () => {
  it('asks at once and then every interval, and the flow lives while the answers agree', async () => {
    const flow = await flowToEdge();
    alice.layer.keepAlive(flow, { intervalSec: 30, kind: 'stun' });
    await runtime.advance(100_000);

    expect(questions).toBeGreaterThanOrEqual(4);
    expect(flow.isClosed).toBe(false);
    expect(alice.closed).toEqual([]);
  });

  it('reports the flow as failed when the public address changes', async () => {
    const flow = await flowToEdge();
    alice.layer.keepAlive(flow, { intervalSec: 30, kind: 'stun' });
    await runtime.advance(1_000);
    seenAs = { address: '203.0.113.5', port: 40_002 };
    await runtime.advance(31_000);

    expect(alice.closed).toEqual(['our public address changed']);
    expect(await flowToEdge()).not.toBe(flow);
  });

  it('reports it after seven questions without an answer (RFC 8489 §6.2.1)', async () => {
    const flow = await flowToEdge();
    isAnswering = false;
    alice.layer.keepAlive(flow, { intervalSec: 120, kind: 'stun' });
    await runtime.advance(39_000);
    const before = [...alice.closed];
    await runtime.advance(1_000);

    expect(before).toEqual([]);
    expect(questions).toBe(7);
    expect(alice.closed).toEqual(['the server does not answer keep-alives']);
  });

  it('believes no answer to what was not asked (RFC 8489 §6.3.1)', async () => {
    const flow = await flowToEdge();
    isAnswering = false;
    alice.layer.keepAlive(flow, { intervalSec: 120, kind: 'stun' });
    const forged = buildBindingAnswer(buildBindingRequest(new Uint8Array(12).fill(7)), seenAs);
    if (forged) edge.send(forged, { address: ALICE, port: 5060 }, () => {});
    await runtime.advance(40_000);

    expect(alice.closed).toHaveLength(1);
  });

  it('stops when told to', async () => {
    const flow = await flowToEdge();
    alice.layer.keepAlive(flow, { intervalSec: 30, kind: 'stun' });
    await runtime.advance(100);
    alice.layer.keepAlive(flow, { intervalSec: 0 });
    await runtime.advance(100_000);

    expect(questions).toBe(1);
  });
});

describe('STUN Binding — RFC 8489 §5, RFC 8489 §14, RFC 8489 §14.2', () => {
  const request = buildBindingRequest(Uint8Array.from({ length: 12 }, (_, index) => index));

  it.each([
    { address: '192.0.2.1', port: 32_853 },
    { address: '2001:db8:1234:5678:11:2233:4455:6677', port: 32_853 },
  ])('reads the address that the server saw: $address', (mapped) => {
    const answer = buildBindingAnswer(request, mapped);

    expect(answer && parseBindingAnswer(answer)).toEqual({
      transactionId: '000102030405060708090a0b',
      isError: false,
      mapped,
    });
  });

  it('is told from SIP by its first bits and the cookie', () => {
    expect(isStun(request)).toBe(true);
    expect(isStun(Buffer.from('OPTIONS sip:b@c SIP/2.0\r\n'))).toBe(false);
    expect(isStun(request.with(4, 0))).toBe(false);
    expect(isStun(request.subarray(0, 19))).toBe(false);
  });

  it('is no answer when it is a request', () => {
    expect(parseBindingAnswer(request)).toBeUndefined();
  });
});
