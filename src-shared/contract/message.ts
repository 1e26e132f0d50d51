// Voice messages that the answering machine took, and the one that is being played.
import * as v from 'valibot';

export const messageSchema = v.object({
  id: v.string(),
  accountId: v.string(),
  from: v.object({ displayName: v.string(), address: v.string() }),
  receivedAtMs: v.number(),
  durationSec: v.number(),
  file: v.string(),
  isHeard: v.boolean(),
});

export type VoiceMessage = v.InferOutput<typeof messageSchema>;

export const playbackSchema = v.object({
  messageId: v.string(),
  startedAtMs: v.number(),
  fromMs: v.number(),
});
