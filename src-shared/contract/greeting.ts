// Which greeting a caller hears, and what would happen to a call.
import * as v from 'valibot';
import { awayReasonSchema, weeklyHoursSchema } from './away-ways.ts';

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));

/** What is empty fits everybody, every account, every hour. */
export const greetingRuleSchema = v.strictObject({
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  /** Addresses of callers, with or without `sip:`. */
  from: v.optional(v.pipe(v.array(text), v.maxLength(500)), []),
  accountIds: v.optional(v.pipe(v.array(text), v.maxLength(50)), []),
  hours: v.optional(v.pipe(v.array(weeklyHoursSchema), v.maxLength(50)), []),
  greetingFile: text,
});

export type GreetingRule = v.InferOutput<typeof greetingRuleSchema>;

/** The first rule that fits wins; without one it is `greetingFile`. */
export const greetingRulesSchema = v.pipe(v.array(greetingRuleSchema), v.maxLength(100));

export const callQuestionSchema = v.strictObject({
  from: text,
  accountId: v.optional(text),
  /** Milliseconds since the epoch; now without it. */
  atMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Date.UTC(9999, 0)))),
});

export const callForecastSchema = v.object({
  outcome: v.picklist(['rings', 'machine', 'refused']),
  why: v.nullable(awayReasonSchema),
  answerAfterSec: v.nullable(v.number()),
  /** The caller says his name before anything else. */
  asksName: v.boolean(),
  greetingFile: v.nullable(v.string()),
  rule: v.nullable(v.string()),
});
