// Hours of the week as spans of real time, through midnight and summer time. Pure.
import type { LocalTime } from './local-time.ts';

export type Weekday = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** On these days from–to as `HH:MM`; past midnight when `to` is not after `from`, a whole day when they are the same. */
export interface WeeklyHours {
  readonly days: readonly Weekday[];
  readonly from: string;
  readonly to: string;
}

export interface TimeSpan {
  readonly fromMs: number;
  /** Excluded; null: nobody knows. */
  readonly untilMs: number | null;
}

const WEEK_MS = 7 * 86_400_000;
const DAY_MINUTES = 1440;
/** By their place in Date: Sunday is 0. */
const NAMES: readonly Weekday[] = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/** From yesterday, whose hours may reach into today, to this day next week. */
const DAYS_AROUND = [-1, 0, 1, 2, 3, 4, 5, 6, 7];

/** The spans of the next seven days, and one without an end when there is no gap between them. */
export function scheduleSpans(schedule: readonly WeeklyHours[], nowMs: number, localTime: LocalTime): TimeSpan[] {
  if (schedule.length === 0) return [];
  const today = localTime.at(nowMs);
  const spans = DAYS_AROUND.flatMap((days) => {
    const name = NAMES[(today.weekday + days + 7) % 7];
    const hours = schedule.filter((each) => name !== undefined && each.days.includes(name));
    return hours.map(({ from, to }) => {
      const at = (minuteOfDay: number) => localTime.msOf({ ...today, day: today.day + days, minuteOfDay });
      const [start, end] = [minutesOf(from), minutesOf(to)];
      return { fromMs: at(start), untilMs: nextDay(at, start, end) };
    });
  });
  const endMs = endOfCover(spans, nowMs);
  const [first] = spans;
  return first && endMs >= nowMs + WEEK_MS ? [{ fromMs: first.fromMs, untilMs: null }] : spans;
}

const nextDay = (at: (minuteOfDay: number) => number, start: number, end: number): number =>
  at(end > start ? end : end + DAY_MINUTES);

/** Whose spans touch or overlap, so that one ends in another. */
function endOfCover(spans: readonly { readonly fromMs: number; readonly untilMs: number }[], nowMs: number): number {
  let endMs = nowMs;
  for (;;) {
    const reached = endMs;
    for (const { fromMs, untilMs } of spans) if (fromMs <= reached) endMs = Math.max(endMs, untilMs);
    if (endMs === reached) return endMs;
  }
}

/** `08:30` is 510. */
export const minutesOf = (timeOfDay: string): number =>
  Number(timeOfDay.slice(0, 2)) * 60 + Number(timeOfDay.slice(3, 5));

export const isWithin = (schedule: readonly WeeklyHours[], atMs: number, localTime: LocalTime): boolean =>
  scheduleSpans(schedule, atMs, localTime).some(
    ({ fromMs, untilMs }) => fromMs <= atMs && (untilMs === null || atMs < untilMs),
  );
