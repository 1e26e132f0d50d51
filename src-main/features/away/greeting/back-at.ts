// "I am away, and back at half past three": when the user is back, as phrases that come with the app. Pure.
import type { LocalMoment, LocalTime } from '../ways-in/index.ts';
import { sayNumber } from '../spoken-number.ts';

const DAY_MS = 86_400_000;
const NOON_MINUTE = 720;
const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
/** A week ahead the name of a day means two. */
const MAX_DAYS = 6;

/** The names of phrases, one after the other; undefined when it is too far off to be told by a day and a time. */
export function backAtPhrases(untilMs: number, nowMs: number, localTime: LocalTime): readonly string[] | undefined {
  const [now, until] = [localTime.at(nowMs), localTime.at(untilMs)];
  const days = daysBetween(now, until);
  if (untilMs <= nowMs || days > MAX_DAYS) return undefined;
  const time = timePhrases(until.minuteOfDay);
  const when =
    days > 1
      ? ['backOn', WEEKDAYS[until.weekday] ?? '', 'at', ...time]
      : ['backAt', ...time, ...(days === 1 ? ['tomorrow'] : [])];
  return [...when, 'leaveMessage'];
}

/** `15:00` is three P M, `9:05` nine oh five A M. */
function timePhrases(minuteOfDay: number): readonly string[] {
  if (minuteOfDay === 0) return ['midnight'];
  if (minuteOfDay === NOON_MINUTE) return ['noon'];
  const [hour, minute] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  const half = hour < 12 ? 'am' : 'pm';
  const spoken = String(hour % 12 === 0 ? 12 : hour % 12);
  if (minute === 0) return [spoken, half];
  return [spoken, ...(minute < 10 ? ['oh'] : []), ...sayNumber(minute), half];
}

/** Of the calendar, whatever the clocks show. */
function daysBetween(from: LocalMoment, to: LocalMoment): number {
  const dayOf = ({ year, month, day }: LocalMoment): number => Date.UTC(year, month - 1, day) / DAY_MS;
  return Math.round(dayOf(to) - dayOf(from));
}
