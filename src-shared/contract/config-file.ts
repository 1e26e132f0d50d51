// The config file of `nightjar daemon` and `nightjar call`. Unknown keys are an error that names the key.
import * as v from 'valibot';
import { accountSchema } from './account.ts';
import { awaySettingsSchema, remoteAccessSchema } from './away.ts';
import { deliveryConfigSchema } from './delivery.ts';
import { encryptionSettingsSchema } from './encryption.ts';
import { retentionSettingsSchema } from './message.ts';
import { presenceSettingsSchema, textSettingsSchema } from './people.ts';
import { transcriptSettingsSchema } from './transcript.ts';

const port = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(65_535));

const listenSchema = v.strictObject({
  transport: v.picklist(['udp', 'tcp', 'tls']),
  address: v.string(),
  port: v.optional(port, 0),
});

const tlsSchema = v.strictObject({
  certificateFile: v.optional(v.nullable(v.string()), null),
  keyFile: v.optional(v.nullable(v.string()), null),
  trustedCertificateFiles: v.optional(v.array(v.string()), []),
  verify: v.optional(v.boolean(), true),
});

export const sipSettingsSchema = v.strictObject({
  listen: v.optional(v.array(listenSchema), []),
  tls: v.optional(tlsSchema, {}),
  trace: v.optional(v.picklist(['off', 'headers', 'full']), 'off'),
  /** Calls that do not come by the account's own server; `auto` refuses them for an account that registers. */
  directCalls: v.optional(v.picklist(['auto', 'allow', 'refuse']), 'auto'),
});

/** How long sound waits for packets that are late. */
const jitter = v.pipe(
  v.strictObject({
    /** Of the packets, so many percent shall be in time. */
    percentile: v.optional(v.pipe(v.number(), v.minValue(95), v.maxValue(99)), 97),
    minimumMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1000)), 10),
    maximumMs: v.optional(v.pipe(v.number(), v.minValue(40), v.maxValue(2000)), 400),
  }),
  v.check(({ minimumMs, maximumMs }) => minimumMs <= maximumMs, 'jitter: minimumMs is not to be above maximumMs'),
);

export const mediaSettingsSchema = v.strictObject({
  address: v.optional(v.nullable(v.string()), null),
  portRange: v.optional(v.tuple([port, port]), [40_000, 40_999]),
  /** `auto`: not with a headset, as far as the name of the device says so. Nothing of this touches `--audio file:`. */
  echoCancellation: v.optional(v.picklist(['auto', 'on', 'off']), 'auto'),
  noiseSuppression: v.optional(v.boolean(), true),
  automaticGain: v.optional(v.boolean(), true),
  /** Nothing is sent while nobody speaks, where the peer understands that. RFC 3389, RFC 7587 */
  silenceSuppression: v.optional(v.boolean(), false),
  jitter: v.optional(jitter, {}),
});

export const callSettingsSchema = v.strictObject({
  autoAnswerAfterSec: v.optional(v.nullable(v.pipe(v.number(), v.minValue(0))), null),
  maxCalls: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 8),
  /** Who decides when a peer wants us to call somebody else, or puts another call in the place of ours. */
  acceptTransfers: v.optional(v.picklist(['ask', 'always', 'never']), 'ask'),
  /** What becomes of those who ask this phone, outside any call, to call somebody. RFC 5359 §2.18 */
  acceptReferrals: v.optional(v.picklist(['never', 'ask']), 'never'),
  /** Addresses that may have this phone dial without a question, when the own server vouches for them. */
  trustedReferrers: v.optional(v.pipe(v.array(v.pipe(v.string(), v.trim(), v.minLength(1))), v.maxLength(100)), []),
  /** What those hear who are on hold; null: nothing. */
  holdMusicFile: v.optional(v.nullable(v.string()), null),
  /** A call from whose peer nothing comes for so long is over; null: it never is. */
  silenceLimitSec: v.optional(v.nullable(v.pipe(v.number(), v.minValue(1))), null),
});

export const recordingSettingsSchema = v.strictObject({
  format: v.optional(v.picklist(['wav', 'ogg']), 'wav'),
  /** A tone that both sides hear: never, once, or every 15 seconds. */
  beep: v.optional(v.picklist(['off', 'start', 'repeated']), 'off'),
});

/** recording.set changes only what is given. */
export const recordingChangeSchema = v.strictObject({
  format: v.optional(v.picklist(['wav', 'ogg'])),
  beep: v.optional(v.picklist(['off', 'start', 'repeated'])),
});

export const configFileSchema = v.strictObject({
  accounts: v.optional(v.array(accountSchema), []),
  sip: v.optional(sipSettingsSchema, {}),
  media: v.optional(mediaSettingsSchema, {}),
  calls: v.optional(callSettingsSchema, {}),
  recordings: v.optional(recordingSettingsSchema, {}),
  away: v.optional(awaySettingsSchema, {}),
  remoteAccess: v.optional(remoteAccessSchema, {}),
  delivery: v.optional(deliveryConfigSchema, {}),
  retention: v.optional(retentionSettingsSchema, {}),
  encryption: v.optional(encryptionSettingsSchema, {}),
  transcripts: v.optional(transcriptSettingsSchema, {}),
  texts: v.optional(textSettingsSchema, {}),
  presence: v.optional(presenceSettingsSchema, {}),
});

export type ConfigFile = v.InferOutput<typeof configFileSchema>;
export type SipSettings = v.InferOutput<typeof sipSettingsSchema>;
export type MediaSettings = v.InferOutput<typeof mediaSettingsSchema>;
export type RecordingSettings = v.InferOutput<typeof recordingSettingsSchema>;
export type CallSettings = v.InferOutput<typeof callSettingsSchema>;
