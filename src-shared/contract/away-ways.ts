// What switches the answering machine on: the settings of each way in, and the commands for it.
import * as v from 'valibot';

export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

const timeOfDay = v.pipe(v.string(), v.regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day is 00:00 to 23:59'));
const momentMs = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Date.UTC(9999, 0)));

/** On these days from–to; past midnight when `to` is not after `from`, a whole day when they are the same. */
export const weeklyHoursSchema = v.strictObject({
  days: v.pipe(v.array(v.picklist(WEEKDAYS)), v.minLength(1), v.maxLength(7)),
  from: timeOfDay,
  to: timeOfDay,
});

export type WeeklyHours = v.InferOutput<typeof weeklyHoursSchema>;

const schedule = v.pipe(v.array(weeklyHoursSchema), v.maxLength(50));
const idleMin = v.pipe(v.number(), v.minValue(1), v.maxValue(1440));
const whenBusy = v.picklist(['never', 'allLines', 'anyCall']);

/** An `.ics` file or an address of one, and a word that the titles of its entries must have; empty: all that take time. */
const calendar = v.strictObject({
  source: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(2048)),
  word: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100)), ''),
});

/** Part of the settings of away mode. */
export const wayEntries = {
  /** When what was switched on by hand ends; null: when it is switched off. */
  enabledUntilMs: v.optional(v.nullable(momentMs), null),
  /** Until then nothing but the hand switches it on: the user said that he is here. */
  pausedUntilMs: v.optional(v.nullable(momentMs), null),
  schedule: v.optional(schedule, []),
  calendar: v.optional(v.nullable(calendar), null),
  onLock: v.optional(v.boolean(), false),
  onIdleMin: v.optional(v.nullable(idleMin), null),
  onDoNotDisturb: v.optional(v.boolean(), false),
  /** `allLines`: instead of refusing a call that there is no room for; `anyCall`: during any call. */
  whenBusy: v.optional(whenBusy, 'never'),
};

/** The same, where only what is given is changed. */
export const wayChangeEntries = {
  enabledUntilMs: v.optional(v.nullable(momentMs)),
  pausedUntilMs: v.optional(v.nullable(momentMs)),
  schedule: v.optional(schedule),
  calendar: v.optional(v.nullable(calendar)),
  onLock: v.optional(v.boolean()),
  onIdleMin: v.optional(v.nullable(idleMin)),
  onDoNotDisturb: v.optional(v.boolean()),
  whenBusy: v.optional(whenBusy),
};

/** Why the answering machine is on. */
export const awayReasonSchema = v.picklist([
  'byHand',
  'schedule',
  'calendar',
  'doNotDisturb',
  'locked',
  'idle',
  'busy',
]);

export type AwayReason = v.InferOutput<typeof awayReasonSchema>;

/** What was read of it last, as it outlives the phone. */
export const keptCalendarSchema = v.object({
  ...calendar.entries,
  readAtMs: v.number(),
  spans: v.array(v.object({ fromMs: v.number(), untilMs: v.number() })),
});

/** What is known of the user's calendar: when it was read, its entries of the coming two months, why it cannot be read. */
export const calendarStatusSchema = v.object({
  readAtMs: v.nullable(v.number()),
  entryCount: v.number(),
  failure: v.nullable(v.string()),
});

/** `tomorrow` is eight in the morning; a number is a moment in milliseconds since the epoch. */
export const switchOnSchema = v.optional(
  v.strictObject({
    until: v.optional(v.union([v.picklist(['switchedOff', 'hour', 'tomorrow']), momentMs]), 'switchedOff'),
  }),
  {},
);

/** What the host knows of the user: a screen that is locked, and for how long nothing was touched. */
export const hostPresenceSchema = v.strictObject({
  isLocked: v.boolean(),
  idleSec: v.pipe(v.number(), v.minValue(0)),
});
