import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectCall, liveCalls as live, openThreePhones } from '../support/connected-phones.ts';
import type { Scenario, ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

let scenario: Scenario;
let alice: ScenarioPhone;
let bob: ScenarioPhone;
let carol: ScenarioPhone;

beforeEach(async () => {
  ({ scenario, alice, bob, carol } = await openThreePhones());
});
afterEach(() => scenario.close());

const connect = (from: ScenarioPhone, to: ScenarioPhone) => connectCall(scenario, from, to);

describe('a blind transfer — RFC 5589 §6.1, RFC 3515 §2.4.5', () => {
  it('holds the peer, sends it to another phone, reports, and ends the call', async () => {
    const callId = await connect(alice, bob);

    const transferred = alice.do['call.transfer']({ callId, target: carol.address });
    await scenario.advance(500);
    expect(alice.call).toMatchObject({ isOnHold: true, transfer: { target: carol.address } });
    expect(bob.call).toMatchObject({ transferRequest: { target: carol.address, referredBy: alice.address } });
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(500);
    expect(alice.call).toMatchObject({ transfer: { statusCode: 180 } });
    await carol.do['call.answer']({ callId: carol.callId });
    await scenario.advance(500);

    expect(await transferred).toEqual({ ok: true, value: { statusCode: 200 } });
    await scenario.advance(3000);
    expect(live(alice)).toEqual([]);
    expect(live(bob)).toMatchObject([{ state: 'connected', remote: { address: carol.address } }]);
    expect(live(carol)).toMatchObject([{ state: 'connected', remote: { address: bob.address } }]);
    expect(alice.view.history).toMatchObject([{ outcome: 'answered' }]);
  });

  it('goes back to the call when the target does not answer', async () => {
    const callId = await connect(alice, bob);
    const transferred = alice.do['call.transfer']({ callId, target: carol.address });
    await scenario.advance(500);
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(500);

    await carol.do['call.reject']({ callId: carol.callId, statusCode: 486 });
    await scenario.advance(1000);

    expect(await transferred).toEqual({ ok: true, value: { statusCode: 486 } });
    expect(live(alice)).toMatchObject([{ state: 'connected', isOnHold: false }]);
    expect(live(alice)[0]?.transfer).toBeUndefined();
  });

  it('is declined by the user who is asked, and the call goes on', async () => {
    const callId = await connect(alice, bob);
    const transferred = alice.do['call.transfer']({ callId, target: carol.address });
    await scenario.advance(500);

    await bob.do['call.declineTransfer']({ callId: bob.callId });
    await scenario.advance(1000);

    expect(await transferred).toEqual({ ok: true, value: { statusCode: 603 } });
    expect(bob.call?.transferRequest).toBeUndefined();
    expect(live(alice)).toMatchObject([{ state: 'connected', isOnHold: false }]);
    expect(carol.view.calls).toEqual([]);
  });

  it('places no call without the user: a question that nobody answers is a no', async () => {
    const callId = await connect(alice, bob);
    const transferred = alice.do['call.transfer']({ callId, target: carol.address });

    await scenario.advance(95_000);

    expect(await transferred).toEqual({ ok: true, value: { statusCode: 603 } });
    expect(carol.view.calls).toEqual([]);
  });

  it('is refused outright by a rule, and done at once by another', async () => {
    const dave = await scenario.phone('dave', { calls: { acceptTransfers: 'never' } });
    const erin = await scenario.phone('erin', { calls: { acceptTransfers: 'always' } });
    const toDave = await connect(alice, dave);
    const refused = alice.do['call.transfer']({ callId: toDave, target: carol.address });
    await scenario.advance(1000);
    expect(await refused).toMatchObject({ ok: false, failure: { code: 'rejected' } });
    await alice.do['call.hangUp']({ callId: toDave });

    const toErin = await connect(alice, erin);
    void alice.do['call.transfer']({ callId: toErin, target: carol.address });
    await scenario.advance(1000);
    expect(carol.call).toMatchObject({ state: 'ringing', remote: { address: erin.address } });
  });

  it('refuses a target that is no address, in words', async () => {
    const callId = await connect(alice, bob);

    expect(await alice.do['call.transfer']({ callId, target: '' })).toMatchObject({ failure: { code: 'badTarget' } });
    expect(await alice.do['call.transferAttended']({ callId, consultationCallId: callId })).toMatchObject({
      failure: { code: 'wrongState' },
    });
    expect(await bob.do['call.acceptTransfer']({ callId: bob.callId })).toMatchObject({
      failure: { code: 'wrongState' },
    });
  });
});

describe('a transfer after consultation — RFC 5589 §7.1, §7.3; RFC 3891 §3; RFC 3892 §2.1, §2.2', () => {
  it('brings both peers together; the call of the target goes on with its new peer', async () => {
    const first = await connect(alice, bob);
    const second = await connect(alice, carol);
    const carolCall = carol.callId;

    const transferred = alice.do['call.transferAttended']({ callId: first, consultationCallId: second });
    await scenario.advance(500);
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(1000);

    expect(await transferred).toEqual({ ok: true, value: { statusCode: 200 } });
    await scenario.advance(3000);
    expect(live(alice)).toEqual([]);
    expect(live(carol)).toMatchObject([{ id: carolCall, state: 'connected', remote: { address: bob.address } }]);
    expect(live(bob)).toMatchObject([{ state: 'connected', remote: { address: `${carol.address}:5060` } }]);
    await scenario.advance(1000);
    expect(carol.phone.getCall(carolCall)?.statistics?.receivedPackets).toBeGreaterThan(20);
  });
});

describe('Replaces — RFC 3891 §3', () => {
  const raw = async (lines: readonly string[], to = '10.0.0.1') => {
    const peer = await RawPeer.open(scenario.network, '10.0.0.99');
    peer.sendBytes(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), { address: to, port: 5060 });
    await scenario.advance(300);
    return peer;
  };
  const invite = (replaces: string) => [
    'INVITE sip:alice@10.0.0.1 SIP/2.0',
    'Via: SIP/2.0/UDP 10.0.0.99:5060;branch=z9hG4bKpick1;rport',
    'Max-Forwards: 70',
    'From: <sip:picker@10.0.0.99>;tag=p',
    'To: <sip:alice@10.0.0.1>',
    'Call-ID: pickup',
    'CSeq: 1 INVITE',
    'Contact: <sip:picker@10.0.0.99>',
    `Replaces: ${replaces}`,
    'Content-Length: 0',
  ];
  /** What the INVITE and its first response say of the early dialog of alice's call. */
  const earlyDialog = async () => {
    const trace = await alice.do['diagnostics.getTrace']({});
    const ringing = trace.ok ? (trace.value.find(({ text }) => text.startsWith('SIP/2.0 180'))?.text ?? '') : '';
    const [, callId = ''] = /^Call-ID: (.*)$/m.exec(ringing) ?? [];
    const [, from = ''] = /^From:.*tag=(\w+)/m.exec(ringing) ?? [];
    const [, to = ''] = /^To:.*tag=(\w+)/m.exec(ringing) ?? [];
    return `${callId.trim()};to-tag=${from};from-tag=${to}`;
  };

  it('lets another phone take a call that still rings: the early dialog is cancelled, the call goes on', async () => {
    const callId = await alice.dial(bob.address);
    await scenario.advance(300);

    const peer = await raw(invite(`${await earlyDialog()};early-only`));

    expect(peer.responses('INVITE').at(-1)?.statusCode).toBe(200);
    expect(bob.call).toMatchObject({ state: 'ended' });
    expect(alice.call).toMatchObject({ id: callId, state: 'connected', remote: { address: 'sip:picker@10.0.0.99' } });
  });

  it('is 481 for a dialog that is not there', async () => {
    await connect(alice, bob);

    const peer = await raw(invite('unknown;to-tag=a;from-tag=b'));

    expect(peer.responses('INVITE').map(({ statusCode }) => statusCode)).toContain(481);
    expect(live(alice)).toMatchObject([{ state: 'connected', remote: { address: bob.address } }]);
  });

  it('is 486 for an established call when only an early one was meant', async () => {
    await connect(alice, bob);

    const peer = await raw(invite(`${await earlyDialog()};early-only`));

    expect(peer.responses('INVITE').map(({ statusCode }) => statusCode)).toContain(486);
    expect(live(alice)).toMatchObject([{ state: 'connected', remote: { address: bob.address } }]);
  });

  it('is 603 where the rule is that calls are not handed around', async () => {
    const erin = await scenario.phone('erin', { calls: { acceptTransfers: 'never' } });
    await connect(alice, erin);
    const trace = await erin.do['diagnostics.getTrace']({});
    const ok = trace.ok ? (trace.value.find(({ text }) => text.startsWith('SIP/2.0 200'))?.text ?? '') : '';
    const [, callId = ''] = /^Call-ID: (.*)$/m.exec(ok) ?? [];
    const [, from = ''] = /^From:.*tag=(\w+)/m.exec(ok) ?? [];
    const [, to = ''] = /^To:.*tag=(\w+)/m.exec(ok) ?? [];
    const lines = invite(`${callId.trim()};to-tag=${to};from-tag=${from}`).map((line) =>
      line.replace('alice@10.0.0.1', 'erin@10.0.0.4'),
    );

    const peer = await raw(lines, '10.0.0.4');

    expect(peer.responses('INVITE').map(({ statusCode }) => statusCode)).toContain(603);
    expect(live(erin)).toMatchObject([{ state: 'connected', remote: { address: alice.address } }]);
  });
});

describe('REFER outside any call — RFC 3515 §2.4.2', () => {
  it('is refused: nobody outside has this phone dial', async () => {
    const peer = await RawPeer.open(scenario.network, '10.0.0.99');
    const text = [
      'REFER sip:bob@10.0.0.2 SIP/2.0',
      'Via: SIP/2.0/UDP 10.0.0.99:5060;branch=z9hG4bKrefer1;rport',
      'Max-Forwards: 70',
      'From: <sip:mallory@10.0.0.99>;tag=m',
      'To: <sip:bob@10.0.0.2>',
      'Call-ID: refer-out',
      'CSeq: 1 REFER',
      'Contact: <sip:mallory@10.0.0.99>',
      'Refer-To: <sip:+900123@10.0.0.3>',
      'Content-Length: 0',
    ];
    peer.sendBytes(Buffer.from(`${text.join('\r\n')}\r\n\r\n`), { address: '10.0.0.2', port: 5060 });
    await scenario.advance(200);

    expect(peer.responses('REFER').map(({ statusCode }) => statusCode)).toEqual([403]);
    expect(bob.view.calls).toEqual([]);
  });
});
