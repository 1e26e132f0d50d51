// Decides when the playout makes sound shorter or longer, so that its delay follows the buffer's target.
import type { ScaleRequest } from '../dsp/index.ts';

/** The delay is left alone between these distances from the target. */
const SHRINK_ABOVE_MS = 10;
const GROW_BELOW_MS = -1;
/** Where a correction aims. */
const AIM_MS = 4;
/** Arrival and playout come in steps; so much of a new measurement is believed. */
const SMOOTHING = 1 / 8;
/** A jump of this size is no step but a change: it is believed at once. */
const JUMP_MS = 40;
/** Sound changes its length by no more than this share, silence by more. */
const MAX_RATE = 0.15;
const MAX_SILENT_RATE = 0.5;
/** A piece may go out of or into sound that resembles itself so much; the farther from the target, the less. */
const SIMILARITY = 0.85;
const LEAST_SIMILARITY = 0.4;
const SIMILARITY_PER_MS = 0.005;

/** Follows the distance from the target, one measurement a packet. */
export class DelayControl {
  grownMs = 0;
  shrunkMs = 0;
  #excessMs: number | undefined;
  /** How much may be changed now without being faster than the rate. */
  #creditMs = 0;

  /** What to do with the next `packetMs` of sound, when its delay is `excessMs` over the target. */
  next(excessMs: number, packetMs: number, isSilent: boolean): ScaleRequest | undefined {
    const before = this.#excessMs ?? excessMs;
    const step = excessMs - before;
    this.#excessMs = Math.abs(step) > JUMP_MS ? excessMs : before + step * SMOOTHING;
    this.#creditMs = Math.min(0, this.#creditMs + packetMs * (isSilent ? MAX_SILENT_RATE : MAX_RATE));
    const distanceMs = Math.abs(this.#excessMs - AIM_MS);
    const isOff = this.#excessMs > SHRINK_ABOVE_MS || this.#excessMs < GROW_BELOW_MS;
    if (!isOff || this.#creditMs < 0) return undefined;
    return {
      direction: this.#excessMs > AIM_MS ? 'shrink' : 'grow',
      mostMs: distanceMs + 5,
      leastSimilarity: isSilent ? -1 : Math.max(LEAST_SIMILARITY, SIMILARITY - distanceMs * SIMILARITY_PER_MS),
    };
  }

  /** Tells by how much the sound became longer; negative when it became shorter. */
  changed(byMs: number): void {
    if (byMs > 0) this.grownMs += byMs;
    else this.shrunkMs -= byMs;
    this.#creditMs -= Math.abs(byMs);
    if (this.#excessMs !== undefined) this.#excessMs += byMs;
  }
}
