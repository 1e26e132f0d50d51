// Is the answering machine on, why, and until when. Pure: settings, facts and the time in, a decision out.
import type { LocalTime } from './local-time.ts';
import { scheduleSpans, type TimeSpan, type WeeklyHours } from './schedule.ts';

export type AwayReason = 'byHand' | 'schedule' | 'calendar' | 'doNotDisturb' | 'locked' | 'idle' | 'busy';

export interface WaySettings {
  /** By hand. */
  readonly enabled: boolean;
  readonly enabledUntilMs: number | null;
  /** Until then nothing but the hand (and a busy line) switches it on. */
  readonly pausedUntilMs: number | null;
  readonly schedule: readonly WeeklyHours[];
  readonly onLock: boolean;
  readonly onIdleMin: number | null;
  readonly onDoNotDisturb: boolean;
  readonly whenBusy: 'never' | 'allLines' | 'anyCall';
  readonly answerAfterSec: number;
}

/** What is known when it is asked. */
export interface AwayFacts {
  readonly isDoNotDisturb: boolean;
  readonly isLocked: boolean;
  /** Since when nothing was touched; null when nobody knows. */
  readonly idleSinceMs: number | null;
  /** When the user is busy by his calendar; none without one. */
  readonly calendarSpans: readonly TimeSpan[];
}

/** The user's own calls beside the one that comes. */
export interface OwnCalls {
  /** There is no room for another. */
  readonly isFull: boolean;
  /** He speaks, or calls somebody. */
  readonly isInCall: boolean;
}

export interface AwaySpan extends TimeSpan {
  readonly why: AwayReason;
}

export interface AwayDecision {
  readonly isAway: boolean;
  readonly why: AwayReason | null;
  /** When it ends by itself, as far as it is known now. */
  readonly untilMs: number | null;
  /** How long a call rings before the machine takes it. */
  readonly answerAfterMs: number;
}

const MINUTE_MS = 60_000;

/** All spans of the coming week in which something switches it on, the reason that is told first in front. */
export function awaySpans(settings: WaySettings, facts: AwayFacts, nowMs: number, localTime: LocalTime): AwaySpan[] {
  const { enabled, enabledUntilMs, onIdleMin } = settings;
  const always = { fromMs: Number.NEGATIVE_INFINITY, untilMs: null };
  const by = (why: AwayReason, isOn: boolean, spans: readonly TimeSpan[]): AwaySpan[] =>
    isOn ? spans.map((span) => ({ why, ...span })) : [];
  const byThemselves = [
    ...by('schedule', true, scheduleSpans(settings.schedule, nowMs, localTime)),
    ...by('calendar', true, facts.calendarSpans),
    ...by('doNotDisturb', settings.onDoNotDisturb && facts.isDoNotDisturb, [always]),
    ...by('locked', settings.onLock && facts.isLocked, [always]),
    ...(onIdleMin !== null && facts.idleSinceMs !== null
      ? by('idle', true, [{ fromMs: facts.idleSinceMs + onIdleMin * MINUTE_MS, untilMs: null }])
      : []),
  ];
  const pausedUntilMs = settings.pausedUntilMs ?? Number.NEGATIVE_INFINITY;
  const afterPause = byThemselves.map((span) => ({ ...span, fromMs: Math.max(span.fromMs, pausedUntilMs) }));
  const byHand = by('byHand', enabled, [{ fromMs: Number.NEGATIVE_INFINITY, untilMs: enabledUntilMs }]);
  return [...byHand, ...afterPause].filter(({ fromMs, untilMs }) => untilMs === null || untilMs > fromMs);
}

/** `ownCalls` when it is asked for a call; a busy line counts only then. */
export function decideAt(
  spans: readonly AwaySpan[],
  settings: Pick<WaySettings, 'answerAfterSec' | 'whenBusy'>,
  nowMs: number,
  ownCalls?: OwnCalls,
): AwayDecision {
  const answerAfterMs = settings.answerAfterSec * 1000;
  const active = spans.filter((span) => covers(span, nowMs));
  const isAtOnce = active.some(({ why }) => why === 'doNotDisturb');
  const [first] = active;
  if (first) {
    const untilMs = endOfCover(spans, nowMs);
    return { isAway: true, why: first.why, untilMs, answerAfterMs: isAtOnce ? 0 : answerAfterMs };
  }
  if (ownCalls && isBusy(settings.whenBusy, ownCalls)) {
    // A call for which there is no room cannot be taken by the user: nothing is waited for.
    return { isAway: true, why: 'busy', untilMs: null, answerAfterMs: ownCalls.isFull ? 0 : answerAfterMs };
  }
  return { isAway: false, why: null, untilMs: null, answerAfterMs };
}

/** When the next decision may be another; undefined when nothing is known of the coming week. */
export function nextChangeMs(spans: readonly AwaySpan[], nowMs: number): number | undefined {
  const moments = spans.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs ?? nowMs]).filter((ms) => ms > nowMs);
  return moments.length === 0 ? undefined : Math.min(...moments);
}

const isBusy = (whenBusy: WaySettings['whenBusy'], { isFull, isInCall }: OwnCalls): boolean =>
  whenBusy !== 'never' && (isFull || (whenBusy === 'anyCall' && isInCall));

const covers = ({ fromMs, untilMs }: TimeSpan, ms: number): boolean =>
  fromMs <= ms && (untilMs === null || ms < untilMs);

/** One way may end in another. */
function endOfCover(spans: readonly TimeSpan[], nowMs: number): number | null {
  let endMs = nowMs;
  for (;;) {
    const covering = spans.filter((span) => covers(span, endMs));
    if (covering.length === 0) return endMs;
    for (const { untilMs } of covering) {
      if (untilMs === null) return null;
      endMs = Math.max(endMs, untilMs);
    }
  }
}
