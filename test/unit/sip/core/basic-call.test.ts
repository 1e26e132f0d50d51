import { beforeEach, describe, expect, it } from 'vitest';
import { bodyText } from '../../../../src-main/sip/core/index.ts';
import { NameAddress } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { sdp, SipAgent, watchEnd } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let bob: SipAgent;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  bob = await SipAgent.open(network, { name: 'bob', address: '10.0.0.2' });
});

/** First words of every message that was sent. */
const ladder = (): string[] =>
  network.texts().map((text) => text.split('\r\n')[0]!.replace(/ sip:\S+ SIP\/2.0|SIP\/2.0 /g, ''));

describe('a basic call — RFC 3665 §3.1, RFC 3261 §13.2, §13.3', () => {
  it('rings, is answered, and ends with the caller hanging up', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.ring();
    await runtime.advance(50);
    let confirmed = false;
    bob.invite.events.on('confirmed', () => (confirmed = true));
    bob.invite.accept(sdp('answer'));
    await runtime.advance(50);
    const bobEnd = watchEnd(bob.invite.session);

    call.established.bye();
    await runtime.advance(100);

    expect(ladder()).toEqual(['INVITE', '180 Ringing', '200 OK', 'ACK', 'BYE', '200 OK']);
    expect(call.progress).toEqual([180]);
    expect(bodyText(bob.invite.body!)).toBe('offer');
    expect(bodyText(call.answer!)).toBe('answer');
    expect(confirmed).toBe(true);
    expect(bobEnd.end?.by).toBe('remote');
    expect(call.ended?.by).toBe('local');
    expect([alice.core.sessionCount, bob.core.sessionCount]).toEqual([0, 0]);
  });

  it('ends with the callee hanging up', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.accept(sdp('answer'));
    await runtime.advance(50);

    bob.invite.session.bye();
    await runtime.advance(100);

    expect(call.ended?.by).toBe('remote');
    expect(alice.core.sessionCount + bob.core.sessionCount).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.accept(sdp('answer'));
    await runtime.advance(50);
    call.established.bye();

    await runtime.advance(70_000);

    expect(alice.transactions.counters()).toMatchObject({ clients: 0, servers: 0 });
    expect(bob.transactions.counters()).toMatchObject({ clients: 0, servers: 0 });
    expect(runtime.pendingTimers).toBe(0);
  });

  it('sends 100 when the callee has not answered in 200 ms — RFC 3261 §17.2.1', async () => {
    alice.call(bob.uri);

    await runtime.advance(300);

    expect(ladder()).toEqual(['INVITE', '100 Trying']);
  });

  it('repeats the last provisional response every minute — RFC 3261 §13.3.1.1', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.ring();

    await runtime.advance(125_000);

    expect(call.progress).toEqual([180, 180, 180]);
  });

  it('carries the offer in the 2xx and the answer in the ACK — RFC 3261 §13.2.1', async () => {
    const invite = alice.core.invite({
      target: bob.uri,
      account: alice.account,
      answerOffer: (offer) => sdp(`answer to ${bodyText(offer)}`),
    });
    await runtime.advance(50);
    let answer: string | undefined;
    bob.invite.events.on('confirmed', ({ body }) => (answer = body && bodyText(body)));
    bob.invite.accept(sdp('late offer'));

    await runtime.advance(50);

    expect(bob.invite.body).toBeUndefined();
    expect(answer).toBe('answer to late offer');
    expect(invite.isOver).toBe(true);
  });

  it('works over TCP, with a Contact that says so — RFC 3261 §8.1.1.8', async () => {
    alice.account = { ...alice.account, transport: 'tcp' };
    const call = alice.call(bob.uri);
    await runtime.advance(100);
    bob.invite.accept(sdp('answer'));
    await runtime.advance(100);

    bob.invite.session.bye();
    await runtime.advance(100);

    expect(call.ended?.by).toBe('remote');
    expect(bob.invite.request.headers.first('Contact')).toBe('<sip:alice@10.0.0.1:5060;transport=tcp>');
    expect(network.texts('udp')).toEqual([]);
  });

  for (const lost of ['INVITE', 'SIP/2.0 200', 'ACK', 'BYE']) {
    it(`survives the loss of the first ${lost}`, async () => {
      network.dropNext(({ text }) => text.startsWith(lost));
      const call = alice.call(bob.uri);
      await runtime.advance(700);
      bob.invite.accept(sdp('answer'));
      await runtime.advance(1200);

      call.established.bye();
      await runtime.advance(2000);

      expect(call.ended?.by).toBe('local');
      expect(alice.core.sessionCount + bob.core.sessionCount).toBe(0);
    });
  }
});

describe('the ways to fail — RFC 3665 §3.7-§3.12', () => {
  it('is declined', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);

    bob.invite.reject(486);
    await runtime.advance(50);

    expect(call.failure).toMatchObject({ kind: 'rejected', statusCode: 486, reasonPhrase: 'Busy Here' });
    expect(ladder()).toEqual(['INVITE', '486 Busy Here', 'ACK']);
    expect(alice.core.sessionCount + bob.core.sessionCount).toBe(0);
  });

  it('is redirected, and leaves it to the user to follow — RFC 3261 §8.3', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);

    bob.invite.redirect([bob.invite.to]);
    await runtime.advance(50);

    expect(call.redirected).toEqual(['sip:bob@10.0.0.2']);
  });

  it('follows a redirection under the same Call-ID with the next CSeq number — RFC 3261 §8.1.3.4', async () => {
    const carol = await SipAgent.open(network, { name: 'carol', address: '10.0.0.3' });
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.redirect([new NameAddress({ uri: carol.uri })]);
    await runtime.advance(50);

    alice.core.invite({ target: carol.uri, account: alice.account, redirectedFrom: call.invite });
    await runtime.advance(50);

    const [first, second] = [bob.invite.request, carol.invite.request];
    expect(second.callId).toBe(first.callId);
    expect(second.from.tag).toBe(first.from.tag);
    expect(second.cseq.sequence).toBe(first.cseq.sequence + 1);
  });

  it('times out when nobody answers — RFC 3261 §17.1.1.2, §8.1.3.1', async () => {
    network.silentHosts.add('10.0.0.2');
    const call = alice.call(bob.uri);

    await runtime.advance(33_000);

    expect(call.failure).toMatchObject({ kind: 'timeout', statusCode: 408 });
    expect(network.log.map(({ atMs }) => atMs)).toEqual([0, 500, 1500, 3500, 7500, 15_500, 31_500]);
  });

  it('gives up the session when the 2xx is never acknowledged — RFC 3261 §13.3.1.4', async () => {
    network.dropNext(({ text }) => text.startsWith('ACK'), 100);
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    const end = watchEnd(bob.invite.session);
    bob.invite.accept(sdp('answer'));

    await runtime.advance(40_000);

    expect(end.end).toMatchObject({ by: 'timeout', reason: 'no ACK' });
    expect(call.ended?.by).toBe('remote');
  });

  it('is cancelled while it rings — RFC 3261 §9.1, §9.2', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.ring();
    let isCancelled = false;
    bob.invite.events.on('cancelled', () => (isCancelled = true));
    await runtime.advance(50);

    call.invite.cancel();
    await runtime.advance(100);

    expect(isCancelled).toBe(true);
    expect(call.failure).toMatchObject({ kind: 'cancelled', statusCode: 487 });
    expect(ladder()).toEqual(['INVITE', '180 Ringing', 'CANCEL', '200 OK', '487 Request Terminated', 'ACK']);
  });

  it('holds the CANCEL back until a provisional response comes — RFC 3261 §9.1', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(3);
    call.invite.cancel();
    await runtime.advance(150);
    const before = ladder();

    await runtime.advance(200);

    expect(before).toEqual(['INVITE']);
    expect(ladder().slice(0, 3)).toEqual(['INVITE', '100 Trying', 'CANCEL']);
    expect(call.failure?.kind).toBe('cancelled');
  });

  it('ends the call by BYE when a 200 crosses the CANCEL — RFC 3261 §9.1, §15', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.ring();
    await runtime.advance(50);

    call.invite.cancel();
    bob.invite.accept(sdp('answer'));
    const end = watchEnd(bob.invite.session);
    await runtime.advance(200);

    expect(call.failure?.kind).toBe('cancelled');
    expect(end.end?.by).toBe('remote');
    expect(ladder()).toContain('BYE');
    expect(alice.core.sessionCount + bob.core.sessionCount).toBe(0);
  });

  it('refuses with 487 when the INVITE expires — RFC 3261 §13.3.1', async () => {
    const invite = alice.core.invite({ target: bob.uri, account: alice.account, headers: [['Expires', '5']] });
    let statusCode = 0;
    invite.events.on('failed', (failure) => (statusCode = failure.statusCode));
    await runtime.advance(50);
    bob.invite.ring();

    await runtime.advance(6000);

    expect(statusCode).toBe(487);
  });
});
