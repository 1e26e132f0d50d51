// The RTCP packets that a phone sends and understands, as data. RFC 3550 §6.4-§6.6.
import type { ExtendedBlock } from './extended-report.ts';

/** RFC 3550 §6.4.1: the fields of one reception report block. */
export interface ReportBlock {
  readonly ssrc: number;
  /** In 256ths. */
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly extendedHighest: number;
  readonly jitterTicks: number;
  /** Middle 32 bits of the NTP time of the last sender report, 0 for none. */
  readonly lastSenderReport: number;
  /** In units of 1/65536 s. */
  readonly delaySinceLast: number;
}

export interface SenderInfo {
  /** NTP time: seconds since 1900 and 2^-32 fractions. */
  readonly ntpSec: number;
  readonly ntpFraction: number;
  readonly rtpTimestamp: number;
  readonly packetCount: number;
  readonly octetCount: number;
}

export type RtcpPacket =
  | {
      readonly kind: 'senderReport';
      readonly ssrc: number;
      readonly sender: SenderInfo;
      readonly blocks: readonly ReportBlock[];
    }
  | { readonly kind: 'receiverReport'; readonly ssrc: number; readonly blocks: readonly ReportBlock[] }
  | { readonly kind: 'description'; readonly ssrc: number; readonly cname: string }
  | { readonly kind: 'bye'; readonly ssrc: number; readonly reason: string }
  | { readonly kind: 'extendedReport'; readonly ssrc: number; readonly blocks: readonly ExtendedBlock[] };

export const PACKET_TYPE = {
  senderReport: 200,
  receiverReport: 201,
  description: 202,
  bye: 203,
  extendedReport: 207,
} as const;
export const BLOCK_BYTES = 24;
export const SENDER_INFO_BYTES = 20;
