import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectCall, liveCalls as live, openThreePhones, PHONE_NAMES } from '../support/connected-phones.ts';
import { FlowRecord, inviteLines } from '../support/flow-record.ts';
import { heardLoudness, speak } from '../support/heard-loudness.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

let scenario: Scenario;
let flow: FlowRecord;
let alice: ScenarioPhone;
let bob: ScenarioPhone;
let carol: ScenarioPhone;
let toBob: string;
let toCarol: string;

/** Alice speaks to both; bob waits. */
beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, PHONE_NAMES);
  ({ alice, bob, carol } = await openThreePhones({}, scenario));
  toBob = await connectCall(scenario, alice, bob);
  toCarol = await connectCall(scenario, alice, carol);
  await scenario.advance(300);
  flow.clear();
});
afterEach(() => scenario.close());

async function merge(...callIds: string[]) {
  const merged = alice.do['call.merge']({ callIds });
  await scenario.advance(500);
  return merged;
}
const conferenceIds = () => live(alice).map(({ conferenceId }) => conferenceId);

describe('a conference at this phone — RFC 5359 §2.10, RFC 4579 §4', () => {
  it('takes back who waits with one re-INVITE, and mixes', async () => {
    const merged = await merge(toBob, toCarol);

    expect(merged).toMatchObject({ ok: true });
    expect(flow.endToEnd).toEqual(inviteLines('alice', 'bob'));
    expect(new Set(conferenceIds())).toEqual(new Set([merged.ok ? merged.value.conferenceId : '']));
    expect(live(alice)).toMatchObject([{ isOnHold: false }, { isOnHold: false }]);
  });

  it('lets everybody hear everybody else, also whom we have muted', async () => {
    await merge(toBob, toCarol);
    expect(await heardLoudness(scenario, carol)).toBeLessThan(50);
    await speak(bob);
    await alice.do['call.setMuted']({ callId: toCarol, muted: true });

    expect(await heardLoudness(scenario, carol)).toBeGreaterThan(300);
    expect(await heardLoudness(scenario, bob)).toBeLessThan(50);

    // Who waits hears nobody and is heard by nobody.
    await Promise.all([alice.do['call.hold']({ callId: toCarol }), scenario.advance(500)]);
    expect(await heardLoudness(scenario, carol)).toBeLessThan(50);
  });

  it('stays together when one of its calls is resumed, and takes nobody else along', async () => {
    await merge(toBob, toCarol);
    const dave = await scenario.phone('dave');
    await connectCall(scenario, alice, dave);
    await scenario.advance(500);
    expect(live(alice).map(({ isOnHold }) => isOnHold)).toEqual([true, true, false]);

    await Promise.all([alice.do['call.resume']({ callId: toBob }), scenario.advance(500)]);

    expect(live(alice).map(({ isOnHold }) => isOnHold)).toEqual([false, false, true]);
  });

  it('lets a split call wait; who is left is an ordinary call', async () => {
    await merge(toBob, toCarol);
    const splitting = alice.do['call.split']({ callIds: [toBob] });
    await scenario.advance(500);

    expect(await splitting).toMatchObject({ ok: true });
    expect(live(alice)).toMatchObject([
      { id: toBob, isOnHold: true },
      { id: toCarol, isOnHold: false },
    ]);
    expect(conferenceIds()).toEqual([undefined, undefined]);
  });

  it('ends when only one is left', async () => {
    await merge(toBob, toCarol);
    await bob.do['call.hangUp']({ callId: bob.callId });
    await scenario.advance(500);

    expect(live(alice)).toMatchObject([{ id: toCarol, state: 'connected', isOnHold: false }]);
    expect(conferenceIds()).toEqual([undefined]);
  });

  it('says why it cannot be', async () => {
    expect(await merge(toBob)).toMatchObject({ failure: { code: 'wrongState' } });
    expect(await merge(toBob, toBob)).toMatchObject({ failure: { code: 'wrongState' } });
    expect(await merge(toBob, 'none')).toMatchObject({ failure: { code: 'notFound' } });
    expect(await alice.do['call.split']({ callIds: [toBob] })).toMatchObject({ failure: { code: 'wrongState' } });
    await alice.dial('sip:nobody@10.0.0.99');
    expect(await merge(toBob, alice.callId)).toMatchObject({ failure: { code: 'wrongState' } });
  });
});
