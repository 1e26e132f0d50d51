import { beforeEach, describe, expect, it } from 'vitest';
import { bodyText, type InviteSession } from '../../../../src-main/sip/core/index.ts';
import { formatUri, Header, type SipRequest } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { RawPeer, sdp, SipAgent, watchEnd } from '../../../support/sip-agent.ts';
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

async function connect(): Promise<{ caller: InviteSession; callee: InviteSession }> {
  const call = alice.call(bob.uri);
  await runtime.advance(50);
  bob.invite.accept(sdp('answer'));
  await runtime.advance(50);
  return { caller: call.established, callee: bob.invite.session };
}

/** A call to a bare socket, and the INVITE that it got. */
async function connectToPeer(headers: readonly (readonly [string, string])[] = []) {
  const peer = await RawPeer.open(network, '10.0.0.9');
  const call = alice.call(peer.uri);
  await runtime.advance(50);
  const invite = peer.requests('INVITE')[0]!;
  peer.reply(invite, 200, { body: 'answer', headers });
  await runtime.advance(50);
  return { peer, call, invite };
}

const statusCodes = (peer: RawPeer, method: string): number[] =>
  peer
    .responses(method)
    .map(({ statusCode }) => statusCode)
    .filter((statusCode) => statusCode > 100);

describe('re-INVITE — RFC 3261 §14, RFC 3665 §3.7', () => {
  it('renegotiates and is acknowledged', async () => {
    const { caller, callee } = await connect();
    callee.events.on('reInvite', (reInvite) => reInvite.accept(sdp(`yes to ${bodyText(reInvite.body!)}`)));

    const outcome = caller.reInvite({ body: sdp('hold') });
    await runtime.advance(100);

    const result = await outcome;
    expect(result.kind).toBe('accepted');
    expect(result.kind === 'accepted' && bodyText(result.body!)).toBe('yes to hold');
    expect(callee.acks.isWaiting).toBe(false);
  });

  it('leaves the session as it was when refused', async () => {
    const { caller, callee } = await connect();
    callee.events.on('reInvite', (reInvite) => reInvite.reject(488));

    const outcome = callee === caller ? undefined : caller.reInvite({ body: sdp('video') });
    await runtime.advance(100);

    expect(await outcome).toMatchObject({ kind: 'rejected', statusCode: 488 });
    expect([caller.state, callee.state]).toEqual(['confirmed', 'confirmed']);
  });

  it('asks the peer to offer and answers in the ACK', async () => {
    const { caller, callee } = await connect();
    let answer = '';
    callee.events.on('reInvite', (reInvite) =>
      reInvite.accept(sdp('peer offer'), (body) => (answer = body ? bodyText(body) : 'none')),
    );

    void caller.reInvite({ answerOffer: (offer) => sdp(`answer to ${bodyText(offer)}`) });
    await runtime.advance(100);

    expect(answer).toBe('answer to peer offer');
  });

  it('resolves glare by waiting, the owner of the Call-ID longer — RFC 3261 §14.1', async () => {
    const { caller, callee } = await connect();
    for (const session of [caller, callee]) session.events.on('reInvite', (reInvite) => reInvite.accept(sdp('ok')));

    const outcomes = [caller.reInvite({ body: sdp('a') }), callee.reInvite({ body: sdp('b') })];
    await runtime.advance(1);
    await runtime.advance(10_000);

    expect((await Promise.all(outcomes)).map(({ kind }) => kind)).toEqual(['accepted', 'accepted']);
    const invites = network.log.filter(({ text }) => text.startsWith('INVITE'));
    const fromCaller = invites.filter(({ from }) => from.address === '10.0.0.1').map(({ atMs }) => atMs);
    expect(fromCaller.at(-1)! - fromCaller.at(-2)!).toBeGreaterThanOrEqual(2100);
    expect(network.texts().filter((text) => text.startsWith('SIP/2.0 491'))).not.toHaveLength(0);
  });

  it('gives up after six re-INVITEs that were all answered 491 — RFC 3261 §14.1', async () => {
    const { peer, call } = await connectToPeer();
    const { respond } = peer;
    peer.respond = (request, it) => {
      if (request.method === 'INVITE' && request.to.tag !== undefined) it.reply(request, 491);
      else respond(request, it);
    };
    const before = peer.requests('INVITE').length;
    const outcome = call.established.reInvite({ body: sdp('hold') });
    await runtime.advance(60_000);

    expect(await outcome).toEqual({ kind: 'failed', reason: 'glare' });
    expect(peer.requests('INVITE')).toHaveLength(before + 6);
    expect(call.established.state).toBe('confirmed');
  });

  it('refuses a re-INVITE that comes before its own is answered with 491 — RFC 3261 §14.2', async () => {
    const { peer, call, invite } = await connectToPeer();
    void call.established.reInvite({ body: sdp('hold') });
    await runtime.advance(20);

    peer.send(peer.inDialog(invite, 'INVITE', 1, { body: 'theirs' }));
    await runtime.advance(50);

    expect(statusCodes(peer, 'INVITE')).toEqual([491]);
  });

  it('refuses a second re-INVITE before the first is answered with 500 and Retry-After — RFC 3261 §14.2', async () => {
    const { peer, invite } = await connectToPeer();
    peer.send(peer.inDialog(invite, 'INVITE', 1, { body: 'one' }));
    peer.send(peer.inDialog(invite, 'INVITE', 2, { body: 'two' }));

    await runtime.advance(50);

    expect(statusCodes(peer, 'INVITE')).toEqual([500]);
    expect(Number(peer.responses('INVITE').at(-1)!.headers.first('Retry-After'))).toBeLessThanOrEqual(10);
  });

  it('lets a further re-INVITE wait while four answers are not acknowledged — RFC 3261 §14.2', async () => {
    const { peer, call, invite } = await connectToPeer();
    call.established.events.on('reInvite', (reInvite) => reInvite.accept(sdp('yes')));
    for (let sequence = 1; sequence <= 6; sequence++) {
      peer.send(peer.inDialog(invite, 'INVITE', sequence, { body: 'offer' }));
      await runtime.advance(50);
    }

    expect(new Set(statusCodes(peer, 'INVITE'))).toEqual(new Set([200, 500]));
    const refused = peer.responses('INVITE').filter(({ statusCode }) => statusCode === 500);
    expect(new Set(refused.map(({ cseq }) => cseq.sequence))).toEqual(new Set([5, 6]));
    expect(refused[0]?.headers.has('Retry-After')).toBe(true);
  });

  it('is given up after the call when the peer said 100 and nothing more — RFC 3261 §15.1.2', async () => {
    const { peer, call } = await connectToPeer();
    peer.respond = (request) => {
      if (request.method === 'INVITE') peer.reply(request, 100);
      else if (request.method === 'BYE') peer.reply(request, 200);
    };
    void call.established.reInvite({ body: sdp('hold') });
    await runtime.advance(50);
    call.established.bye();
    await runtime.advance(31_000);
    const before = peer.requests('CANCEL').length;
    await runtime.advance(70_000);

    expect(before).toBe(0);
    expect(peer.requests('CANCEL').length).toBeGreaterThan(0);
    expect(alice.transactions.counters()).toMatchObject({ clients: 0, servers: 0 });
  });

  it('takes a CANCEL of a re-INVITE — RFC 3261 §9.2', async () => {
    const { peer, invite } = await connectToPeer();
    const reInvite = peer.inDialog(invite, 'INVITE', 1, { body: 'one', branch: 'z9hG4bKre' });
    peer.send(reInvite);
    await runtime.advance(20);

    peer.send(peer.inDialog(invite, 'CANCEL', 1, { branch: 'z9hG4bKre' }));
    await runtime.advance(50);

    expect(statusCodes(peer, 'CANCEL')).toEqual([200]);
    expect(statusCodes(peer, 'INVITE')).toEqual([487]);
  });

  it('ends the session when it is answered 481, and by BYE when nothing answers — RFC 3261 §12.2.1.2', async () => {
    const { peer, call } = await connectToPeer();
    const outcome = call.established.reInvite({ body: sdp('hold') });

    await runtime.advance(33_000);

    expect(await outcome).toEqual({ kind: 'failed', reason: 'timeout' });
    expect(call.ended?.by).toBe('timeout');
    expect(peer.requests('BYE').length).toBeGreaterThan(0);
  });

  it('moves the remote target with the Contact of a re-INVITE — RFC 3261 §12.2.2', async () => {
    const { peer, call, invite } = await connectToPeer();
    call.established.events.on('reInvite', (reInvite) => reInvite.accept(sdp('ok')));
    peer.send(peer.inDialog(invite, 'INVITE', 1, { body: 'x', headers: [['Contact', '<sip:moved@10.0.0.9:5060>']] }));
    await runtime.advance(50);

    void call.established.request('INFO');
    await runtime.advance(50);

    expect(formatUri(peer.requests('INFO')[0]!.requestUri)).toBe('sip:moved@10.0.0.9:5060');
  });
});

describe('requests within a session', () => {
  it('hands INFO, REFER, NOTIFY up and sends the answer back', async () => {
    const { caller, callee } = await connect();
    callee.events.on('info', (info) => info.respond(200, { body: sdp(`got ${bodyText(info.body!)}`) }));
    callee.events.on('refer', (refer) => refer.respond(202));
    callee.events.on('notify', (notify) => notify.respond(200));

    const results = Promise.all([
      caller.request('INFO', { body: sdp('5') }),
      caller.request('REFER', { headers: [['Refer-To', '<sip:carol@example.com>']] }),
      caller.request('NOTIFY', { headers: [['Event', 'refer']] }),
    ]);
    await runtime.advance(100);

    expect((await results).map((result) => result.ok && result.value.statusCode)).toEqual([200, 202, 200]);
  });

  it('go on after a NOTIFY that is answered 481, which ends a subscription only — RFC 5057 §5.1', async () => {
    const { peer, call } = await connectToPeer();
    peer.respond = (request) => peer.reply(request, 481);

    void call.established.request('NOTIFY');
    await runtime.advance(50);

    expect(peer.requests('NOTIFY')).toHaveLength(1);
    expect(call.ended).toBeUndefined();
  });

  it('answers an UPDATE with an offer by its user, one without at once — RFC 3311 §5.2', async () => {
    const { peer, call, invite } = await connectToPeer();
    call.established.events.on('update', (update) => update.respond(200, { body: sdp('updated') }));
    peer.send(peer.inDialog(invite, 'UPDATE', 1, { body: 'hold' }));
    peer.send(peer.inDialog(invite, 'UPDATE', 2));

    await runtime.advance(50);

    const bodies = peer
      .responses('UPDATE')
      .map((response) => [response.statusCode, Buffer.from(response.body).toString()]);
    expect(bodies).toEqual([
      [200, 'updated'],
      [200, ''],
    ]);
    expect(peer.responses('UPDATE')[0]!.headers.get(Header.Contact)?.uri).toBeDefined();
  });

  it('refuses an UPDATE that crosses our offer with 491, and one before we answered with 500 — RFC 3311 §5.2, RFC 6337 §2', async () => {
    const { peer, call, invite } = await connectToPeer();
    peer.send(peer.inDialog(invite, 'UPDATE', 1, { body: 'one' }));
    peer.send(peer.inDialog(invite, 'UPDATE', 2, { body: 'two' }));
    await runtime.advance(50);
    expect(statusCodes(peer, 'UPDATE')).toEqual([500]);
    await runtime.advance(11_000);
    void call.established.reInvite({ body: sdp('ours') });
    await runtime.advance(20);

    peer.send(peer.inDialog(invite, 'UPDATE', 3, { body: 'three' }));
    await runtime.advance(50);

    expect(statusCodes(peer, 'UPDATE').at(-1)).toBe(491);
  });

  it('sends no BYE before its 2xx is acknowledged — RFC 3261 §15', async () => {
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    network.dropNext(({ text }) => text.startsWith('ACK'));
    bob.invite.accept(sdp('answer'));

    bob.invite.session.bye();
    await runtime.advance(100);
    const early = network.texts().filter((text) => text.startsWith('BYE'));
    await runtime.advance(1000);

    expect(early).toEqual([]);
    expect(call.ended?.by).toBe('remote');
  });

  it('answers a pending re-INVITE 487 when BYE comes — RFC 3261 §15.1.2', async () => {
    const { peer, invite, call } = await connectToPeer();
    peer.send(peer.inDialog(invite, 'INVITE', 1, { body: 'x' }));
    await runtime.advance(20);

    peer.send(peer.inDialog(invite, 'BYE', 2));
    await runtime.advance(50);

    expect(statusCodes(peer, 'INVITE')).toEqual([487]);
    expect(statusCodes(peer, 'BYE')).toEqual([200]);
    expect(call.ended?.request?.method).toBe('BYE');
  });

  it('ends every session when the core closes', async () => {
    const { callee } = await connect();
    const end = watchEnd(callee);

    const closed = alice.core.close();
    await runtime.advance(2500);
    await closed;

    expect(end.end?.by).toBe('remote');
    expect(alice.core.sessionCount).toBe(0);
  });
});

describe('reliable provisional responses — RFC 3262', () => {
  it('are acknowledged by the caller, in order and once — RFC 3262 §4', async () => {
    const peer = await RawPeer.open(network, '10.0.0.9');
    peer.respond = (request) => {
      if (request.method === 'PRACK') peer.reply(request, 200);
    };
    const call = alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    const reliable = (rseq: number) => ({
      body: 'early',
      headers: [
        ['Require', '100rel'],
        ['RSeq', String(rseq)],
      ] as const,
    });
    for (const rseq of [4711, 4711, 4713, 4712]) peer.reply(invite, 183, reliable(rseq));

    await runtime.advance(50);

    expect(invite.headers.all(Header.Supported)).toContain('100rel');
    expect(peer.requests('PRACK').map(({ headers }) => headers.get(Header.RAck))).toEqual([
      { responseSequence: 4711, sequence: 1, method: 'INVITE' },
      { responseSequence: 4712, sequence: 1, method: 'INVITE' },
    ]);
    expect(call.progress).toEqual([183, 183]);
  });

  it('wait while eight PRACKs of one early dialog have no answer', async () => {
    const peer = await RawPeer.open(network, '10.0.0.9');
    alice.call(peer.uri);
    await runtime.advance(50);
    const invite = peer.requests('INVITE')[0]!;
    const send = (rseq: number): void =>
      peer.reply(invite, 183, {
        headers: [
          ['Require', '100rel'],
          ['RSeq', String(rseq)],
        ],
      });
    for (let rseq = 1; rseq <= 30; rseq++) send(rseq);
    await runtime.advance(50);
    const waiting = peer.requests('PRACK');
    for (const prack of waiting) peer.reply(prack, 200);
    await runtime.advance(50);
    send(9);
    await runtime.advance(50);

    expect(waiting).toHaveLength(8);
    expect(new Set(peer.requests('PRACK').map(({ headers }) => headers.first('RAck'))).size).toBe(9);
  });

  it('are sent by the callee until PRACK comes, and hold the 2xx back — RFC 3262 §3', async () => {
    alice.account = { ...alice.account, reliableProvisional: 'required' };
    network.dropNext(({ text }) => text.startsWith('PRACK'));
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.ring();
    bob.invite.accept(sdp('answer'));

    await runtime.advance(100);
    const beforePrack = call.answer;
    await runtime.advance(2000);

    expect(beforePrack).toBeUndefined();
    expect(bodyText(call.answer!)).toBe('answer');
    expect(call.progress).toEqual([180]);
    expect(network.texts().filter((text) => text.startsWith('SIP/2.0 180')).length).toBeGreaterThan(1);
  });

  it('make the INVITE fail with 504 when PRACK never comes', async () => {
    alice.account = { ...alice.account, reliableProvisional: 'required' };
    network.dropNext(({ text }) => text.startsWith('PRACK'), 100);
    const call = alice.call(bob.uri);
    await runtime.advance(50);
    bob.invite.ring();

    await runtime.advance(40_000);

    expect(call.failure?.statusCode).toBe(504);
  });

  it('are demanded with 421 from a caller that lacks them — RFC 3261 §21.4.15', async () => {
    alice.account = { ...alice.account, reliableProvisional: 'off' };
    bob.account = { ...bob.account, reliableProvisional: 'required' };

    const call = alice.call(bob.uri);
    await runtime.advance(50);

    expect(call.failure?.statusCode).toBe(421);
  });

  it('refuse a PRACK that acknowledges nothing with 481', async () => {
    const { peer, invite } = await connectToPeer();

    peer.send(peer.inDialog(invite, 'PRACK', 1, { headers: [['RAck', '1 1 INVITE']] }));
    await runtime.advance(50);

    expect(statusCodes(peer, 'PRACK')).toEqual([481]);
  });
});

describe('session timer — RFC 4028', () => {
  it('is agreed, refreshed by UPDATE at half the interval, and keeps the session — RFC 4028 §7.1, §7.2', async () => {
    alice.account = { ...alice.account, sessionExpiresSec: 90 };
    const { caller, callee } = await connect();
    const agreements = [caller.timer.agreement, callee.timer.agreement];

    await runtime.advance(300_000);

    expect(agreements).toEqual([
      { expiresSec: 90, isLocalRefresher: true },
      { expiresSec: 90, isLocalRefresher: false },
    ]);
    expect(network.texts().filter((text) => text.startsWith('UPDATE')).length).toBe(6);
    expect([caller.state, callee.state]).toEqual(['confirmed', 'confirmed']);
  });

  it('refreshes by re-INVITE with the last description when the peer has no UPDATE', async () => {
    alice.account = { ...alice.account, sessionExpiresSec: 90 };
    const { peer } = await connectToPeer([
      ['Session-Expires', '90;refresher=uac'],
      ['Require', 'timer'],
    ]);

    await runtime.advance(46_000);

    const refresh = peer.requests('INVITE').at(-1)!;
    expect(refresh.cseq.sequence).toBe(2);
    expect(Buffer.from(refresh.body).toString()).toBe('offer');
    expect(refresh.headers.get(Header.SessionExpires)).toEqual({ deltaSec: 90, refresher: 'uac' });
  });

  it('ends the session by BYE when the peer does not refresh — RFC 4028 §10', async () => {
    const { call, peer } = await connectToPeer([['Session-Expires', '90;refresher=uas']]);

    await runtime.advance(59_000);
    expect(call.ended).toBeUndefined();
    await runtime.advance(2000);

    expect(call.ended).toMatchObject({ by: 'timeout', reason: 'session expired' });
    expect(peer.requests('BYE')).not.toHaveLength(0);
  });

  it('refuses too small an interval with 422 and Min-SE — RFC 4028 §5, RFC 4028 §9', async () => {
    const headers = [['Session-Expires', '20;refresher=uac']] as const;
    const invite = alice.core.invite({ target: bob.uri, account: alice.account, offer: sdp('offer'), headers });
    let status: number | undefined;
    invite.events.on('failed', ({ statusCode, response }) => {
      status = statusCode;
      expect(response?.headers.get(Header.MinSe)?.deltaSec).toBe(90);
    });

    await runtime.advance(50);

    expect(status).toBe(422);
  });

  it('asks again with the interval that a 422 names — RFC 4028 §7.3', async () => {
    alice.account = { ...alice.account, sessionExpiresSec: 1800 };
    const peer = await RawPeer.open(network, '10.0.0.9');
    peer.respond = (request: SipRequest) => {
      if (request.method !== 'INVITE') return;
      const asked = request.headers.get(Header.SessionExpires)!.deltaSec;
      if (asked < 3600) peer.reply(request, 422, { headers: [['Min-SE', '3600']] });
      else
        peer.reply(request, 200, {
          body: 'answer',
          headers: [
            ['Session-Expires', '3600;refresher=uac'],
            ['Require', 'timer'],
          ],
        });
    };

    const call = alice.call(peer.uri);
    await runtime.advance(100);

    expect(call.established.timer.agreement).toEqual({ expiresSec: 3600, isLocalRefresher: true });
    expect(peer.requests('INVITE').map(({ cseq }) => cseq.sequence)).toEqual([1, 2]);
    expect(new Set(peer.requests('INVITE').map(({ callId }) => callId)).size).toBe(1);
  });
});

describe('the end of a session', () => {
  it('keeps a session timer from starting when a re-INVITE is accepted after it', async () => {
    const { peer, call } = await connectToPeer();
    void call.established.reInvite({ body: sdp('hold') });
    await runtime.advance(20);
    const reInvite = peer.requests('INVITE').at(-1)!;
    call.established.bye();
    peer.respond = (request) => {
      if (request.method === 'BYE') peer.reply(request, 200);
    };
    peer.reply(reInvite, 200, { body: 'ok', headers: [['Session-Expires', '3600;refresher=uac']] });

    await runtime.advance(100_000);

    expect(runtime.pendingTimers).toBe(0);
  });

  it('follows on a call under loss and duplication, whoever hangs up', async () => {
    network.options = { lossFraction: 0.25, duplicateFraction: 0.25 };
    for (let round = 0; round < 12; round++) {
      const call = alice.call(bob.uri);
      await runtime.advance(20_000);
      bob.invites.at(-1)?.accept(sdp('answer'));
      await runtime.advance(33_000);
      (round % 2 === 0 ? call.session : bob.invites.at(-1)?.session)?.bye();
      await runtime.advance(80_000);
    }

    expect([alice.core.sessionCount, bob.core.sessionCount]).toEqual([0, 0]);
    expect(bob.invites).toHaveLength(12);
    expect(runtime.pendingTimers).toBe(0);
  });
});

describe('Replaces — RFC 3891 §3', () => {
  const headerFor = (session: InviteSession): readonly [string, string] => {
    const { callId, localTag, remoteTag } = session.dialog.id;
    return ['Replaces', `${callId};to-tag=${remoteTag};from-tag=${localTag}`];
  };

  it('names the session that a call is to replace', async () => {
    const { caller, callee } = await connect();

    alice.core.invite({ target: bob.uri, account: alice.account, headers: [headerFor(caller)] });
    await runtime.advance(50);

    expect(bob.invites[1]?.replaces).toBe(callee);
  });

  it('is refused with 481 when there is no such session', async () => {
    const headers = [['Replaces', 'nobody;to-tag=a;from-tag=b']] as const;
    const invite = alice.core.invite({ target: bob.uri, account: alice.account, headers });
    let status = 0;
    invite.events.on('failed', ({ statusCode }) => (status = statusCode));

    await runtime.advance(50);

    expect(status).toBe(481);
    expect(bob.invites).toHaveLength(0);
  });
});
