// Away mode: its settings and its place in the view.
import * as v from 'valibot';
import { greetingRulesSchema } from './greeting.ts';
import { menuChangeEntries, menuEntries } from './caller-menu.ts';
import { awayReasonSchema, calendarStatusSchema, wayChangeEntries, wayEntries } from './away-ways.ts';

const seconds = (from: number, to: number) => v.pipe(v.number(), v.minValue(from), v.maxValue(to));

const callers = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200));

export const awaySettingsSchema = v.strictObject({
  enabled: v.optional(v.boolean(), false),
  answerAfterSec: v.optional(seconds(0, 300), 15),
  greetingFile: v.optional(v.nullable(v.string()), null),
  greetingRules: v.optional(greetingRulesSchema, []),
  /** "I am away, and back at …" in the place of the usual greeting, where it is known when the user is back. */
  saysBack: v.optional(v.boolean(), false),
  beep: v.optional(v.boolean(), true),
  /** After the greeting the caller is told that what he says is recorded. */
  notice: v.optional(v.boolean(), false),
  /** The greeting comes before the answer (early media), so that the caller pays for nothing but the message. */
  earlyGreeting: v.optional(v.boolean(), false),
  maxMessageSec: v.optional(seconds(5, 3600), 180),
  endOnSilenceSec: v.optional(seconds(2, 60), 10),
  minMessageSec: v.optional(seconds(0, 60), 2),
  /** How many callers the machine takes at once, beside the user's own calls. */
  maxCallers: v.optional(callers, 50),
  /** What becomes of the recording when a message is being left and the user picks up. */
  afterPickUp: v.optional(v.picklist(['record', 'stop']), 'stop'),
  ...menuEntries,
  ...wayEntries,
});

export type AwaySettings = v.InferOutput<typeof awaySettingsSchema>;

/** Digits as they can be pressed on a telephone. */
export const pinSchema = v.pipe(v.string(), v.regex(/^\d{4,12}$/, 'a PIN is 4 to 12 digits'));

/** How the owner comes to his messages from afar. */
export const remoteAccessSchema = v.strictObject({
  pin: v.optional(v.nullable(pinSchema), null),
  /** By which listed callers ring through. */
  ringThroughPin: v.optional(v.nullable(pinSchema), null),
});

/** away.set changes only what is given. */
export const awayChangeSchema = v.strictObject({
  enabled: v.optional(v.boolean()),
  answerAfterSec: v.optional(seconds(0, 300)),
  greetingFile: v.optional(v.nullable(v.string())),
  greetingRules: v.optional(greetingRulesSchema),
  saysBack: v.optional(v.boolean()),
  beep: v.optional(v.boolean()),
  notice: v.optional(v.boolean()),
  earlyGreeting: v.optional(v.boolean()),
  maxMessageSec: v.optional(seconds(5, 3600)),
  endOnSilenceSec: v.optional(seconds(2, 60)),
  minMessageSec: v.optional(seconds(0, 60)),
  maxCallers: v.optional(callers),
  afterPickUp: v.optional(v.picklist(['record', 'stop'])),
  ...menuChangeEntries,
  ...wayChangeEntries,
});

/** A call that the answering machine has answered: what it does there, and whether the user hears it. */
export const awayCallerSchema = v.object({
  callId: v.string(),
  phase: v.picklist([
    'askingName',
    'hearingName',
    'announcing',
    'dismissing',
    'greetingEarly',
    'greeting',
    'noticing',
    'choosing',
    'notingCallBack',
    'askingPin',
    'ringingThrough',
    'beeping',
    'recording',
    'replying',
    'apologising',
    'remote',
  ]),
  isHeard: v.boolean(),
  /** The caller said who he is: away.playName. */
  hasName: v.optional(v.boolean()),
  /** What was said so far, where a speech model writes it down. */
  words: v.optional(v.string()),
});

export type AwayCaller = v.InferOutput<typeof awayCallerSchema>;

export const awayViewSchema = v.object({
  /** It was switched on by hand. */
  enabled: v.boolean(),
  /** It takes calls now, whoever or whatever switched it on. */
  isOn: v.boolean(),
  why: v.nullable(awayReasonSchema),
  /** When it ends by itself; null when that is not known, or it is off. */
  untilMs: v.nullable(v.number()),
  /** null without one. */
  calendar: v.nullable(calendarStatusSchema),
  callers: v.array(awayCallerSchema),
  /** The owner has a PIN, and can hear his messages from afar. */
  hasPin: v.boolean(),
  /** Listed callers have one by which they ring through. */
  hasRingThroughPin: v.boolean(),
  /** What can be said in the user's place. */
  replies: v.array(v.object({ id: v.string(), text: v.string() })),
  unheardCount: v.number(),
  settings: awaySettingsSchema,
});
