import { beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../../src-main/base/logger.ts';
import { buildResponse, Header, type SipRequest, type SipResponse } from '../../../../src-main/sip/syntax/index.ts';
import {
  TransactionLayer,
  type ClientTransaction,
  type ServerTransaction,
} from '../../../../src-main/sip/transaction/index.ts';
import { TransportLayer, type Flow } from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf } from '../../../support/message-builders.ts';
import { RawPeer } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const LOCAL = { address: '10.0.0.1', port: 5060 };

let runtime: FakeRuntime;
let network: VirtualNetwork;
let layer: TransactionLayer;
let peer: RawPeer;
let flow: Flow;
let requests: ServerTransaction[];
let cancels: (ServerTransaction | undefined)[];
let acks: SipRequest[];
let strays: SipResponse[];

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  const host = network.host(LOCAL.address);
  layer = new TransactionLayer({
    runtime,
    logger: silentLogger,
    maxTransactions: 4,
    openTransport: (user) => new TransportLayer({ network: host, runtime, logger: silentLogger, user }),
  });
  await layer.transport.listen({ protocol: 'udp', ...LOCAL });
  peer = await RawPeer.open(network, '10.0.0.9');
  const connected = await layer.transport.connect({ protocol: 'udp', address: peer.local });
  if (!connected.ok) throw new Error(connected.error.message);
  flow = connected.value;
  requests = [];
  cancels = [];
  acks = [];
  strays = [];
  layer.setUser({
    onRequest: (transaction) => requests.push(transaction),
    onCancel: (cancel, invite) => {
      cancels.push(invite);
      cancel.respond(buildResponse(cancel.request, 200));
    },
    onAck: (ack) => acks.push(ack),
    onStrayResponse: (response) => strays.push(response),
    onFlowClosed: () => {},
  });
});

function start(method = 'OPTIONS'): { transaction: ClientTransaction | undefined; seen: (number | string)[] } {
  const seen: (number | string)[] = [];
  const request = requestOf({ method });
  request.headers.remove('Via');
  const started = layer.request(request, flow, {
    onResponse: ({ statusCode }) => seen.push(statusCode),
    onTimeout: () => seen.push('timeout'),
    onTransportError: (reason) => seen.push(reason),
  });
  return { transaction: started.ok ? started.value : undefined, seen };
}

/** A request from the peer; `via` is what follows the sent-by. */
function receive(method: string, via: string, change: (request: SipRequest) => void = () => {}): void {
  const request = requestOf({ method });
  request.headers.set('Via', `SIP/2.0/UDP 10.0.0.9:5060${via}`);
  change(request);
  peer.send(request, LOCAL);
}

describe('client transactions — RFC 3261 §17.1, §17.1.3', () => {
  it('are matched by branch and method, and give requests a branch with the cookie — RFC 3261 §8.1.1.7', async () => {
    const options = start('OPTIONS');
    const message = start('MESSAGE');
    await runtime.advance(20);
    for (const request of [...peer.received].reverse() as SipRequest[]) {
      peer.send(buildResponse(request, request.method === 'OPTIONS' ? 200 : 202));
    }

    await runtime.advance(20);

    expect([options.seen, message.seen]).toEqual([[200], [202]]);
    const branches = (peer.received as SipRequest[]).map(({ topVia }) => topVia.branch);
    expect(new Set(branches).size).toBe(2);
    expect(branches.every((branch) => branch?.startsWith('z9hG4bK'))).toBe(true);
  });

  it('drop a response with a second Via, which is not for us — RFC 3261 §8.1.3.3', async () => {
    const options = start();
    await runtime.advance(20);
    const response = buildResponse(peer.received[0] as SipRequest, 200);
    response.headers.set('Via', `${response.topVia.toString()}, SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKother`);
    peer.send(response);

    await runtime.advance(20);

    expect(options.seen).toEqual([]);
    expect(layer.counters().strayResponses).toBe(1);
  });

  it('hand up a response that no transaction waits for', async () => {
    start();
    await runtime.advance(20);
    const response = buildResponse(peer.received[0] as SipRequest, 200);
    response.headers.put(Header.Via, response.topVia.withParameter('branch', 'z9hG4bKelse'));
    peer.send(response);

    await runtime.advance(20);

    expect(strays).toHaveLength(1);
    expect(layer.counters().strayResponses).toBe(1);
  });

  it('acknowledge a failure within the INVITE transaction — RFC 3261 §17.1.1.3', async () => {
    const { seen } = start('INVITE');
    await runtime.advance(20);
    const invite = peer.requests('INVITE')[0]!;
    const failure = buildResponse(invite, 486, undefined, { toTag: 'busy' });
    peer.send(failure);
    peer.send(failure);

    await runtime.advance(20);

    expect(seen).toEqual([486]);
    const sent = peer.requests('ACK');
    expect(sent).toHaveLength(2);
    expect(sent[0]!.topVia.branch).toBe(invite.topVia.branch);
    expect(sent[0]!.headers.all(Header.Via)).toHaveLength(1);
    expect(sent[0]!.to.tag).toBe('busy');
    expect(sent[0]!.cseq).toEqual({ sequence: invite.cseq.sequence, method: 'ACK' });
  });

  it('cancel an INVITE with its own branch and number, once — RFC 3261 §9.1', async () => {
    const { transaction } = start('INVITE');
    await runtime.advance(20);
    const invite = peer.requests('INVITE')[0]!;
    peer.send(buildResponse(invite, 180, undefined, { toTag: 'x' }));
    await runtime.advance(20);

    transaction?.cancel((headers) => headers.append('Reason', 'SIP ;cause=200'));
    transaction?.cancel();
    await runtime.advance(20);

    const sent = peer.requests('CANCEL');
    expect(sent).toHaveLength(1);
    expect(sent[0]!.topVia.branch).toBe(invite.topVia.branch);
    expect(sent[0]!.cseq.sequence).toBe(invite.cseq.sequence);
    expect(sent[0]!.to.tag).toBeUndefined();
    expect(sent[0]!.headers.first('Reason')).toContain('cause=200');
  });

  it('give a cancelled INVITE up when no final response comes in 64*T1 — RFC 3261 §9.1', async () => {
    const { transaction, seen } = start('INVITE');
    await runtime.advance(20);
    peer.send(buildResponse(peer.requests('INVITE')[0]!, 180, undefined, { toTag: 'x' }));
    await runtime.advance(20);
    transaction?.cancel();

    await runtime.advance(33_000);

    expect(seen).toEqual([180, 'timeout']);
    expect(layer.counters().clients).toBe(0);
  });

  it('are limited in number', () => {
    expect(Array.from({ length: 6 }, () => start().transaction !== undefined)).toEqual([
      ...Array<boolean>(4).fill(true),
      false,
      false,
    ]);
  });

  it('fail when their connection closes', async () => {
    const far = network.host('10.0.0.8');
    await far.listenStream({ address: '10.0.0.8', port: 5060 }, (connection) =>
      connection.start({ onData: () => {}, onClosed: () => {} }),
    );
    const connecting = layer.transport.connect({ protocol: 'tcp', address: { address: '10.0.0.8', port: 5060 } });
    await runtime.advance(50);
    const connected = await connecting;
    if (!connected.ok) throw new Error(connected.error.message);
    flow = connected.value;
    const { seen } = start();

    network.breakStreams('10.0.0.8');
    await runtime.advance(10);

    expect(seen).toHaveLength(1);
    expect(layer.counters().clients).toBe(0);
  });

  it('stop without a word when the layer closes', async () => {
    const { seen } = start();

    layer.close();
    await runtime.advance(40_000);

    expect(seen).toEqual([]);
    expect(layer.counters()).toMatchObject({ clients: 0, servers: 0 });
  });
});

describe('server transactions — RFC 3261 §17.2, §17.2.3', () => {
  it('are matched by branch, sent-by and method', async () => {
    receive('OPTIONS', ';branch=z9hG4bKa');
    receive('OPTIONS', ';branch=z9hG4bKa');
    receive('OPTIONS', ';branch=z9hG4bKb');
    receive('MESSAGE', ';branch=z9hG4bKa');

    await runtime.advance(20);

    expect(requests.map(({ request }) => request.method)).toEqual(['OPTIONS', 'OPTIONS', 'MESSAGE']);
  });

  it('are matched without the cookie as RFC 2543 did, their ACK and CANCEL too — RFC 3261 §17.2.3', async () => {
    receive('INVITE', ';branch=1');
    receive('INVITE', ';branch=1');
    receive('INVITE', '', (request) => request.headers.put(Header.CSeq, { sequence: 5, method: 'INVITE' }));
    await runtime.advance(20);
    expect(requests).toHaveLength(2);
    receive('CANCEL', ';branch=1');
    await runtime.advance(20);
    expect(cancels[0]).toBe(requests[0]);

    requests[0]?.respond(buildResponse(requests[0].request, 487, undefined, { toTag: 'us' }));
    receive('ACK', ';branch=1', (ack) => ack.headers.put(Header.To, ack.to.withTag('us')));
    await runtime.advance(20);

    expect(requests[0]?.stateName).toBe('confirmed');
    expect(acks).toHaveLength(0);
  });

  it('absorb the ACK to a failure and hand up the one to a 2xx', async () => {
    receive('INVITE', ';branch=z9hG4bKi');
    await runtime.advance(20);
    requests[0]?.respond(buildResponse(requests[0].request, 486, undefined, { toTag: 'us' }));
    receive('ACK', ';branch=z9hG4bKi');
    receive('ACK', ';branch=z9hG4bKother');

    await runtime.advance(20);

    expect(requests[0]?.stateName).toBe('confirmed');
    expect(acks).toHaveLength(1);
  });

  it('absorb retransmitted INVITEs after a 2xx — RFC 6026 §7.1', async () => {
    receive('INVITE', ';branch=z9hG4bKi');
    await runtime.advance(20);
    requests[0]?.respond(buildResponse(requests[0].request, 200, undefined, { toTag: 'us' }));
    receive('INVITE', ';branch=z9hG4bKi');

    await runtime.advance(20);

    expect(requests).toHaveLength(1);
    expect(peer.responses('INVITE')).toHaveLength(1);
  });

  it('hand a CANCEL up with the INVITE that it means, and without when there is none — RFC 3261 §9.2', async () => {
    receive('INVITE', ';branch=z9hG4bKi');
    receive('CANCEL', ';branch=z9hG4bKi');
    receive('CANCEL', ';branch=z9hG4bKnone');

    await runtime.advance(20);

    expect(cancels).toEqual([requests[0], undefined]);
    expect(peer.responses('CANCEL')).toHaveLength(2);
  });

  it('are limited in number; what comes beyond is answered 503 — RFC 3261 §21.5.4', async () => {
    for (let i = 0; i < 6; i++) receive('INVITE', `;branch=z9hG4bK${i}`);

    await runtime.advance(20);

    expect(requests).toHaveLength(4);
    expect(peer.responses('INVITE').map(({ statusCode }) => statusCode)).toEqual([503, 503]);
  });

  it('tell when a failure is never acknowledged — RFC 3261 §17.2.1', async () => {
    receive('INVITE', ';branch=z9hG4bKi');
    await runtime.advance(20);
    let told = '';
    requests[0]?.observe({ onTimeout: () => (told = 'timeout'), onTransportError: (reason) => (told = reason) });
    requests[0]?.respond(buildResponse(requests[0].request, 486, undefined, { toTag: 'us' }));

    await runtime.advance(33_000);

    expect(told).toBe('timeout');
    expect(peer.responses('INVITE')).toHaveLength(11);
  });
});
