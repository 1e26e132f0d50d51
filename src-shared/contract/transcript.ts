// What callers said, written down by a speech model of the user's: nothing leaves the machine.
import * as v from 'valibot';

const folder = v.nullable(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(4096)));

export const transcriptSettingsSchema = v.strictObject({
  /** Where the speech model is; null: nothing is written down. */
  modelFolder: v.optional(folder, null),
  /** Every message is written down as soon as it is there. */
  isAutomatic: v.optional(v.boolean(), true),
});

/** transcript.set changes only what is given. */
export const transcriptChangeSchema = v.strictObject({
  modelFolder: v.optional(folder),
  isAutomatic: v.optional(v.boolean()),
});

const jobSchema = v.object({
  messageId: v.string(),
  state: v.picklist(['waiting', 'working', 'failed']),
  /** How much of the recording has been heard. */
  percent: v.number(),
  /** Why it failed. */
  reason: v.optional(v.string()),
});

export const transcriptViewSchema = v.object({
  settings: transcriptSettingsSchema,
  /** Why nothing can be written down although a folder is set. */
  problem: v.nullable(v.string()),
  /** Messages that wait for it, the one at work, and those that failed; the words themselves are in the message. */
  jobs: v.array(jobSchema),
});

export type TranscriptView = v.InferOutput<typeof transcriptViewSchema>;
export type TranscriptJobView = v.InferOutput<typeof jobSchema>;
