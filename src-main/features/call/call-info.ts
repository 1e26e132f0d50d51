// A call as other features and the view see it: plain data, a new object at each change.
import type { SessionStatistics } from '../../media/index.ts';
import type { Participant } from '../../sip/usage/index.ts';
import type { CallEnding, CallPhase } from './call-state.ts';

export interface RemoteParty {
  readonly displayName: string;
  /** The URI without parameters. */
  readonly address: string;
  /** Asserted by the account's own proxy, not claimed by the caller. */
  readonly isAsserted: boolean;
  /** The caller does not want to be known. RFC 3323 */
  readonly isAnonymous?: boolean;
  /** What the own server found out about the caller's number; absent when it did not look. RFC 8224 */
  readonly verification?: CallerVerification;
}

export type CallerVerification = 'passed' | 'failed' | 'none';

export type ForwardingReason = 'busy' | 'noAnswer' | 'always' | 'unavailable';

/** Who sent a call on to us. RFC 5806, RFC 7044 */
export interface ForwardedFrom {
  readonly displayName: string;
  readonly address: string;
  readonly reason?: ForwardingReason;
}

/** A transfer that we asked the peer for. RFC 3515 */
export interface TransferProgress {
  readonly target: string;
  /** The last that the peer reported; absent while it has not. */
  readonly statusCode?: number;
}

/** The peer asks us to call somebody else. */
export interface TransferRequest {
  readonly target: string;
  /** Who asks, when the request says so. RFC 3892 §2.1 */
  readonly referredBy: string;
}

export interface CallEncryption {
  /** `AES_CM_128_HMAC_SHA1_80`, …. RFC 4568 §6.2 */
  readonly suite: string;
  /** The keys came and went through a secured connection; otherwise whoever read the signalling can read the sound. RFC 4568 §7 */
  readonly areKeysProtected: boolean;
}

export type DtmfWay = 'rfc4733' | 'info' | 'inband';

export interface CallInfo {
  readonly id: string;
  readonly accountId: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly phase: CallPhase;
  readonly remote: RemoteParty;
  /** Who it was before the peer became somebody else. RFC 4916 */
  readonly firstRemote?: RemoteParty;
  readonly forwardedFrom?: ForwardedFrom;
  readonly isOnHold: boolean;
  readonly isRemoteHolding: boolean;
  readonly isMuted: boolean;
  /** How loud the peer is here; undefined as he comes. */
  readonly volumePercent?: number | undefined;
  readonly isRecording: boolean;
  /** The answering machine has it. */
  readonly isAway: boolean;
  /** It rings at the user while the answering machine has it. */
  readonly ringsThrough?: boolean | undefined;
  /** Over, and its statistics are final. */
  readonly isReleased: boolean;
  /** Somebody else answered it. RFC 3326 §2 */
  readonly wasAnsweredElsewhere: boolean;
  readonly transfer?: TransferProgress | undefined;
  readonly transferRequest?: TransferRequest | undefined;
  /** The other end is a conference, and who is in it. RFC 4579 */
  readonly conference?: { readonly subject: string; readonly participants: readonly Participant[] } | undefined;
  /** Calls with the same one are mixed here: their peers hear each other. RFC 5359 §2.10 */
  readonly conferenceId?: string | undefined;
  /** The caller wants to come into this call of ours. RFC 3911 */
  readonly joins?: string | undefined;
  readonly startedAtMs: number;
  readonly connectedAtMs?: number;
  readonly endedAtMs?: number;
  readonly codec?: string;
  readonly sampleRateHz?: number;
  /** How packets are protected; absent when they go as they are. */
  readonly srtp?: CallEncryption | undefined;
  readonly dtmf?: DtmfWay;
  readonly statistics?: SessionStatistics;
  readonly ending?: CallEnding;
}

export type CallFailureCode =
  'notFound' | 'wrongState' | 'badTarget' | 'noAccount' | 'rejected' | 'timeout' | 'mediaFailed' | 'busy';

/** Why a command on a call was refused. */
export interface CallFailure {
  readonly code: CallFailureCode;
  readonly message: string;
}
