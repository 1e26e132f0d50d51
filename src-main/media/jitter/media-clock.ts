// Turns RTP timestamps into milliseconds of our own clock. RFC 3550 §5.1 (the timestamp).
import { serialDifference32 } from '../../base/serial-number.ts';

/** The origin follows the stream in steps of this, long before the 32 bits of a timestamp wrap. */
const STEP_TICKS = 2 ** 29;

/** One stream's media time, counted from the arrival of its first packet. */
export class MediaClock {
  readonly ticksPerMs: number;
  #originTimestamp = 0;
  #originMs = 0;

  constructor(clockRateHz: number) {
    this.ticksPerMs = clockRateHz / 1000;
  }

  begin(timestamp: number, nowMs: number): void {
    this.#originTimestamp = timestamp;
    this.#originMs = nowMs;
  }

  /** When the packet of this timestamp would come if all were as fast as the first. */
  mediaMs(timestamp: number): number {
    const ticks = serialDifference32(timestamp, this.#originTimestamp);
    if (ticks > STEP_TICKS) {
      this.#originTimestamp = (this.#originTimestamp + STEP_TICKS) >>> 0;
      this.#originMs += STEP_TICKS / this.ticksPerMs;
    }
    return this.#originMs + serialDifference32(timestamp, this.#originTimestamp) / this.ticksPerMs;
  }
}
