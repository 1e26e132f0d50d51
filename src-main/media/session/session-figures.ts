// What a session tells of itself: counts, delays, losses and how it sounds.
import type { CandidateKind } from '../nat/index.ts';
import type { SocketAddress } from '../../base/socket-address.ts';

/** Which way sound goes, and how both ends of it are seen. RFC 8445 §5.1.1.1 */
export interface IceFigures {
  readonly state: 'waiting' | 'checking' | 'completed' | 'failed';
  readonly localKind?: CandidateKind;
  readonly remoteKind?: CandidateKind;
}

/** Packets that were lost or came too late, as shares from 0 to 1: of all, within bursts and between them. RFC 3611 §4.7.1, §4.7.2 */
export interface LossFigures {
  readonly lossFraction: number;
  readonly discardFraction: number;
  readonly burstLossFraction: number;
  readonly gapLossFraction: number;
  /** How long a burst, and what lies between two, lasts on average. */
  readonly burstMs: number;
  readonly gapMs: number;
}

/** Where a stream comes from and goes to. */
export interface StreamPlace {
  readonly local: SocketAddress;
  readonly localSsrc: number;
  readonly remote: SocketAddress;
  /** Absent before the first packet. */
  readonly remoteSsrc?: number;
  readonly payloadType: number;
  readonly packetMs: number;
}

/** How the peer hears us, by its own account. RFC 3611 §4.7 */
export interface RemoteQuality extends LossFigures {
  readonly endSystemMs: number;
  readonly bufferTargetMs: number;
  readonly rFactor?: number;
  readonly mosListening?: number;
  readonly mos?: number;
}

export interface SessionStatistics {
  readonly sentPackets: number;
  readonly receivedPackets: number;
  /** A peer that has nothing to say still reports. RFC 3550 §6.4 */
  readonly receivedReports: number;
  readonly lostPackets: number;
  readonly latePackets: number;
  readonly duplicatePackets: number;
  readonly reorderedPackets: number;
  /** Sound that was invented; silence that the peer did not send is none of it. */
  readonly concealedMs: number;
  /** By how much sound was made longer and shorter, so that the delay follows the line. */
  readonly grownMs: number;
  readonly shrunkMs: number;
  readonly jitterMs: number;
  readonly bufferMs: number;
  /** How long packets should wait on this line. */
  readonly bufferTargetMs: number;
  readonly roundTripMs?: number;
  /** Loss the peer reports of what we send, 0 to 1. */
  readonly remoteLossFraction?: number;
  /** Present where packets are protected: how many were dropped because they were not the peer's, or came again. */
  readonly srtp?: { readonly unauthenticatedPackets: number; readonly replayedPackets: number };
  /** Present where a way is looked for. */
  readonly ice?: IceFigures;
  readonly losses: LossFigures;
  /** Between which ends, and in what form; absent before the first exchange. */
  readonly place?: StreamPlace;
  /** What we add to the delay: packet, buffer and devices. RFC 3611 §4.7.3 */
  readonly endSystemMs: number;
  /** Quality of a conversation by the E-model (ITU-T G.107), 1 to 4.5; of listening alone; and the R factor, 0 to 100. */
  readonly mos: number;
  readonly mosListening: number;
  readonly rFactor: number;
  /** Present when the peer has told. */
  readonly remoteQuality?: RemoteQuality;
}
