// The one view of the phone: owned by the phone process, pushed in whole slices with a revision.
import * as v from 'valibot';
import { accountViewSchema } from './account.ts';
import { awayViewSchema } from './away.ts';
import { certificateQuestionSchema } from './certificate.ts';
import { recordingSettingsSchema } from './config-file.ts';
import { callViewSchema, historyEntrySchema, referralSchema } from './call.ts';
import { greetingsViewSchema } from './greeting-store.ts';
import { deliveryViewSchema } from './delivery.ts';
import { encryptionViewSchema } from './encryption.ts';
import { messageSchema, playbackSchema, retentionSettingsSchema } from './message.ts';
import { contactSchema, conversationSchema, presenceViewSchema, textMessageSchema } from './people.ts';
import { transcriptViewSchema } from './transcript.ts';

export const soundWaySchema = v.picklist(['auto', 'window']);

export const audioSchema = v.object({
  backend: v.picklist(['portaudio', 'webaudio', 'null', 'file']),
  reason: v.string(),
  /** Absent where the start of the phone has settled it. */
  way: v.optional(soundWaySchema),
  /** Chosen devices that are not there; the system's own stand in for them. */
  missing: v.optional(v.array(v.string())),
  /** By role what was chosen; the system's own device where nothing was. */
  chosen: v.optional(v.partial(v.object({ microphone: v.string(), speaker: v.string(), ringer: v.string() }))),
});

/** Something the user is told once: the sound system came back, a message was rescued. */
export const noticeSchema = v.object({ id: v.string(), atMs: v.number(), text: v.string() });

export const testLineNumberSchema = v.object({ number: v.string(), description: v.string() });

export const sliceSchemas = {
  accounts: v.array(accountViewSchema),
  calls: v.array(callViewSchema),
  away: awayViewSchema,
  greetings: greetingsViewSchema,
  delivery: deliveryViewSchema,
  messages: v.array(messageSchema),
  retention: retentionSettingsSchema,
  transcripts: transcriptViewSchema,
  encryption: encryptionViewSchema,
  /** The newest entries; history.list has the rest. */
  history: v.array(historyEntrySchema),
  audio: audioSchema,
  recordings: recordingSettingsSchema,
  playback: v.nullable(playbackSchema),
  notices: v.array(noticeSchema),
  /** Lines that are called as soon as they are free. */
  callBacks: v.array(v.object({ address: v.string(), accountId: v.string(), untilMs: v.number() })),
  /** Calls that somebody asks this phone to place: call.acceptReferral or call.declineReferral. */
  referrals: v.array(referralSchema),
  /** Servers whose certificates wait for certificate.trust or certificate.refuse. */
  certificateQuestions: v.array(certificateQuestionSchema),
  testLine: v.nullable(v.object({ address: v.string(), numbers: v.array(testLineNumberSchema) })),
  isDoNotDisturb: v.boolean(),
  contacts: v.array(contactSchema),
  presence: presenceViewSchema,
  /** The newest first; one for each address. */
  conversations: v.array(conversationSchema),
  /** The newest texts of all conversations, newest first; text.list has the rest. */
  texts: v.array(textMessageSchema),
} as const;

export const sliceNames = Object.keys(sliceSchemas) as readonly (keyof typeof sliceSchemas)[];

export const phoneViewSchema = v.object({ revision: v.number(), ...sliceSchemas });
export const changedSlicesSchema = v.partial(v.object(sliceSchemas));

export type PhoneView = v.InferOutput<typeof phoneViewSchema>;
export type PhoneSlices = Omit<PhoneView, 'revision'>;
export type SliceName = keyof PhoneSlices;
export type Notice = v.InferOutput<typeof noticeSchema>;
