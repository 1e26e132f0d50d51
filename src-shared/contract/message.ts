// Voice messages that the answering machine took, and the one that is being played.
import * as v from 'valibot';

export const messageSchema = v.object({
  id: v.string(),
  accountId: v.string(),
  from: v.object({ displayName: v.string(), address: v.string() }),
  receivedAtMs: v.number(),
  durationSec: v.number(),
  file: v.string(),
  /** A caller who chose that in the menu, and left no sound. */
  wantsCallBack: v.boolean(),
  isHeard: v.boolean(),
  isMarked: v.boolean(),
  /** What the user wrote down. */
  note: v.string(),
  /** What was said, where something has written it down. */
  transcript: v.string(),
  /** Loudness over time, 0 to 100 for the loudest; empty until the recording was measured. */
  waveForm: v.array(v.number()),
  /** Only in the trash. */
  deletedAtMs: v.optional(v.number()),
});

export type VoiceMessage = v.InferOutput<typeof messageSchema>;

export const playbackSchema = v.object({
  messageId: v.string(),
  /** When it was at `fromMs`; from then on it is `speed` times as fast as the clock. */
  startedAtMs: v.number(),
  fromMs: v.number(),
  speed: v.number(),
  /** Pauses are left out. */
  skipsSilence: v.boolean(),
});

export const playRequestSchema = v.strictObject({
  messageId: v.pipe(v.string(), v.maxLength(4096)),
  fromMs: v.optional(v.pipe(v.number(), v.minValue(0)), 0),
  /** With the pitch kept. */
  speed: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(3)), 1),
  skipsSilence: v.optional(v.boolean(), false),
});

const keepDays = v.nullable(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3650)));
const keepMiB = v.nullable(v.pipe(v.number(), v.minValue(1), v.maxValue(1_000_000)));

/** How long messages are kept and how much room they may take; null: no limit. What is marked stays. */
export const retentionSettingsSchema = v.strictObject({
  keepDays: v.optional(keepDays, null),
  keepMiB: v.optional(keepMiB, null),
});

/** message.setRetention changes only what is given. */
export const retentionChangeSchema = v.strictObject({ keepDays: v.optional(keepDays), keepMiB: v.optional(keepMiB) });

export const soundFormatSchema = v.picklist(['wav', 'mp3', 'ogg']);

export const exportRequestSchema = v.strictObject({
  messageId: v.pipe(v.string(), v.maxLength(4096)),
  /** Whole path; by default a name of its own in the user's Downloads folder. */
  file: v.optional(v.pipe(v.string(), v.maxLength(4096))),
  /** By default what the ending of `file` says, else WAV. */
  format: v.optional(soundFormatSchema),
});

export type SoundFormat = v.InferOutput<typeof soundFormatSchema>;
export type PlayRequest = v.InferOutput<typeof playRequestSchema>;
