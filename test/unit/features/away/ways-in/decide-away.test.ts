import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  awaySpans,
  decideAt,
  nextChangeMs,
  type AwayDecision,
  type AwayFacts,
  type OwnCalls,
  type WaySettings,
} from '../../../../../src-main/features/away/ways-in/decide-away.ts';
import { LocalTime } from '../../../../../src-main/features/away/ways-in/local-time.ts';
import type { Weekday, WeeklyHours } from '../../../../../src-main/features/away/ways-in/schedule.ts';
import { endOfPause, untilOf, withoutOver } from '../../../../../src-main/features/away/ways-in/until-when.ts';
import { buildFacts, buildWays } from './way-builders.ts';

const berlin = new LocalTime('Europe/Berlin');
const at = (iso: string): number => Date.parse(iso);
/** A Wednesday. */
const NOON = at('2026-11-25T12:00:00+01:00');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAYS: readonly Weekday[] = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function decide(
  ways: Partial<WaySettings>,
  facts: Partial<AwayFacts> = {},
  nowMs = NOON,
  own?: OwnCalls,
): AwayDecision {
  const settings = buildWays(ways);
  return decideAt(awaySpans(settings, buildFacts(facts), nowMs, berlin), settings, nowMs, own);
}

const scheduled = (hours: WeeklyHours, iso: string): AwayDecision => decide({ schedule: [hours] }, {}, at(iso));

describe('the ways in of away mode', () => {
  it('is off when nothing switches it on', () => {
    expect(decide({})).toEqual({ isAway: false, why: null, untilMs: null, answerAfterMs: 15_000 });
  });

  it('is on by hand, until it is switched off or a moment has come', () => {
    expect(decide({ enabled: true })).toMatchObject({ isAway: true, why: 'byHand', untilMs: null });
    expect(decide({ enabled: true, enabledUntilMs: NOON + 1 })).toMatchObject({ isAway: true, untilMs: NOON + 1 });
    expect(decide({ enabled: true, enabledUntilMs: NOON })).toMatchObject({ isAway: false, untilMs: null });
  });

  it('follows do not disturb, the screen and idleness only where it is set to', () => {
    const facts = { isDoNotDisturb: true, isLocked: true, idleSinceMs: NOON - 10 * MINUTE_MS };

    expect(decide({}, facts)).toMatchObject({ isAway: false });
    expect(decide({ onDoNotDisturb: true }, facts)).toMatchObject({ why: 'doNotDisturb', answerAfterMs: 0 });
    expect(decide({ onLock: true }, facts)).toMatchObject({ why: 'locked', answerAfterMs: 15_000 });
    expect(decide({ onIdleMin: 10 }, facts)).toMatchObject({ why: 'idle' });
    expect(decide({ onIdleMin: 11 }, facts)).toMatchObject({ isAway: false });
    expect(decide({ onIdleMin: 1, onLock: true, onDoNotDisturb: true })).toMatchObject({ isAway: false });
  });

  it('takes calls of a busy user, and those without room at once', () => {
    const full = { isFull: true, isInCall: true };
    const inCall = { isFull: false, isInCall: true };

    expect(decide({ whenBusy: 'never' }, {}, NOON, full)).toMatchObject({ isAway: false });
    expect(decide({ whenBusy: 'allLines' }, {}, NOON, full)).toMatchObject({ why: 'busy', answerAfterMs: 0 });
    expect(decide({ whenBusy: 'allLines' }, {}, NOON, inCall)).toMatchObject({ isAway: false });
    expect(decide({ whenBusy: 'anyCall' }, {}, NOON, inCall)).toMatchObject({ why: 'busy', answerAfterMs: 15_000 });
    expect(decide({ whenBusy: 'anyCall' }, {}, NOON, { isFull: false, isInCall: false })).toMatchObject({
      isAway: false,
    });
  });

  it('ends when the last of the ways that run into each other ends', () => {
    const schedule: WeeklyHours[] = [
      { days: ['wednesday'], from: '09:00', to: '13:00' },
      { days: ['wednesday'], from: '13:00', to: '14:00' },
    ];
    const ways = { schedule, enabled: true, enabledUntilMs: NOON + MINUTE_MS };

    expect(decide(ways)).toMatchObject({ why: 'byHand', untilMs: NOON + 2 * HOUR_MS });
  });
});

describe('the weekly schedule', () => {
  const office: WeeklyHours = { days: ['monday', 'tuesday', 'wednesday'], from: '17:00', to: '08:30' };

  it('reaches over midnight, from its day into the next', () => {
    expect(scheduled(office, '2026-11-25T16:59:59+01:00')).toMatchObject({ isAway: false });
    expect(scheduled(office, '2026-11-25T17:00:00+01:00')).toMatchObject({
      ...{ isAway: true, why: 'schedule', untilMs: at('2026-11-26T08:30:00+01:00') },
    });
    expect(scheduled(office, '2026-11-26T08:29:00+01:00')).toMatchObject({ isAway: true });
    expect(scheduled(office, '2026-11-26T08:30:00+01:00')).toMatchObject({ isAway: false });
    expect(scheduled(office, '2026-11-26T17:30:00+01:00')).toMatchObject({ isAway: false });
  });

  it('keeps to the clocks on the wall when summer time begins and ends', () => {
    const night: WeeklyHours = { days: ['saturday'], from: '22:00', to: '06:00' };

    expect(scheduled(night, '2026-03-28T23:00:00+01:00').untilMs).toBe(at('2026-03-29T06:00:00+02:00'));
    expect(scheduled(night, '2026-10-24T23:00:00+02:00').untilMs).toBe(at('2026-10-25T06:00:00+01:00'));
  });

  it('knows a whole day, days in a row, and a week without a gap', () => {
    const whole = { from: '00:00', to: '00:00' };

    expect(scheduled({ days: ['wednesday'], ...whole }, '2026-11-25T12:00:00+01:00').untilMs).toBe(
      at('2026-11-26T00:00:00+01:00'),
    );
    expect(scheduled({ days: ['saturday', 'sunday'], ...whole }, '2026-11-28T12:00:00+01:00').untilMs).toBe(
      at('2026-11-30T00:00:00+01:00'),
    );
    expect(scheduled({ days: [...DAYS], ...whole }, '2026-11-28T12:00:00+01:00')).toMatchObject({
      ...{ isAway: true, untilMs: null },
    });
  });
});

describe('a user who says that he is here', () => {
  const schedule: WeeklyHours[] = [{ days: ['wednesday'], from: '09:00', to: '17:00' }];

  it('is left alone until what switched it on would have ended', () => {
    const pausedUntilMs = endOfPause(buildWays({ schedule }), buildFacts(), NOON, berlin);

    expect(pausedUntilMs).toBe(at('2026-11-25T17:00:00+01:00'));
    expect(decide({ schedule, pausedUntilMs })).toMatchObject({ isAway: false });
    expect(decide({ schedule, pausedUntilMs }, {}, NOON + 7 * 24 * HOUR_MS)).toMatchObject({ isAway: true });
  });

  it('is left alone until midnight when nobody knows the end', () => {
    const ways = buildWays({ onLock: true });

    expect(endOfPause(ways, buildFacts({ isLocked: true }), NOON, berlin)).toBe(at('2026-11-26T00:00:00+01:00'));
  });

  it('has nothing to pause when only the hand switched it on', () => {
    expect(endOfPause(buildWays({ enabled: true }), buildFacts(), NOON, berlin)).toBeNull();
  });

  it('may still switch it on by hand', () => {
    expect(decide({ enabled: true, pausedUntilMs: NOON + HOUR_MS })).toMatchObject({ isAway: true, why: 'byHand' });
  });
});

describe('until when', () => {
  it('knows an hour, tomorrow morning and a moment', () => {
    expect(untilOf('switchedOff', NOON, berlin)).toBeNull();
    expect(untilOf('hour', NOON, berlin)).toBe(NOON + HOUR_MS);
    expect(untilOf('tomorrow', NOON, berlin)).toBe(at('2026-11-26T08:00:00+01:00'));
    expect(untilOf('tomorrow', at('2026-10-24T12:00:00+02:00'), berlin)).toBe(at('2026-10-25T08:00:00+01:00'));
    expect(untilOf(NOON + 5, NOON, berlin)).toBe(NOON + 5);
  });

  it('forgets what is over', () => {
    const over = { enabled: true, enabledUntilMs: NOON, pausedUntilMs: NOON };

    expect(withoutOver(buildWays(over), NOON)).toEqual(buildWays());
    expect(withoutOver(buildWays(over), NOON - 1)).toEqual(buildWays(over));
  });
});

describe('properties of the decision', () => {
  const minuteOfDay = fc.integer({ min: 0, max: 1439 });
  const timeOfDay = minuteOfDay.map(
    (minute) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`,
  );
  const hours = fc.record({ days: fc.subarray([...DAYS], { minLength: 1 }), from: timeOfDay, to: timeOfDay });
  // Around both changes of the clocks, and a year after.
  const nowMs = fc.integer({ min: at('2026-03-20T00:00:00Z') / 1000, max: at('2027-04-01T00:00:00Z') / 1000 });
  const minutes = fc.integer({ min: -10_000, max: 10_000 });
  const arbitrary = fc.record({
    nowMs: nowMs.map((sec) => sec * 1000),
    schedule: fc.array(hours, { maxLength: 4 }),
    hand: fc.option(minutes),
    pause: fc.option(minutes),
    onLock: fc.boolean(),
    isLocked: fc.boolean(),
    within: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  });

  function settle({
    nowMs: now,
    schedule,
    hand,
    pause,
    onLock,
    isLocked,
  }: typeof arbitrary extends fc.Arbitrary<infer T> ? T : never) {
    const moment = (minute: number | null) => (minute === null ? null : now + minute * MINUTE_MS);
    const settings = buildWays({
      ...{ schedule, onLock, enabled: hand !== null, enabledUntilMs: moment(hand), pausedUntilMs: moment(pause) },
    });
    const facts = buildFacts({ isLocked });
    return { settings, spansAt: (ms: number) => awaySpans(settings, facts, ms, berlin) };
  }

  it('stays as it is until it says that it ends, and ends then', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { settings, spansAt } = settle(given);
        const decided = decideAt(spansAt(given.nowMs), settings, given.nowMs);
        if (decided.untilMs === null) return;
        const between = given.nowMs + Math.floor(given.within * (decided.untilMs - given.nowMs));

        expect(decideAt(spansAt(between), settings, between)).toMatchObject({ isAway: true });
        // What is known reaches a week ahead.
        if (decided.untilMs > given.nowMs + 6 * 24 * HOUR_MS) return;
        expect(decideAt(spansAt(decided.untilMs), settings, decided.untilMs)).toMatchObject({ isAway: false });
      }),
      { numRuns: 300 },
    );
  });

  it('changes at no moment that it was not told of', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { settings, spansAt } = settle(given);
        const spans = spansAt(given.nowMs);
        const nextMs = nextChangeMs(spans, given.nowMs) ?? given.nowMs + 6 * 24 * HOUR_MS;
        const between = given.nowMs + Math.floor(given.within * (nextMs - given.nowMs));
        if (between > given.nowMs + 6 * 24 * HOUR_MS) return;

        const isAwayThen = decideAt(spansAt(between), settings, between).isAway;
        expect(isAwayThen).toBe(decideAt(spans, settings, given.nowMs).isAway);
      }),
      { numRuns: 300 },
    );
  });
});
