// The user's greetings: what the view shows of them, and the commands on them.
import * as v from 'valibot';
import { command, event } from './definition.ts';
import { done, nothing } from './shapes.ts';

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(100));
const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));
const ms = v.pipe(v.number(), v.minValue(0), v.maxValue(3_600_000));
const byId = v.strictObject({ greetingId: id });

export const greetingSchema = v.object({
  id: v.string(),
  name: v.string(),
  /** Whole path: what `away.greetingFile` and the rules name. */
  file: v.string(),
  durationSec: v.number(),
  madeAtMs: v.number(),
  /** It was longer: greeting.untrim. */
  isCut: v.boolean(),
});

export type Greeting = v.InferOutput<typeof greetingSchema>;

export const greetingsViewSchema = v.object({
  list: v.array(greetingSchema),
  /** Through the phone's microphone; `ended`: the time was up. */
  recording: v.picklist(['none', 'recording', 'ended']),
});

/** A part of a WAV file that a window sends, in base64. */
export const MAX_UPLOAD_PART_CHARS = 600_000;

export const greetingCommands = {
  /** A WAV file of this machine. */
  import: command(
    v.strictObject({ name, file: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)) }),
    greetingSchema,
  ),
  /** A WAV file in parts, one after the other; the last answers with the greeting. A new `uploadId` begins anew. */
  upload: command(
    v.strictObject({
      ...{ uploadId: id, name, isLast: v.boolean() },
      sound: v.pipe(v.string(), v.maxLength(MAX_UPLOAD_PART_CHARS), v.base64()),
    }),
    v.nullable(greetingSchema),
  ),
  rename: command(v.strictObject({ greetingId: id, name }), done),
  delete: command(byId, done),
  restore: command(byId, done),
  /** What is outside is heard no more, until it is brought back. */
  trim: command(v.strictObject({ greetingId: id, fromMs: ms, toMs: ms }), greetingSchema),
  untrim: command(byId, greetingSchema),
  /** On the loudspeaker; answers when it begins. */
  play: command(v.strictObject({ greetingId: id, fromMs: v.optional(ms, 0) }), done),
  stop: command(nothing, done),
  /** A hundred peaks over its time, 100 for the loudest. */
  measure: command(byId, v.array(v.number())),
  /** With the phone's microphone, until it is kept or dropped, two minutes at most. */
  record: command(nothing, done),
  keepRecording: command(v.strictObject({ name }), greetingSchema),
  dropRecording: command(nothing, done),
  /** How loud the microphone is while a greeting is recorded; 0 is full scale. */
  levelSampled: event(v.object({ dbov: v.number() })),
};
