// What the arrivals of one stream tell: its clock, how unevenly packets come, how long they are, and so how deep its buffer should be.
// RFC 3550 §6.4.1 (what it answers to), RFC 6716 §2.1.7 (packets that carry the one before once more).
import type { JitterSettings } from './buffer-options.ts';
import { DelayEstimator } from './delay-estimator.ts';
import { LossMemory } from './loss-memory.ts';
import { MediaClock } from './media-clock.ts';
import { PacketDuration } from './packet-duration.ts';
import type { BufferedPacket } from './packet-ring.ts';

/** Clocks that wake do so by about this too early or too late. */
const MARGIN_MS = 1;

export class ArrivalMemory {
  readonly #settings: JitterSettings;
  readonly #clock: MediaClock;
  readonly #duration: PacketDuration;
  readonly #delays: DelayEstimator;
  readonly #losses = new LossMemory();
  /** The line loses packets, and those that follow help to mend it. */
  #mendsLosses = false;

  /** Steps of the timestamp beyond `longestMs` are no packet's duration. */
  constructor(clockRateHz: number, settings: JitterSettings, longestMs: number) {
    this.#settings = settings;
    this.#clock = new MediaClock(clockRateHz);
    this.#duration = new PacketDuration(this.#clock.ticksPerMs, longestMs);
    this.#delays = new DelayEstimator(settings.percentile);
  }

  get ticksPerMs(): number {
    return this.#clock.ticksPerMs;
  }

  get packetTicks(): number {
    return this.#duration.ticks;
  }

  get mendsLosses(): boolean {
    return this.#mendsLosses;
  }

  /** How long a packet that came as fast as the fastest should wait. */
  targetMs(isPlaying: boolean): number {
    const { initialMs, minimumMs, maximumMs } = this.#settings;
    // WHY: until the spread is known, the initial depth is a guess on the safe side.
    // RFC 6716 §2.1.7: what was lost may be in the packet after it, which has to be there in time.
    const mendingMs = this.#mendsLosses ? this.packetTicks / this.ticksPerMs : 0;
    const wantedMs = this.#delays.spreadMs + MARGIN_MS + mendingMs;
    return Math.min(maximumMs, Math.max(isPlaying ? minimumMs : initialMs, wantedMs));
  }

  /** When the packet of this timestamp would come if it were as fast as the fastest. */
  earliestMs(timestamp: number): number {
    return this.#clock.mediaMs(timestamp) + this.#delays.fastestMs;
  }

  begin(packet: BufferedPacket, arrivalMs: number): void {
    this.#clock.begin(packet.timestamp, arrivalMs);
  }

  /** `earliestMs` is the other end of the doubt when the packet came, which is not taken for lateness. */
  addArrival({ timestamp }: BufferedPacket, arrivalMs: number, earliestMs: number): void {
    const mediaMs = this.#clock.mediaMs(timestamp);
    const believedMs = Math.max(earliestMs, Math.min(arrivalMs, mediaMs + this.#delays.fastestMs));
    this.#delays.add(believedMs - mediaMs, arrivalMs);
  }

  /** Two packets of sound in a row were so far apart. */
  addStep(ticks: number): void {
    this.#duration.learn(ticks);
  }

  /** A packet was not there in its turn. */
  addLoss(nowMs: number): void {
    this.#losses.addLoss(nowMs);
  }

  /** What was missing has come after all. */
  takeBackLoss(): void {
    this.#losses.takeBack();
  }

  /** Whether the packet that has come helps to mend the loss of another. */
  addMending(helps: boolean, nowMs: number): void {
    if (helps) this.#losses.addMending(nowMs);
    this.#mendsLosses = this.#losses.isMendable(nowMs);
  }

  /** Forgets all but the packets' duration. */
  clear(): void {
    this.#delays.reset();
    this.#losses.clear();
    this.#mendsLosses = false;
  }
}
