// Away mode: its settings and its place in the view.
import * as v from 'valibot';

const seconds = (from: number, to: number) => v.pipe(v.number(), v.minValue(from), v.maxValue(to));

export const awaySettingsSchema = v.strictObject({
  enabled: v.optional(v.boolean(), false),
  answerAfterSec: v.optional(seconds(0, 300), 15),
  greetingFile: v.optional(v.nullable(v.string()), null),
  beep: v.optional(v.boolean(), true),
  maxMessageSec: v.optional(seconds(5, 3600), 180),
  endOnSilenceSec: v.optional(seconds(2, 60), 10),
  minMessageSec: v.optional(seconds(0, 60), 2),
});

export type AwaySettings = v.InferOutput<typeof awaySettingsSchema>;

/** away.set changes only what is given. */
export const awayChangeSchema = v.strictObject({
  enabled: v.optional(v.boolean()),
  answerAfterSec: v.optional(seconds(0, 300)),
  greetingFile: v.optional(v.nullable(v.string())),
  beep: v.optional(v.boolean()),
  maxMessageSec: v.optional(seconds(5, 3600)),
  endOnSilenceSec: v.optional(seconds(2, 60)),
  minMessageSec: v.optional(seconds(0, 60)),
});

export const awayViewSchema = v.object({
  enabled: v.boolean(),
  unheardCount: v.number(),
  settings: awaySettingsSchema,
});
