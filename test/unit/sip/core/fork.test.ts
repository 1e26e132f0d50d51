import { beforeEach, describe, expect, it } from 'vitest';
import { formatUri } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { RawPeer, SipAgent, sdp } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let peer: RawPeer;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  peer = await RawPeer.open(network, '10.0.0.9');
  peer.respond = (request) => {
    if (request.method === 'BYE') peer.reply(request, 200);
  };
});

describe('a forked INVITE — RFC 3261 §12.1, §13.2.2.4', () => {
  it('has an early dialog for each To tag', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    peer.reply(invite, 180, { tag: 'one' });
    peer.reply(invite, 183, { tag: 'two', body: 'early media' });
    peer.reply(invite, 180, { tag: 'one' });

    await runtime.advance(50);

    expect(call.progress).toEqual([180, 183, 180]);
    expect(call.early.map(({ dialog }) => dialog.id.remoteTag)).toEqual(['one', 'two', 'one']);
    expect(call.early[0]).toBe(call.early[2]);
  });

  it('acknowledges a second 2xx and ends it with BYE', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    peer.reply(invite, 180, { tag: 'one' });
    peer.reply(invite, 180, { tag: 'two' });
    peer.reply(invite, 200, { tag: 'one', body: 'answer' });
    await runtime.advance(50);

    peer.reply(invite, 200, { tag: 'two', body: 'answer' });
    await runtime.advance(100);

    expect(call.established.dialog.id.remoteTag).toBe('one');
    expect(peer.requests('ACK').map(({ to }) => to.tag)).toEqual(['one', 'two']);
    expect(peer.requests('BYE').map(({ to }) => to.tag)).toEqual(['two']);
    expect(call.ended).toBeUndefined();
    expect(alice.core.sessionCount).toBe(1);
  });

  it('ends the early dialogs that were not chosen without a BYE', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    peer.reply(invite, 180, { tag: 'one' });
    peer.reply(invite, 180, { tag: 'two' });
    peer.reply(invite, 200, { tag: 'two', body: 'answer' });
    await runtime.advance(50);

    expect(call.early.map(({ state }) => state)).toEqual(['ended', 'confirmed']);
    expect(peer.requests('BYE')).toHaveLength(0);
  });

  it('answers a 2xx that comes again with the same ACK', async () => {
    alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(50);

    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(50);

    const acks = peer.requests('ACK');
    expect(acks).toHaveLength(2);
    expect(acks.map(({ cseq }) => cseq.sequence)).toEqual([1, 1]);
  });

  it('follows no more than a limited number of branches', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    for (let i = 0; i < 50; i++) peer.reply(invite, 180, { tag: `tag${i}` });

    await runtime.advance(50);

    expect(alice.core.sessionCount).toBe(16);
    expect(call.progress).toHaveLength(50);
  });

  it('is answered by a further branch although early dialogs take every place', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    for (let i = 0; i < 50; i++) peer.reply(invite, 180, { tag: `tag${i}` });
    await runtime.advance(50);

    peer.reply(invite, 200, { tag: 'late', body: 'answer' });
    await runtime.advance(50);

    expect(call.established.dialog.id.remoteTag).toBe('late');
    expect(peer.requests('ACK').map(({ to }) => to.tag)).toEqual(['late']);
    expect(alice.core.sessionCount).toBe(1);
  });

  it('acknowledges no more 2xx than it follows branches', async () => {
    alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    for (let i = 0; i < 50; i++) peer.reply(invite, 200, { tag: `tag${i}`, body: 'answer' });
    await runtime.advance(500);

    expect(new Set(peer.requests('ACK').map(({ to }) => to.tag)).size).toBe(16);
    expect(alice.core.sessionCount).toBe(1);
  });
});

describe('the dialog of a call — RFC 3261 §12.1.2, §12.2.1.1', () => {
  it('routes requests by the Record-Route of the 2xx, in reverse', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const headers = [['Record-Route', '<sip:p1.example.com;lr>, <sip:10.0.0.9:5060;lr>']] as const;
    peer.reply(peer.requests('INVITE')[0]!, 200, { body: 'answer', headers });
    await runtime.advance(50);

    call.established.bye();
    await runtime.advance(50);

    const bye = peer.requests('BYE')[0]!;
    expect(bye.headers.values('Route')).toEqual(['<sip:10.0.0.9:5060;lr>', '<sip:p1.example.com;lr>']);
    expect(formatUri(bye.requestUri)).toBe(formatUri(peer.uri));
    expect(bye.cseq.sequence).toBe(2);
  });

  it('gives a strict router its own URI as Request-URI and puts the target last in Route', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const headers = [['Record-Route', '<sip:10.0.0.9:5060>']] as const;
    peer.reply(peer.requests('INVITE')[0]!, 200, { body: 'answer', headers });
    await runtime.advance(50);

    call.established.bye();
    await runtime.advance(50);

    const bye = peer.requests('BYE')[0]!;
    expect(formatUri(bye.requestUri)).toBe('sip:10.0.0.9:5060');
    expect(bye.headers.values('Route')).toEqual([`<${formatUri(peer.uri)}>`]);
  });

  it('sends requests outside dialogs by the outbound proxies as loose routers — RFC 3261 §8.1.2', async () => {
    alice.account = { ...alice.account, outboundProxies: [peer.uri.with({ user: undefined })] };

    alice.call(alice.uri.with({ host: 'far.example.com' }), sdp('offer'));
    await runtime.advance(50);

    const invite = peer.requests('INVITE')[0]!;
    expect(formatUri(invite.requestUri)).toBe('sip:alice@far.example.com');
    expect(invite.headers.values('Route')).toEqual(['<sip:10.0.0.9:5060;lr>']);
    expect(invite.headers.first('Max-Forwards')).toBe('70');
  });

  it('ends when a request within it is answered 481 — RFC 3261 §12.2.1.2', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    peer.reply(peer.requests('INVITE')[0]!, 200, { body: 'answer' });
    await runtime.advance(50);
    peer.respond = (request) => peer.reply(request, 481);

    const result = await Promise.all([call.established.request('INFO'), runtime.advance(50)]);

    expect(result[0].ok && result[0].value.statusCode).toBe(481);
    expect(call.ended?.by).toBe('remote');
  });

  it('is over whatever answers the BYE — RFC 3261 §15.1.1', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    peer.reply(peer.requests('INVITE')[0]!, 200, { body: 'answer' });
    await runtime.advance(50);
    peer.respond = (request) => peer.reply(request, 481);

    call.established.bye();
    await runtime.advance(50);

    expect(alice.core.sessionCount).toBe(0);
  });

  it('refuses a request with a lower number than the last with 500 — RFC 3261 §12.2.2', async () => {
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(50);
    call.established.events.on('info', (info) => info.respond(200));
    peer.send(peer.inDialog(invite, 'INFO', 7));
    await runtime.advance(50);

    peer.send(peer.inDialog(invite, 'INFO', 6));
    await runtime.advance(50);

    expect(peer.responses('INFO').map(({ statusCode }) => statusCode)).toEqual([200, 500]);
  });
});
