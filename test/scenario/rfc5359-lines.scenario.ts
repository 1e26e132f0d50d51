import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectCall, liveCalls as live, openThreePhones, PHONE_NAMES } from '../support/connected-phones.ts';
import { FlowRecord, inviteLines, requestLines } from '../support/flow-record.ts';
import { heardLoudness, speak } from '../support/heard-loudness.ts';
import { ParkServer } from '../support/park-server.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const SHARING = { presence: { share: 'everybody', allowPickUp: true } };
const PARK = 'sip:park@10.0.0.50';

let scenario: Scenario;
let flow: FlowRecord;
let alice: ScenarioPhone;
let bob: ScenarioPhone;
let carol: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, { ...PHONE_NAMES, '10.0.0.50': 'park' });
  ({ alice, bob, carol } = await openThreePhones({ bob: SHARING }, scenario));
});
afterEach(() => scenario.close());

async function connect(from: ScenarioPhone, to: ScenarioPhone): Promise<string> {
  const callId = await connectCall(scenario, from, to);
  flow.clear();
  return callId;
}

/** The answer to a command that needs some messages. */
async function ask<T>(command: Promise<T>, durationMs = 1000): Promise<T> {
  await scenario.advance(durationMs);
  return command;
}

const between = (one: string, other: string) =>
  flow.endToEnd.filter((line) => line.startsWith(`${one} > ${other}`) || line.startsWith(`${other} > ${one}`));

describe('picking up what rings elsewhere — RFC 5359 §2.16, RFC 3891 §3', () => {
  it('asks the line for its calls, and takes the early one with Replaces — RFC 4235 §3, §4.1.2', async () => {
    const callId = await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();

    expect(await ask(carol.do['call.pickUp']({ target: bob.address }))).toMatchObject({ ok: true });

    expect(between('carol', 'bob').slice(0, 4).sort()).toEqual(
      [...requestLines('carol', 'bob', 'SUBSCRIBE'), ...requestLines('bob', 'carol', 'NOTIFY')].sort(),
    );
    expect(between('carol', 'alice')).toEqual(inviteLines('carol', 'alice'));
    expect(flow.header('carol > alice: INVITE', 'Replaces')).toMatch(/;to-tag=.+;from-tag=.+;early-only$/);
    expect(flow.header('carol > alice: INVITE', 'Require')).toBe('replaces');
    expect(between('alice', 'bob')).toEqual(
      expect.arrayContaining(['alice > bob: CANCEL', 'bob > alice: 200 CANCEL', 'bob > alice: 487 INVITE']),
    );
    expect(live(alice)).toMatchObject([{ id: callId, state: 'connected', remote: { address: carol.address } }]);
    expect(live(carol)).toMatchObject([{ state: 'connected' }]);
    expect(live(bob)).toEqual([]);
  });

  it('uses what a watched line has told already', async () => {
    await ask(carol.do['presence.subscribe']({ target: bob.address }));
    await alice.dial(bob.address);
    await scenario.advance(500);
    flow.clear();

    await ask(carol.do['call.pickUp']({ target: bob.address }));

    expect(flow.lines).not.toContain('carol > bob: SUBSCRIBE');
    expect(live(carol)).toMatchObject([{ state: 'connected' }]);
  });

  it('takes no conversation, and says when nothing rings', async () => {
    await connect(alice, bob);

    expect(await ask(carol.do['call.pickUp']({ target: bob.address }))).toMatchObject({
      failure: { code: 'notFound', message: 'No call rings there.' },
    });
    expect(live(bob)).toMatchObject([{ state: 'connected' }]);
  });

  it('says when the line lets nobody see its calls', async () => {
    await bob.dial(alice.address);
    await scenario.advance(300);

    expect(await ask(carol.do['call.pickUp']({ target: alice.address }))).toMatchObject({
      failure: { code: 'rejected' },
    });
    expect(await carol.do['call.pickUp']({ target: 'a b' })).toMatchObject({ failure: { code: 'badTarget' } });
  });

  it('is told the identifiers of calls only where the user allows that — RFC 4235 §6', async () => {
    const dave = await scenario.phone('dave', { presence: { share: 'everybody' } });
    await alice.dial(dave.address);
    await scenario.advance(300);

    const picked = await ask(carol.do['call.pickUp']({ target: dave.address }));

    expect(picked).toMatchObject({ failure: { code: 'rejected' } });
    expect(flow.messages.filter(({ what, text }) => what === 'NOTIFY' && text.includes('call-id'))).toEqual([]);
  });
});

describe('a third party joins — RFC 5359 §2.11, RFC 3911 §3, §4', () => {
  it('rings, and who answers brings all three together', async () => {
    const callId = await connect(alice, bob);
    await ask(carol.do['call.join']({ target: bob.address }));
    expect(flow.header('carol > alice: INVITE', 'Join')).toMatch(/;to-tag=.+;from-tag=/);
    expect(alice.call).toMatchObject({ state: 'ringing', joins: callId });

    await ask(alice.do['call.answer']({ callId: alice.callId }));

    expect(between('alice', 'bob')).toEqual([]);
    expect(new Set(live(alice).map(({ conferenceId }) => conferenceId)).size).toBe(1);
    await speak(bob);
    expect(await heardLoudness(scenario, carol)).toBeGreaterThan(300);
  });

  it.each([
    ['two', ['Join: a;to-tag=b;from-tag=c', 'Join: d;to-tag=e;from-tag=f'], 400],
    ['one that is not whole', ['Join: a;to-tag=b'], 400],
    ['one with Replaces', ['Join: a;to-tag=b;from-tag=c', 'Replaces: a;to-tag=b;from-tag=c'], 400],
    ['one that means no dialog', ['Join: a;to-tag=b;from-tag=c'], 481],
  ])('is refused with %s — RFC 3911 §4, §7.1', async (_, headers, statusCode) => {
    const peer = await RawPeer.open(scenario.network, '10.0.0.99');
    const lines = [
      'INVITE sip:alice@10.0.0.1 SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.99:5060;branch=z9hG4bKjoin;rport',
      'Max-Forwards: 70',
      'From: <sip:eve@10.0.0.99>;tag=p',
      'To: <sip:alice@10.0.0.1>',
      'Call-ID: join',
      'CSeq: 1 INVITE',
      'Contact: <sip:eve@10.0.0.99>',
      ...headers,
      'Content-Length: 0',
    ];
    peer.sendBytes(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), { address: '10.0.0.1', port: 5060 });
    await scenario.advance(300);

    expect(peer.responses('INVITE').at(-1)?.statusCode).toBe(statusCode);
    expect(alice.view.calls).toEqual([]);
  });
});

describe('parking — RFC 5359 §2.15, RFC 3515 §2.4', () => {
  let server: ParkServer;

  beforeEach(async () => {
    server = await ParkServer.open(scenario.network, 'park', '10.0.0.50');
  });

  it('leaves the peer to the server by REFER, and another phone takes it back', async () => {
    await connect(alice, bob);
    const parked = await ask(bob.do['call.park']({ callId: bob.callId, target: PARK }));
    expect(parked).toEqual({ ok: true, value: { statusCode: 200 } });

    expect(between('bob', 'park')).toEqual([
      'bob > park: REFER',
      'park > bob: 202 REFER',
      ...requestLines('park', 'bob', 'NOTIFY'),
      ...requestLines('park', 'bob', 'NOTIFY'),
    ]);
    expect(between('park', 'alice')).toEqual(inviteLines('park', 'alice'));
    expect(between('alice', 'bob')).toEqual(requestLines('alice', 'bob', 'BYE'));
    expect(live(bob)).toEqual([]);
    expect(live(alice)).toMatchObject([{ state: 'connected', remote: { address: PARK } }]);

    flow.clear();
    expect(await ask(carol.do['call.retrieve']({ target: PARK }))).toMatchObject({ ok: true });
    expect(between('carol', 'alice')).toEqual(inviteLines('carol', 'alice'));
    expect(flow.header('carol > alice: INVITE', 'Replaces')).not.toContain('early-only');
    expect(between('alice', 'park')).toEqual(requestLines('alice', 'park', 'BYE'));
    expect(live(alice)).toMatchObject([{ state: 'connected', remote: { address: carol.address } }]);
    expect(server.parked).toBeUndefined();
  });

  it('keeps the call when the server does not take it', async () => {
    server.agent.core.onRequest('REFER', (refer) => refer.respond(403));
    await connect(alice, bob);

    expect(await ask(bob.do['call.park']({ callId: bob.callId, target: PARK }))).toMatchObject({
      failure: { code: 'rejected' },
    });
    expect(live(bob)).toMatchObject([{ state: 'connected' }]);
  });

  it('says when nothing is parked', async () => {
    expect(await ask(carol.do['call.retrieve']({ target: PARK }))).toMatchObject({ failure: { code: 'notFound' } });
    expect(await bob.do['call.park']({ callId: 'none', target: PARK })).toMatchObject({
      failure: { code: 'notFound' },
    });
  });

  it('is how a music server takes the place of who holds — RFC 5359 §2.3', async () => {
    await connect(alice, bob);
    await ask(bob.do['call.park']({ callId: bob.callId, target: PARK }));
    await ask(bob.do['call.retrieve']({ target: PARK }));

    expect(live(alice)).toMatchObject([{ state: 'connected', remote: { address: bob.address } }]);
    expect(live(bob)).toMatchObject([{ state: 'connected' }]);
  });
});

describe('calling when the line is free — RFC 5359 §2.17', () => {
  it('watches who was busy, and calls as soon as the line is free', async () => {
    await connect(carol, bob);
    expect(await ask(alice.do['call.callBackWhenFree']({ target: bob.address }))).toEqual({
      ok: true,
      value: { address: bob.address },
    });
    expect(between('alice', 'bob').slice(0, 4).sort()).toEqual(
      [...requestLines('alice', 'bob', 'SUBSCRIBE'), ...requestLines('bob', 'alice', 'NOTIFY')].sort(),
    );
    expect(alice.view.callBacks).toMatchObject([{ address: bob.address }]);
    expect(alice.view.calls).toEqual([]);

    flow.clear();
    await ask(carol.do['call.hangUp']({ callId: carol.callId }));

    expect(between('alice', 'bob')).toEqual(expect.arrayContaining(['bob > alice: NOTIFY', 'alice > bob: INVITE']));
    expect(alice.call).toMatchObject({ direction: 'outgoing', state: 'ringing' });
    expect(alice.view.callBacks).toEqual([]);
    expect(alice.view.notices.map(({ text }) => text).join()).toContain('is free now');
  });

  it('does not disturb a call that goes on here', async () => {
    await connect(carol, bob);
    await ask(alice.do['call.callBackWhenFree']({ target: bob.address }));
    const dave = await scenario.phone('dave');
    const callId = await connect(alice, dave);
    await ask(carol.do['call.hangUp']({ callId: carol.callId }));
    expect(live(alice)).toMatchObject([{ id: callId, isOnHold: false }]);

    await ask(alice.do['call.hangUp']({ callId }));

    expect(live(alice)).toMatchObject([{ state: 'ringing', remote: { address: bob.address } }]);
  });

  it('is taken back by the user', async () => {
    await connect(carol, bob);
    await ask(alice.do['call.callBackWhenFree']({ target: bob.address }));
    expect(await ask(alice.do['call.cancelCallBack']({ address: bob.address }))).toMatchObject({ ok: true });
    expect(await alice.do['call.cancelCallBack']({ address: bob.address })).toMatchObject({
      failure: { code: 'notFound' },
    });
    await ask(carol.do['call.hangUp']({ callId: carol.callId }));
    expect(alice.view.calls).toEqual([]);
  });

  it('says when the line does not tell, and when too many are waited for', async () => {
    expect(await ask(bob.do['call.callBackWhenFree']({ target: alice.address }))).toMatchObject({
      failure: { code: 'rejected' },
    });
    expect(bob.view.callBacks).toEqual([]);
    const many = Array.from({ length: 8 }, (_, i) =>
      alice.do['call.callBackWhenFree']({ target: `sip:n${i}@10.0.0.99` }),
    );
    expect(await alice.do['call.callBackWhenFree']({ target: 'sip:n9@10.0.0.99' })).toMatchObject({
      failure: { code: 'busy' },
    });
    await ask(Promise.all(many), 40_000);
  });
});
