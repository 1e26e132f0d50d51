// What is known of the one who sends to us: extended sequence, loss, jitter. RFC 3550 §6.4.1, §A.1, §A.3, §A.8.
import { serialDifference16, serialDifference32 } from '../../base/serial-number.ts';
import type { RtpHeader } from './rtp-packet.ts';

/** RFC 3550 §A.1: the limits of a plausible sequence. */
const MIN_SEQUENTIAL = 2;
const MAX_DROPOUT = 3000;
const MAX_MISORDER = 100;

/** `newSource`: another SSRC or a restarted sequence, what was buffered is void. `ignored`: not believed yet. */
export type SourceVerdict = 'first' | 'valid' | 'newSource' | 'ignored';

/** What a reception report block says. RFC 3550 §6.4.1 */
export interface ReceptionFigures {
  readonly ssrc: number;
  readonly fractionLost: number;
  readonly cumulativeLost: number;
  readonly extendedHighest: number;
  readonly jitterTicks: number;
}

/** Follows one synchronization source at a time. */
export class SourceTracker {
  receivedPackets = 0;
  #ssrc: number | undefined;
  #base = 0;
  #highest = 0;
  #cycles = 0;
  #received = 0;
  #lostBefore = 0;
  #expectedPrior = 0;
  #receivedPrior = 0;
  #jitter = 0;
  #transit: number | undefined;
  /** Another SSRC on probation, or the place where a jumped sequence would go on. */
  #candidateSsrc: number | undefined;
  #candidateNext = -1;

  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  /** Interarrival jitter in RTP clock ticks. RFC 3550 §A.8 */
  get jitterTicks(): number {
    return this.#jitter;
  }

  /** RFC 3550 §A.3: expected minus received; duplicates may make it negative, which is reported as none. */
  get lostPackets(): number {
    return Math.max(0, this.#lostBefore + this.#expected() - this.#received);
  }

  /** Tells of a packet; `arrivalTicks` is its arrival in units of the RTP clock. */
  receive(packet: RtpHeader, arrivalTicks: number): SourceVerdict {
    if (this.#ssrc === undefined) {
      this.#start(packet);
      this.#measure(packet, arrivalTicks);
      return 'first';
    }
    const verdict = packet.ssrc === this.#ssrc ? this.#follow(packet) : this.#probe(packet);
    if (verdict === 'ignored') return verdict;
    this.#measure(packet, arrivalTicks);
    return verdict;
  }

  /** Whether a packet goes on with the stream in hand: who does not hear the stream can hardly guess its SSRC and number. */
  isContinuedBy({ ssrc, sequence }: RtpHeader): boolean {
    const step = serialDifference16(sequence, this.#highest);
    return ssrc === this.#ssrc && step > 0 && step < MAX_DROPOUT;
  }

  /** The report block for now; begins the next interval. */
  takeReport(): ReceptionFigures | undefined {
    if (this.#ssrc === undefined) return undefined;
    const expected = this.#expected();
    const expectedInterval = expected - this.#expectedPrior;
    const lostInterval = expectedInterval - (this.#received - this.#receivedPrior);
    this.#expectedPrior = expected;
    this.#receivedPrior = this.#received;
    return {
      ssrc: this.#ssrc,
      // RFC 3550 §A.3: the fraction is in 256ths, none when nothing was expected or duplicates outnumber losses.
      fractionLost:
        expectedInterval <= 0 || lostInterval <= 0
          ? 0
          : Math.min(255, Math.floor((lostInterval * 256) / expectedInterval)),
      cumulativeLost: this.lostPackets,
      extendedHighest: (this.#cycles + this.#highest) >>> 0,
      jitterTicks: Math.floor(this.#jitter),
    };
  }

  #expected(): number {
    return this.#cycles + this.#highest - this.#base + 1;
  }

  #start(packet: RtpHeader): void {
    this.#ssrc = packet.ssrc;
    this.#base = this.#highest = packet.sequence;
    this.#cycles = this.#expectedPrior = this.#receivedPrior = this.#received = 0;
    this.#transit = undefined;
    this.#candidateSsrc = undefined;
    this.#candidateNext = -1;
  }

  /** RFC 3550 §A.1: a small step is progress or disorder, a jump must be confirmed by the packet after it. */
  #follow(packet: RtpHeader): SourceVerdict {
    const step = serialDifference16(packet.sequence, this.#highest);
    if (step > 0 && step < MAX_DROPOUT) {
      if (packet.sequence < this.#highest) this.#cycles += 65_536;
      this.#highest = packet.sequence;
      return 'valid';
    }
    if (step <= 0 && step > -MAX_MISORDER) return 'valid';
    return this.#confirm(packet);
  }

  /** RFC 3550 §8.2: packets of another source are believed when they go on. */
  #probe(packet: RtpHeader): SourceVerdict {
    if (this.#candidateSsrc !== packet.ssrc) {
      this.#candidateSsrc = packet.ssrc;
      this.#candidateNext = -1;
    }
    return this.#confirm(packet);
  }

  #confirm(packet: RtpHeader): SourceVerdict {
    if (packet.sequence !== this.#candidateNext) {
      this.#candidateNext = (packet.sequence + 1) & 0xffff;
      return 'ignored';
    }
    this.#lostBefore = this.lostPackets;
    this.#start(packet);
    // The packet that was on probation counts as received.
    this.#base = (packet.sequence - (MIN_SEQUENTIAL - 1)) & 0xffff;
    if (this.#base > packet.sequence) this.#cycles = 65_536;
    this.#received = MIN_SEQUENTIAL - 1;
    this.receivedPackets += MIN_SEQUENTIAL - 1;
    return 'newSource';
  }

  /** RFC 3550 §A.8: a sixteenth of each deviation of the transit time. */
  #measure(packet: RtpHeader, arrivalTicks: number): void {
    this.#received++;
    this.receivedPackets++;
    const transit = serialDifference32(Math.floor(arrivalTicks), packet.timestamp);
    if (this.#transit !== undefined) {
      const deviation = Math.abs(serialDifference32(transit, this.#transit));
      this.#jitter += (deviation - this.#jitter) / 16;
    }
    this.#transit = transit;
  }
}
