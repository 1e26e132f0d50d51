// "For an hour", "until tomorrow": the moments that people mean. Pure.
import { awaySpans, decideAt, type AwayFacts, type WaySettings } from './decide-away.ts';
import type { LocalTime } from './local-time.ts';

/** A number is a moment in milliseconds since the epoch. */
export type UntilWhen = 'switchedOff' | 'hour' | 'tomorrow' | number;

const HOUR_MS = 3_600_000;
const MORNING_MINUTE = 8 * 60;

/** When it ends by itself; null: when it is switched off. */
export function untilOf(until: UntilWhen, nowMs: number, localTime: LocalTime): number | null {
  if (typeof until === 'number') return until;
  if (until === 'hour') return nowMs + HOUR_MS;
  return until === 'tomorrow' ? tomorrowAt(MORNING_MINUTE, nowMs, localTime) : null;
}

/** The user says that he is here: how long that holds against what switches it on by itself; null when nothing does. */
export function endOfPause(
  settings: WaySettings,
  facts: AwayFacts,
  nowMs: number,
  localTime: LocalTime,
): number | null {
  const byItself = { ...settings, enabled: false, pausedUntilMs: null };
  const { isAway, untilMs } = decideAt(awaySpans(byItself, facts, nowMs, localTime), settings, nowMs);
  return isAway ? (untilMs ?? tomorrowAt(0, nowMs, localTime)) : null;
}

function tomorrowAt(minuteOfDay: number, nowMs: number, localTime: LocalTime): number {
  const today = localTime.at(nowMs);
  return localTime.msOf({ ...today, day: today.day + 1, minuteOfDay });
}

/** What was to end by itself and did is off. */
export function withoutOver<S extends WaySettings>(settings: S, nowMs: number): S {
  const isOver = (ms: number | null): boolean => ms !== null && ms <= nowMs;
  const hand = isOver(settings.enabledUntilMs) ? { enabled: false, enabledUntilMs: null } : {};
  return { ...settings, ...hand, ...(isOver(settings.pausedUntilMs) && { pausedUntilMs: null }) };
}
