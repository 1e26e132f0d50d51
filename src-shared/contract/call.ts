// A call as the view shows it, and its entry in the history.
import * as v from 'valibot';

const remoteSchema = v.object({
  displayName: v.string(),
  address: v.string(),
  /** The identity was asserted by the account's own proxy, not claimed by the caller. RFC 3325 */
  isAsserted: v.boolean(),
  /** The caller does not want to be known. RFC 3323 */
  isAnonymous: v.optional(v.boolean()),
  /** What the own server found out about the caller's number. RFC 8224 */
  verification: v.optional(v.picklist(['passed', 'failed', 'none'])),
});

/** Who sent the call on to us. RFC 5806, RFC 7044 */
const forwardedFromSchema = v.object({
  displayName: v.string(),
  address: v.string(),
  reason: v.optional(v.picklist(['busy', 'noAnswer', 'always', 'unavailable'])),
});

export const qualitySchema = v.object({
  mos: v.number(),
  lossPercent: v.number(),
  jitterMs: v.number(),
  bufferMs: v.number(),
  /** How long sound should wait on this line. */
  bufferTargetMs: v.number(),
  /** Packets that came too late to be heard. */
  latePercent: v.number(),
  /** Sound that was invented, and by how much sound was made longer or shorter. */
  concealedMs: v.number(),
  stretchedMs: v.number(),
  /** By the E-model, 0 to 100. ITU-T G.107 */
  rFactor: v.number(),
  /** Present when losses came in bursts. RFC 3611 §4.7.2 */
  bursts: v.optional(v.object({ durationMs: v.number(), lossPercent: v.number() })),
  roundTripMs: v.optional(v.number()),
  /** How the peer hears us, when it tells. RFC 3611 §4.7 */
  remote: v.optional(v.object({ mos: v.optional(v.number()), lossPercent: v.number() })),
  /** Present where both sides look for their way: how each end of it is seen. RFC 8445 §5.1.1.1 */
  path: v.optional(
    v.object({
      state: v.picklist(['waiting', 'checking', 'completed', 'failed']),
      localKind: v.optional(v.picklist(['host', 'srflx', 'prflx', 'relay'])),
      remoteKind: v.optional(v.picklist(['host', 'srflx', 'prflx', 'relay'])),
    }),
  ),
});

const mediaSchema = v.object({
  codec: v.nullable(v.string()),
  sampleRateHz: v.nullable(v.number()),
  /** The suite that packets are protected with. */
  srtp: v.nullable(v.string()),
  /** Present with a suite: whether the keys went through a secured connection to the server. RFC 4568 §7 */
  areSrtpKeysProtected: v.optional(v.boolean()),
  dtmf: v.nullable(v.picklist(['rfc4733', 'info', 'inband'])),
});

export const callEndSchema = v.object({
  by: v.picklist(['local', 'remote', 'failure']),
  statusCode: v.optional(v.number()),
  reason: v.string(),
});

export const callViewSchema = v.object({
  id: v.string(),
  accountId: v.string(),
  direction: v.picklist(['incoming', 'outgoing']),
  state: v.picklist(['dialing', 'ringing', 'early', 'connected', 'ended']),
  isOnHold: v.boolean(),
  isRemoteHolding: v.boolean(),
  isMuted: v.boolean(),
  /** How loud the peer is here; 100 as he comes. */
  volumePercent: v.optional(v.number()),
  isRecording: v.boolean(),
  /** The answering machine has this call. */
  isAway: v.boolean(),
  /** It rings at the user while the machine has it: away.pickUp, away.leaveToMachine or away.reply. */
  ringsThrough: v.optional(v.boolean()),
  remote: remoteSchema,
  forwardedFrom: v.optional(forwardedFromSchema),
  startedAtMs: v.optional(v.number()),
  connectedAtMs: v.optional(v.number()),
  /** A transfer that we asked the peer for, with the last status it reported. */
  transfer: v.optional(v.object({ target: v.string(), statusCode: v.optional(v.number()) })),
  /** The peer asks us to call somebody else: call.acceptTransfer or call.declineTransfer. */
  transferRequest: v.optional(v.object({ target: v.string(), referredBy: v.string() })),
  /** The other end is a conference. RFC 4579 */
  conference: v.optional(
    v.object({
      subject: v.string(),
      participants: v.array(v.object({ address: v.string(), displayName: v.string(), status: v.string() })),
    }),
  ),
  /** Calls with the same one are mixed here: their peers hear each other. */
  conferenceId: v.optional(v.string()),
  /** The caller wants to come into this call of ours: call.answer brings all together. RFC 3911 */
  joins: v.optional(v.string()),
  media: mediaSchema,
  quality: v.optional(qualitySchema),
  end: v.optional(callEndSchema),
});

export type CallView = v.InferOutput<typeof callViewSchema>;
export type CallEnd = v.InferOutput<typeof callEndSchema>;
export type CallQuality = v.InferOutput<typeof qualitySchema>;

/** What became of a call that is over; the second line: one that the answering machine took. */
const callOutcomes = [
  ...(['answered', 'missed', 'refused', 'failed', 'answeredElsewhere'] as const),
  ...(['message', 'noMessage', 'callBackWanted', 'replied', 'sentAway', 'remoteAccess', 'machine'] as const),
] as const;

export const historyEntrySchema = v.object({
  id: v.string(),
  accountId: v.string(),
  direction: v.picklist(['incoming', 'outgoing']),
  outcome: v.picklist(callOutcomes),
  /** What was kept of it, also of one that the user then took; it may have been deleted since. */
  messageId: v.optional(v.string()),
  /** Who it was at first. */
  remote: v.object({ displayName: v.string(), address: v.string() }),
  /** Who it was at the end, when the peer became somebody else in the call. RFC 4916 */
  connectedTo: v.optional(v.object({ displayName: v.string(), address: v.string() })),
  forwardedFrom: v.optional(forwardedFromSchema),
  startedAtMs: v.number(),
  durationSec: v.number(),
  reason: v.optional(v.string()),
  /** Of the response that ended it. RFC 3261 §21 */
  statusCode: v.optional(v.number()),
});

export type HistoryEntry = v.InferOutput<typeof historyEntrySchema>;

/** Somebody asks this phone, outside any call, to call somebody: only the user may say yes. RFC 5359 §2.18 */
export const referralSchema = v.object({
  id: v.string(),
  accountId: v.string(),
  target: v.string(),
  /** Who asks. */
  referredBy: v.string(),
  /** The own server says that it is them. */
  isAsserted: v.boolean(),
});

export type ReferralView = v.InferOutput<typeof referralSchema>;
