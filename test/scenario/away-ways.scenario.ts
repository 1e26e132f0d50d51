import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PhoneView } from '../../src-shared/contract/index.ts';
import { calendarEntry, calendarText, utcStamp } from '../support/calendar-text.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const ANSWER_MS = 2000;
const MINUTE_MS = 60_000;
const AWAY = { enabled: false, answerAfterSec: ANSWER_MS / 1000 };

let scenario: Scenario;
let caller: ScenarioPhone;
let phone: ScenarioPhone;

async function open(away: object, config: object = {}): Promise<void> {
  caller = await scenario.phone('caller');
  phone = await scenario.phone('phone', { away: { ...AWAY, ...away }, ...config });
}

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

const state = (): Partial<PhoneView['away']> => {
  const { isOn, why, untilMs } = phone.view.away;
  return { isOn, why, untilMs };
};

/** Calls, waits for longer than the machine does, and says whether it answered; the call is over afterwards. */
async function isTakenByMachine(): Promise<boolean> {
  await caller.dial(phone.address);
  await scenario.advance(ANSWER_MS + 1000);
  const { state: then } = caller.call ?? {};
  await caller.do['call.hangUp']({ callId: caller.callId });
  await scenario.until(() => expect(phone.view.calls.every(({ state: phase }) => phase === 'ended')).toBe(true));
  return then === 'connected';
}

const timeOfDay = (ms: number): string => new Date(ms).toTimeString().slice(0, 5);
const dayOf = (ms: number): string =>
  ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'][new Date(ms).getDay()] ?? '';

describe('the ways in of away mode', () => {
  it('by hand for an hour, which ends by itself', async () => {
    await open({});
    expect(await isTakenByMachine()).toBe(false);

    await phone.do['away.switchOn']({ until: 'hour' });
    const endMs = scenario.runtime.wallMs() + 60 * MINUTE_MS;
    expect(phone.view.away).toMatchObject({ enabled: true, isOn: true, why: 'byHand', untilMs: endMs });
    expect(await isTakenByMachine()).toBe(true);

    scenario.runtime.skip(60 * MINUTE_MS);
    await scenario.advance(MINUTE_MS);
    expect(phone.view.away).toMatchObject({ enabled: false, isOn: false, why: null, untilMs: null });
    expect(await isTakenByMachine()).toBe(false);
  });

  it('by the calendar while it has an entry, and says when it cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-calendar-'));
    const source = join(folder, 'busy.ics');
    await open({});
    // Whole seconds: a calendar knows no smaller time.
    const startMs = Math.ceil(scenario.runtime.wallMs() / 1000) * 1000 + 10 * MINUTE_MS;
    const endMs = startMs + 30 * MINUTE_MS;
    const entry = calendarEntry(`DTSTART:${utcStamp(startMs)}`, `DTEND:${utcStamp(endMs)}`, 'SUMMARY:Dentist');
    writeFileSync(source, calendarText(entry));

    await phone.do['away.set']({ calendar: { source, word: '' } });
    await scenario.until(() => expect(phone.view.away.calendar).toMatchObject({ entryCount: 1, failure: null }));
    expect(state()).toMatchObject({ isOn: false });
    scenario.runtime.skip(10 * MINUTE_MS);
    await scenario.advance(MINUTE_MS);
    expect(state()).toEqual({ isOn: true, why: 'calendar', untilMs: endMs });
    expect(await isTakenByMachine()).toBe(true);

    rmSync(source);
    await phone.do['away.readCalendar']({});
    expect(phone.view.away).toMatchObject({ isOn: true, calendar: { failure: 'There is no such file.' } });
    scenario.runtime.skip(30 * MINUTE_MS);
    await scenario.advance(MINUTE_MS);
    expect(state()).toMatchObject({ isOn: false });
    rmSync(folder, { recursive: true });
  });

  it('by hand until it is switched off, as scripts have it', async () => {
    await open({});

    await phone.do['away.set']({ enabled: true });
    expect(state()).toEqual({ isOn: true, why: 'byHand', untilMs: null });
    await phone.do['away.set']({ enabled: false });
    expect(state()).toEqual({ isOn: false, why: null, untilMs: null });
  });

  it('forgets an end that was chosen when a script switches it on anew', async () => {
    await open({});

    await phone.do['away.switchOn']({ until: 'hour' });
    await phone.do['away.set']({ enabled: true });

    expect(state()).toEqual({ isOn: true, why: 'byHand', untilMs: null });
  });

  it('by the week: on, off, and passed over by a user who is here', async () => {
    const startMs = Math.ceil((scenario.runtime.wallMs() + 5000) / MINUTE_MS) * MINUTE_MS;
    const endMs = startMs + 5 * MINUTE_MS;
    await open({ schedule: [{ days: [dayOf(startMs)], from: timeOfDay(startMs), to: timeOfDay(endMs) }] });
    expect(state()).toEqual({ isOn: false, why: null, untilMs: null });

    await scenario.advance(startMs - scenario.runtime.wallMs());
    expect(state()).toEqual({ isOn: true, why: 'schedule', untilMs: endMs });
    expect(await isTakenByMachine()).toBe(true);

    await phone.do['away.switchOff']({});
    expect(state()).toEqual({ isOn: false, why: null, untilMs: null });
    expect(await isTakenByMachine()).toBe(false);

    await phone.do['away.set']({ pausedUntilMs: null });
    expect(state()).toMatchObject({ isOn: true });
    await scenario.advance(endMs - scenario.runtime.wallMs());
    expect(state()).toEqual({ isOn: false, why: null, untilMs: null });
  });

  it('takes a call that rings already when the hours begin, and leaves it to the user when they end', async () => {
    const startMs = Math.ceil((scenario.runtime.wallMs() + 5000) / MINUTE_MS) * MINUTE_MS;
    await open({
      schedule: [{ days: [dayOf(startMs)], from: timeOfDay(startMs), to: timeOfDay(startMs + MINUTE_MS) }],
    });
    await scenario.advance(startMs - scenario.runtime.wallMs() - 500);
    await caller.dial(phone.address);
    await scenario.advance(1000);
    expect(phone.call).toMatchObject({ state: 'ringing', isAway: false });

    await scenario.advance(ANSWER_MS);
    expect(phone.call).toMatchObject({ state: 'connected', isAway: true });
  });

  it('on do not disturb, at once', async () => {
    await open({ onDoNotDisturb: true });
    await phone.do['phone.setDoNotDisturb']({ enabled: true });
    expect(state()).toEqual({ isOn: true, why: 'doNotDisturb', untilMs: null });

    await caller.dial(phone.address);
    await scenario.advance(500);
    expect(caller.call).toMatchObject({ state: 'connected' });

    await caller.do['call.hangUp']({ callId: caller.callId });
    await phone.do['phone.setDoNotDisturb']({ enabled: false });
    expect(state()).toMatchObject({ isOn: false });
    expect(await isTakenByMachine()).toBe(false);
  });

  it('refuses on do not disturb when it is not set to take calls then', async () => {
    await open({});
    await phone.do['phone.setDoNotDisturb']({ enabled: true });

    await caller.dial(phone.address);
    await scenario.until(() => expect(caller.view.history).toHaveLength(1));

    expect(caller.view.history[0]).toMatchObject({ outcome: 'refused', reason: 'Temporarily Unavailable' });
  });

  it('while the screen is locked', async () => {
    await open({ onLock: true });
    await phone.do['host.setPresence']({ isLocked: true, idleSec: 0 });
    expect(state()).toEqual({ isOn: true, why: 'locked', untilMs: null });
    expect(await isTakenByMachine()).toBe(true);

    await phone.do['host.setPresence']({ isLocked: false, idleSec: 0 });
    expect(state()).toMatchObject({ isOn: false });
    expect(await isTakenByMachine()).toBe(false);
  });

  it('when nothing was touched for so long, and not when the user is back', async () => {
    await open({ onIdleMin: 2 });
    await phone.do['host.setPresence']({ isLocked: false, idleSec: 60 });
    expect(state()).toMatchObject({ isOn: false });

    await scenario.advance(MINUTE_MS);
    expect(state()).toEqual({ isOn: true, why: 'idle', untilMs: null });

    await phone.do['host.setPresence']({ isLocked: false, idleSec: 0 });
    expect(state()).toMatchObject({ isOn: false });
  });

  it('for calls that there is no room for, and no others', async () => {
    await open({ whenBusy: 'allLines' }, { calls: { maxCalls: 1 } });
    const third = await scenario.phone('third');
    await third.dial(phone.address);
    await scenario.advance(500);
    await phone.do['call.answer']({ callId: phone.callId });
    await scenario.advance(500);
    expect(state()).toMatchObject({ isOn: false });

    await caller.dial(phone.address);
    await scenario.advance(500);
    expect(caller.call).toMatchObject({ state: 'connected' });
    expect(phone.call).toMatchObject({ isAway: true });
    await caller.do['call.hangUp']({ callId: caller.callId });
    await third.do['call.hangUp']({ callId: third.callId });
    await scenario.advance(500);

    expect(await isTakenByMachine()).toBe(false);
  });

  it('refuses calls that there is no room for when it is not set to take them', async () => {
    await open({}, { calls: { maxCalls: 1 } });
    const third = await scenario.phone('third');
    await third.dial(phone.address);
    await scenario.advance(500);

    await caller.dial(phone.address);
    await scenario.until(() => expect(caller.view.history).toHaveLength(1));

    expect(caller.view.history[0]).toMatchObject({ outcome: 'refused', reason: 'Busy Here' });
  });

  it('for a second call while the user speaks, after its time', async () => {
    await open({ whenBusy: 'anyCall' });
    const third = await scenario.phone('third');
    expect(await isTakenByMachine()).toBe(false);
    await third.dial(phone.address);
    await scenario.advance(500);
    await phone.do['call.answer']({ callId: phone.callId });
    await scenario.advance(500);

    expect(await isTakenByMachineBeside(third)).toBe(true);
  });
});

/** The same while another call goes on. */
async function isTakenByMachineBeside(other: ScenarioPhone): Promise<boolean> {
  await caller.dial(phone.address);
  await scenario.advance(500);
  expect(caller.call).toMatchObject({ state: 'ringing' });
  await scenario.advance(ANSWER_MS + 500);
  expect(other.call).toMatchObject({ state: 'connected' });
  return caller.call?.state === 'connected';
}
