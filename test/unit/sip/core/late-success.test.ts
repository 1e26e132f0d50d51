import { beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { RawPeer, sdp, SipAgent, watchEnd, type CallSpy } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

/** 64*T1. */
const GIVE_UP_MS = 32_000;

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let peer: RawPeer;
let call: CallSpy;
let invite: SipRequest;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  peer = await RawPeer.open(network, '10.0.0.9');
  peer.respond = (request) => {
    if (request.method === 'BYE' || request.method === 'CANCEL') peer.reply(request, 200);
  };
  call = alice.call(peer.uri);
  await runtime.advance(50);
  invite = peer.requests('INVITE')[0]!;
});

const tags = (method: string): (string | undefined)[] => peer.requests(method).map(({ to }) => to.tag);

describe('a 2xx that comes when its INVITE is over — RFC 3261 §13.2.2.4', () => {
  it('is acknowledged and ended with BYE after nothing answered for 64*T1', async () => {
    await runtime.advance(GIVE_UP_MS + 1000);
    expect(call.failure?.kind).toBe('timeout');

    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(100);

    expect([tags('ACK'), tags('BYE')]).toEqual([['peer'], ['peer']]);
    expect(peer.requests('BYE')[0]!.headers.first('Reason')).toContain('cause=408');
    expect(alice.core.sessionCount).toBe(0);
  });

  it('is acknowledged and ended with BYE when another branch was answered more than 64*T1 ago', async () => {
    peer.reply(invite, 200, { tag: 'one', body: 'answer' });
    await runtime.advance(GIVE_UP_MS + 1000);

    peer.reply(invite, 200, { tag: 'two', body: 'answer' });
    await runtime.advance(100);

    expect([tags('ACK'), tags('BYE')]).toEqual([['one', 'two'], ['two']]);
    expect(call.ended).toBeUndefined();
  });

  it('is acknowledged again, and nothing else, when it is the answer of the call that goes on', async () => {
    peer.reply(invite, 200, { tag: 'one', body: 'answer' });
    await runtime.advance(GIVE_UP_MS + 1000);

    peer.reply(invite, 200, { tag: 'one', body: 'answer' });
    await runtime.advance(100);

    expect([tags('ACK'), tags('BYE')]).toEqual([['one', 'one'], []]);
    expect(call.established.state).toBe('confirmed');
  });

  it('is acknowledged and ended with BYE after a CANCEL that nothing answered for 64*T1 — RFC 3261 §9.1', async () => {
    peer.reply(invite, 180, { tag: 'one' });
    await runtime.advance(50);
    call.invite.cancel();
    await runtime.advance(GIVE_UP_MS + 1000);
    expect(call.failure?.kind).toBe('cancelled');

    peer.reply(invite, 200, { tag: 'one', body: 'answer' });
    await runtime.advance(100);

    expect([tags('ACK'), tags('BYE')]).toEqual([['one'], ['one']]);
  });

  it('counts for nothing when it belongs to no INVITE of ours, or comes much too late', async () => {
    await runtime.advance(GIVE_UP_MS + 1000);
    const foreign = invite.clone();
    foreign.headers.set('Call-ID', 'somebody-else');
    peer.reply(foreign, 200, { body: 'answer' });
    await runtime.advance(300_000);

    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(100);

    expect([tags('ACK'), tags('BYE')]).toEqual([[], []]);
  });

  it('is followed for a limited number of branches', async () => {
    await runtime.advance(GIVE_UP_MS + 1000);

    for (let i = 0; i < 50; i++) peer.reply(invite, 200, { tag: `tag${i}`, body: 'answer' });
    await runtime.advance(1000);

    expect(new Set(tags('BYE')).size).toBe(16);
    expect(alice.core.sessionCount).toBe(0);
  });

  it('is followed for the last of many INVITEs only', async () => {
    await runtime.advance(GIVE_UP_MS + 1000);
    for (let i = 0; i < 300; i++) alice.call(peer.uri).invite.cancel();
    await runtime.advance(GIVE_UP_MS * 2);

    peer.reply(invite, 200, { body: 'answer' });
    await runtime.advance(100);

    expect(tags('BYE')).toEqual([]);
  });
});

describe('our 2xx without an ACK — RFC 3261 §13.3.1.4', () => {
  it('is sent for 64*T1 at T1 to T2, then the session ends with BYE and its user is told', async () => {
    const bob = await SipAgent.open(network, { name: 'bob', address: '10.0.0.2' });
    network.dropNext(({ text }) => text.startsWith('ACK'), 100);
    alice.call(bob.uri);
    await runtime.advance(50);
    const end = watchEnd(bob.invite.session);
    bob.invite.accept(sdp('answer'));

    await runtime.advance(GIVE_UP_MS + 100);

    const sentAtMs = network.log
      .filter(({ text, from }) => text.startsWith('SIP/2.0 200') && from.address === '10.0.0.2')
      .map(({ atMs }) => atMs);
    const gapsMs = sentAtMs.slice(1).map((atMs, index) => atMs - sentAtMs[index]!);
    expect(gapsMs).toEqual([500, 1000, 2000, 4000, 4000, 4000, 4000, 4000, 4000, 4000]);
    expect(end.end).toMatchObject({ by: 'timeout', reason: 'no ACK' });
    expect(network.texts().filter((text) => text.startsWith('BYE sip:alice'))).toHaveLength(1);
  });
});
