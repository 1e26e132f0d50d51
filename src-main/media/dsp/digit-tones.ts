// Digits as sound, for peers that take no telephone events. ITU-T Q.23 (frequencies, levels), Q.24 (times).
import { pairOf } from './digit-pairs.ts';

const ON_MS = 100;
const OFF_MS = 60;
const PAUSE_MS = 500;
const RAMP_MS = 2;
/** -9 and -7 dBm0: the high tone is sent 2 dB louder because lines weaken it. 0 dBm0 has a peak of 0.694. */
const LOW_AMPLITUDE = 0.246 * 32_767;
const HIGH_AMPLITUDE = 0.31 * 32_767;
/** What is queued beyond this is not sent: nobody dials so much. */
const MAX_QUEUED = 256;

/** A queue of digits that takes the place of the voice while it sounds. */
export class DigitTones {
  #queue = '';
  #position = 0;

  get isBusy(): boolean {
    return this.#queue.length > 0;
  }

  /** `,` waits 500 ms. */
  queue(digits: string): void {
    this.#queue = (this.#queue + digits.toUpperCase()).slice(0, MAX_QUEUED);
  }

  /** Forgets what was not sent. */
  clear(): void {
    this.#queue = '';
    this.#position = 0;
  }

  /** Writes the next frame; false when there was nothing more to send and the frame is unchanged. */
  fill(frame: Int16Array, rateHz: number): boolean {
    if (!this.isBusy) return false;
    for (let i = 0; i < frame.length; i++) frame[i] = this.#next(rateHz);
    return true;
  }

  #next(rateHz: number): number {
    const [digit] = this.#queue;
    if (digit === undefined) return 0;
    const pair = pairOf(digit);
    const at = this.#position++;
    const atMs = (at * 1000) / rateHz;
    if (atMs >= (pair ? ON_MS + OFF_MS : PAUSE_MS)) {
      this.#queue = this.#queue.slice(1);
      this.#position = 0;
      return 0;
    }
    if (!pair || atMs >= ON_MS) return 0;
    const gain = Math.min(1, atMs / RAMP_MS, (ON_MS - atMs) / RAMP_MS);
    const turn = (2 * Math.PI * at) / rateHz;
    return Math.round(gain * (LOW_AMPLITUDE * Math.sin(turn * pair[0]) + HIGH_AMPLITUDE * Math.sin(turn * pair[1])));
  }
}
