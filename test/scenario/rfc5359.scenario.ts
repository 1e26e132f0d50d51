import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FlowRecord } from '../support/flow-record.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const NAMES = { '10.0.0.1': 'alice', '10.0.0.2': 'bob', '10.0.0.3': 'carol' };

let scenario: Scenario;
let flow: FlowRecord;
let alice: ScenarioPhone;
let bob: ScenarioPhone;
let carol: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, NAMES);
  alice = await scenario.phone('alice');
  bob = await scenario.phone('bob');
  carol = await scenario.phone('carol');
});
afterEach(() => scenario.close());

/** `from` calls `to`, who answers; what was said until then is forgotten. */
async function connect(from: ScenarioPhone, to: ScenarioPhone): Promise<string> {
  const callId = await from.dial(to.address);
  await scenario.advance(300);
  await to.do['call.answer']({ callId: to.callId });
  await scenario.advance(500);
  flow.clear();
  return callId;
}

/** 100 is hop by hop and says nothing of a flow. */
const lines = () => flow.lines.filter((line) => !line.includes(': 100 '));
const bodyOf = (line: string) => flow.find(line).text.split('\r\n\r\n')[1] ?? '';
const live = (phone: ScenarioPhone) => phone.view.calls.filter(({ state }) => state !== 'ended');
const inviteAnd = (from: string, to: string) => [
  `${from} > ${to}: INVITE`,
  `${to} > ${from}: 200 INVITE`,
  `${from} > ${to}: ACK`,
];
const byeAnd = (from: string, to: string) => [`${from} > ${to}: BYE`, `${to} > ${from}: 200 BYE`];

describe('services — RFC 5359 §2', () => {
  it('hold and take back a call with one re-INVITE each — RFC 5359 §2.1', async () => {
    const callId = await connect(alice, bob);
    await Promise.all([bob.do['call.hold']({ callId: bob.callId }), scenario.advance(300)]);
    expect(lines()).toEqual(inviteAnd('bob', 'alice'));
    expect(bodyOf('bob > alice: INVITE')).toContain('a=sendonly');
    expect(bodyOf('alice > bob: 200 INVITE')).toContain('a=recvonly');
    expect(alice.view.calls).toMatchObject([{ id: callId, isRemoteHolding: true }]);

    flow.clear();
    await Promise.all([bob.do['call.resume']({ callId: bob.callId }), scenario.advance(300)]);
    expect(lines()).toEqual(inviteAnd('bob', 'alice'));
    expect(alice.view.calls).toMatchObject([{ isRemoteHolding: false }]);
  });

  it('hold one call to consult another, and come back — RFC 5359 §2.2', async () => {
    await connect(alice, bob);
    const first = bob.callId;
    await Promise.all([bob.do['call.hold']({ callId: first }), scenario.advance(300)]);
    await connect(bob, carol);
    const second = bob.callId;
    await bob.do['call.hangUp']({ callId: second });
    await scenario.advance(300);
    await Promise.all([bob.do['call.resume']({ callId: first }), scenario.advance(300)]);

    expect(lines()).toEqual([...byeAnd('bob', 'carol'), ...inviteAnd('bob', 'alice')]);
    expect(live(alice)).toMatchObject([{ state: 'connected', isRemoteHolding: false }]);
  });

  it('transfer a call without asking — RFC 5359 §2.4', async () => {
    const callId = await connect(alice, bob);
    const transferred = alice.do['call.transfer']({ callId, target: carol.address });
    await scenario.advance(500);
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(500);
    await carol.do['call.answer']({ callId: carol.callId });
    await scenario.advance(500);
    expect(await transferred).toMatchObject({ ok: true, value: { statusCode: 200 } });

    expect(lines().filter((line) => !line.includes('NOTIFY'))).toEqual([
      ...inviteAnd('alice', 'bob'),
      'alice > bob: REFER',
      'bob > alice: 202 REFER',
      'bob > carol: INVITE',
      'carol > bob: 180 INVITE',
      'carol > bob: 200 INVITE',
      'bob > carol: ACK',
      ...byeAnd('alice', 'bob'),
    ]);
    expect(flow.header('alice > bob: REFER', 'Refer-To')).toBe(`<${carol.address}>`);
    expect(flow.header('bob > carol: INVITE', 'Referred-By')).toContain('alice@10.0.0.1');
    expect(bodyOf('bob > alice: NOTIFY')).toMatch(/^SIP\/2\.0 100/);
    expect(flow.header('bob > alice: NOTIFY', 'Subscription-State')).toMatch(/^terminated/);
  });

  it('transfer a call after consultation: the new INVITE replaces the old one — RFC 5359 §2.5', async () => {
    const first = await connect(alice, bob);
    const second = await connect(alice, carol);
    const transferred = alice.do['call.transferAttended']({ callId: first, consultationCallId: second });
    await scenario.advance(500);
    await bob.do['call.acceptTransfer']({ callId: bob.callId });
    await scenario.advance(1000);
    expect(await transferred).toMatchObject({ ok: true, value: { statusCode: 200 } });

    expect(decodeURIComponent(flow.header('alice > bob: REFER', 'Refer-To'))).toContain('Replaces=');
    expect(flow.header('bob > carol: INVITE', 'Replaces')).toMatch(/;to-tag=.*;from-tag=|;from-tag=.*;to-tag=/);
    expect(lines()).toEqual(expect.arrayContaining(['carol > alice: BYE', 'alice > bob: BYE']));
    expect(live(alice)).toEqual([]);
    expect(live(carol)).toMatchObject([
      { state: 'connected', remote: { address: expect.stringContaining('bob') as string } },
    ]);
  });

  it('forward a call by 302, which the caller follows — RFC 5359 §2.7', async () => {
    await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();
    await bob.do['call.redirect']({ callId: bob.callId, target: carol.address });
    await scenario.advance(300);

    expect(lines()).toEqual([
      'bob > alice: 302 INVITE',
      'alice > bob: ACK',
      'alice > carol: INVITE',
      'carol > alice: 180 INVITE',
    ]);
    expect(flow.header('bob > alice: 302 INVITE', 'Contact')).toContain(carol.address);
  });

  it('say busy, so that a proxy can forward — RFC 5359 §2.8', async () => {
    await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();
    await bob.do['call.reject']({ callId: bob.callId, statusCode: 486 });
    await scenario.advance(300);

    expect(lines()).toEqual(['bob > alice: 486 INVITE', 'alice > bob: ACK']);
  });

  it('stop ringing when the proxy forwards for want of an answer — RFC 5359 §2.9', async () => {
    const callId = await alice.dial(bob.address);
    await scenario.advance(300);
    flow.clear();
    await alice.do['call.hangUp']({ callId });
    await scenario.advance(300);

    expect([...lines()].sort()).toEqual(
      ['alice > bob: CANCEL', 'bob > alice: 200 CANCEL', 'bob > alice: 487 INVITE', 'alice > bob: ACK'].sort(),
    );
    expect(bob.view.history).toMatchObject([{ outcome: 'missed' }]);
  });
});
