// Sends and reads the reports of one session. RFC 3550 §6.2-§6.6, RFC 3611 §2.
import type { Runtime, Timer } from '../../base/runtime.ts';
import { buildRtcp, compactNtp, ntpTime, parseRtcp, roundTripMs, rtcpIntervalMs } from '../rtcp/index.ts';
import type { ReportBlock, RtcpPacket, SenderInfo } from '../rtcp/index.ts';
import type { ReceptionFigures } from '../rtp/index.ts';
import { ExtendedReports, type HeardSource } from './extended-reports.ts';
import type { PacketSender } from './packet-sender.ts';
import type { RemoteQuality } from './session-figures.ts';

/** RFC 3550 §6.2: five hundredths of 64 kbit/s. */
const RTCP_BYTES_PER_SEC = 400;
/** RFC 3550 §A.7: lower layers count, 28 bytes of IP and UDP. */
const LOWER_LAYER_BYTES = 28;

export interface RtcpReporterOptions {
  readonly runtime: Runtime;
  readonly ssrc: number;
  readonly cname: string;
  readonly send: (bytes: Uint8Array) => void;
  /** What was sent so far and the timestamp that belongs to now; undefined when nothing was sent. */
  readonly sender: () => Pick<SenderInfo, 'rtpTimestamp' | 'packetCount' | 'octetCount'> | undefined;
  readonly reception: () => ReceptionFigures | undefined;
  /** The peer as we hear it, for who wants to know more than the usual report says. */
  readonly heard?: () => HeardSource | undefined;
  /** The peer has told how it receives us. */
  readonly onReport?: (report: { readonly lossFraction: number; readonly roundTripMs: number | undefined }) => void;
}

/** Reports at random intervals from `start` until `close`, which says BYE. */
export class RtcpReporter {
  readonly extended: ExtendedReports;
  /** Datagrams of reports that the peer has sent. */
  receivedReports = 0;
  #roundTripMs: number | undefined;
  /** Loss the peer reports, 0 to 1. */
  remoteLossFraction: number | undefined;
  readonly #options: RtcpReporterOptions;
  #timer: Timer | undefined;
  #averageSizeBytes = 100;
  #isInitial = true;
  #sentAtMs = 0;
  #lastReport: { readonly compact: number; readonly atMs: number } | undefined;

  constructor(options: RtcpReporterOptions) {
    this.#options = options;
    this.extended = new ExtendedReports(options.runtime, options.ssrc);
  }

  get roundTripMs(): number | undefined {
    return this.#roundTripMs ?? this.extended.roundTripMs;
  }

  /** How the peer hears us, when it tells. */
  get remoteQuality(): RemoteQuality | undefined {
    return this.extended.remoteQuality;
  }

  start(): void {
    if (this.#timer) return;
    this.#sentAtMs = this.#options.runtime.nowMs();
    this.#await(this.#intervalMs());
  }

  /** RFC 3550 §6.3.6: at its end an interval is drawn anew, and the report goes out only when that one is over as well. */
  #await(delayMs: number): void {
    const { runtime } = this.#options;
    const onDue = (): void => {
      const leftMs = this.#sentAtMs + this.#intervalMs() - runtime.nowMs();
      if (leftMs > 0) return this.#await(leftMs);
      this.#isInitial = false;
      this.#sentAtMs = runtime.nowMs();
      this.#send([]);
      this.#await(this.#intervalMs());
    };
    this.#timer = runtime.setTimer(delayMs, onDue, true);
  }

  #intervalMs(): number {
    return rtcpIntervalMs(
      {
        members: 2,
        averageSizeBytes: this.#averageSizeBytes,
        rtcpBytesPerSec: RTCP_BYTES_PER_SEC,
        isInitial: this.#isInitial,
      },
      this.#options.runtime,
    );
  }

  /** Reads a datagram of the peer; nonsense is ignored. */
  receive(bytes: Uint8Array): void {
    const packets = parseRtcp(bytes);
    if (!packets) return;
    this.receivedReports++;
    this.#averageSize(bytes.length);
    for (const packet of packets) {
      if (packet.kind === 'senderReport') {
        const { ntpSec: sec, ntpFraction: fraction } = packet.sender;
        this.#lastReport = { compact: compactNtp({ sec, fraction }), atMs: this.#options.runtime.nowMs() };
      }
      if (packet.kind === 'senderReport' || packet.kind === 'receiverReport') this.#readBlocks(packet.blocks);
      if (packet.kind === 'extendedReport') this.extended.receive(packet.ssrc, packet.blocks);
    }
  }

  /** RFC 3550 §6.3.7: says goodbye, in a session of two at once. */
  close(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#options.sender() ?? this.#options.reception()) {
      this.#send([{ kind: 'bye', ssrc: this.#options.ssrc, reason: '' }]);
    }
  }

  #readBlocks(blocks: readonly ReportBlock[]): void {
    const block = blocks.find(({ ssrc }) => ssrc === this.#options.ssrc);
    if (!block) return;
    this.remoteLossFraction = block.fractionLost / 256;
    const nowMs = this.#options.runtime.wallMs();
    this.#roundTripMs = roundTripMs(nowMs, block.lastSenderReport, block.delaySinceLast) ?? this.#roundTripMs;
    this.#options.onReport?.({ lossFraction: this.remoteLossFraction, roundTripMs: this.roundTripMs });
  }

  #send(extra: readonly RtcpPacket[]): void {
    const { ssrc, cname, runtime } = this.#options;
    const sender = this.#options.sender();
    const { sec, fraction } = ntpTime(runtime.wallMs());
    const blocks = this.#blocks();
    const report: RtcpPacket = sender
      ? { kind: 'senderReport', ssrc, sender: { ntpSec: sec, ntpFraction: fraction, ...sender }, blocks }
      : { kind: 'receiverReport', ssrc, blocks };
    // RFC 3550 §6.1: every compound has a report first and a CNAME.
    const bytes = buildRtcp([report, { kind: 'description', ssrc, cname }, ...this.#extendedReport(), ...extra]);
    this.#averageSize(bytes.length);
    this.#options.send(bytes);
  }

  #extendedReport(): RtcpPacket[] {
    const blocks = this.extended.blocks(this.#options.heard?.());
    return blocks.length === 0 ? [] : [{ kind: 'extendedReport', ssrc: this.#options.ssrc, blocks }];
  }

  #blocks(): ReportBlock[] {
    const figures = this.#options.reception();
    if (!figures) return [];
    const last = this.#lastReport;
    const delayMs = last ? this.#options.runtime.nowMs() - last.atMs : 0;
    return [
      {
        ...figures,
        lastSenderReport: last?.compact ?? 0,
        delaySinceLast: Math.min(0xffff_ffff, Math.round((delayMs * 65_536) / 1000)),
      },
    ];
  }

  /** RFC 3550 §6.3.3: a sixteenth of each packet's size. */
  #averageSize(sizeBytes: number): void {
    this.#averageSizeBytes += (sizeBytes + LOWER_LAYER_BYTES - this.#averageSizeBytes) / 16;
  }
}

/** RFC 3550 §6.4.1: what a sender report says of our stream; undefined before its first packet. */
export function senderFigures({
  sentPackets,
  sentOctets,
  position,
}: PacketSender): ReturnType<RtcpReporterOptions['sender']> {
  if (sentPackets === 0) return undefined;
  return { rtpTimestamp: position.timestamp, packetCount: sentPackets, octetCount: sentOctets };
}
