// Decides when the playout makes sound shorter or longer, so that its delay follows the buffer's target without hunting for it.
import type { ScaleRequest } from '../dsp/index.ts';

/** The delay is left alone between these distances from the target. */
const SHRINK_ABOVE_MS = 14;
const GROW_BELOW_MS = -3;
/** Where a correction aims, and how near it has to come. */
const AIM_MS = 4;
const NEAR_MS = 3;
/**
 * Distance times time, in ms · ms, that calls for a correction: a small distance has to last, a large one is corrected
 * soon. Too much delay harms less than too little, and a correction in silence harms nobody.
 */
const PATIENCE_TO_SHRINK = 100_000;
const PATIENCE_IN_SILENCE = 5000;
const PATIENCE_TO_GROW = 3000;
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
  /** Distance times time since the delay left the band that is left alone. */
  #discomfort = 0;
  #isCorrecting = false;

  /** What to do with the next `packetMs` of sound, when its delay is `excessMs` over the target. */
  next(excessMs: number, packetMs: number, isSilent: boolean): ScaleRequest | undefined {
    const smoothedMs = this.#follow(excessMs);
    this.#creditMs = Math.min(0, this.#creditMs + packetMs * (isSilent ? MAX_SILENT_RATE : MAX_RATE));
    this.#weigh(smoothedMs, packetMs, isSilent);
    if (!this.#isCorrecting || this.#creditMs < 0) return undefined;
    const distanceMs = Math.abs(smoothedMs - AIM_MS);
    return {
      direction: smoothedMs > AIM_MS ? 'shrink' : 'grow',
      mostMs: distanceMs + NEAR_MS,
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

  #follow(excessMs: number): number {
    const before = this.#excessMs ?? excessMs;
    const step = excessMs - before;
    this.#excessMs = Math.abs(step) > JUMP_MS ? excessMs : before + step * SMOOTHING;
    return this.#excessMs;
  }

  /** A correction begins late and goes to its end: two thresholds, so that nothing swings between them. */
  #weigh(smoothedMs: number, packetMs: number, isSilent: boolean): void {
    if (Math.abs(smoothedMs - AIM_MS) <= NEAR_MS) this.#isCorrecting = false;
    if (smoothedMs <= SHRINK_ABOVE_MS && smoothedMs >= GROW_BELOW_MS) {
      this.#discomfort = 0;
      return;
    }
    this.#discomfort += (smoothedMs - AIM_MS) * packetMs;
    const patience = isSilent ? PATIENCE_IN_SILENCE : PATIENCE_TO_SHRINK;
    if (this.#discomfort > patience || this.#discomfort < -PATIENCE_TO_GROW) this.#isCorrecting = true;
  }
}
