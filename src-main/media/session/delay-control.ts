// Decides when the playout makes sound shorter or longer, so that its delay follows the buffer's target without hunting for it.
import type { ScaleRequest } from '../dsp/index.ts';

/** Sound is made longer when packets are needed so much earlier than the target wants. */
const TOO_EARLY_MS = 1;
/** Sound that became shorter leaves the next packet at least so much later than the target. */
const SPARE_MS = 1;
/** It becomes shorter when more than this can be gained, and by no piece that is shorter than the least. */
const WORTH_MS = 4;
const LEAST_PIECE_MS = 2.5;
/**
 * Distance squared times time, in ms² · ms, that calls for less delay: a small distance has to last, a large one is corrected soon, and
 * a correction in silence harms nobody.
 */
const PATIENCE_TO_SHRINK = 6_000_000;
const PATIENCE_TO_SHRINK_SILENCE = 150_000;
/** And for more: the first milliseconds that are missing cost few packets. */
const PATIENCE_TO_GROW = 45_000;
const PATIENCE_TO_GROW_SILENCE = 4500;
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

/** How the next packet stands. */
export interface Standing {
  /** How much later than the target it is needed; negative when it is needed earlier. */
  readonly slackMs: number;
  /** Sound before it that nobody has heard yet: it is needed when too little of that is left for a frame. */
  readonly aheadMs: number;
  /** Packets are asked for only at such steps. */
  readonly gridMs: number;
  readonly packetMs: number;
  readonly isSilent: boolean;
}

/**
 * Follows the delay from the target, one measurement a packet. WHY: what counts is when a packet is needed, which moves in steps of
 * the grid however finely sound is stretched; so the delay is right anywhere in the first step after the target.
 */
export class DelayControl {
  grownMs = 0;
  shrunkMs = 0;
  /** Slack and sound ahead together: what changes exactly as the sound's length does. */
  #delayMs: number | undefined;
  /** How much may be changed now without being faster than the rate. */
  #creditMs = 0;
  /** Distance squared times time since the delay left what is left alone. */
  #tooMuch = 0;
  #tooLittle = 0;

  /** What to do with the next packet's sound. */
  next(standing: Standing): ScaleRequest | undefined {
    const { packetMs, isSilent, aheadMs, gridMs } = standing;
    const slackMs = this.#follow(standing.slackMs + aheadMs) - aheadMs;
    this.#creditMs = Math.min(0, this.#creditMs + packetMs * (isSilent ? MAX_SILENT_RATE : MAX_RATE));
    const roomMs = isSilent ? 0 : LEAST_PIECE_MS;
    const moreMs = slackMs < 0 ? Math.ceil(-slackMs / gridMs) * gridMs - aheadMs + roomMs : 0;
    const lessMs = slackMs < 0 ? 0 : Math.floor(Math.max(0, slackMs - SPARE_MS) / gridMs) * gridMs + aheadMs;
    const direction = this.#directionFor(slackMs, lessMs, standing);
    const mostMs = direction === 'grow' ? moreMs : lessMs;
    if (!direction || this.#creditMs < 0 || mostMs < LEAST_PIECE_MS) return undefined;
    if (isSilent) return { direction, mostMs, leastSimilarity: -1, isExact: true };
    const leastSimilarity = Math.max(LEAST_SIMILARITY, SIMILARITY - mostMs * SIMILARITY_PER_MS);
    return { direction, mostMs, leastSimilarity };
  }

  /** Tells by how much the sound became longer; negative when it became shorter. */
  changed(byMs: number): void {
    if (byMs > 0) this.grownMs += byMs;
    else this.shrunkMs -= byMs;
    this.#creditMs -= Math.abs(byMs);
    if (this.#delayMs !== undefined) this.#delayMs += byMs;
  }

  #follow(delayMs: number): number {
    const before = this.#delayMs ?? delayMs;
    const step = delayMs - before;
    this.#delayMs = Math.abs(step) > JUMP_MS ? delayMs : before + step * SMOOTHING;
    return this.#delayMs;
  }

  /** A correction begins late and goes to its end: two thresholds, so that nothing swings between them. */
  #directionFor(
    slackMs: number,
    lessMs: number,
    { packetMs, isSilent }: Standing,
  ): ScaleRequest['direction'] | undefined {
    if (slackMs >= 0) this.#tooLittle = 0;
    else if (slackMs < -TOO_EARLY_MS) this.#tooLittle += slackMs * slackMs * packetMs;
    if (lessMs < LEAST_PIECE_MS) this.#tooMuch = 0;
    else if (lessMs > WORTH_MS) this.#tooMuch += lessMs * lessMs * packetMs;
    if (this.#tooLittle > (isSilent ? PATIENCE_TO_GROW_SILENCE : PATIENCE_TO_GROW)) return 'grow';
    return this.#tooMuch > (isSilent ? PATIENCE_TO_SHRINK_SILENCE : PATIENCE_TO_SHRINK) ? 'shrink' : undefined;
  }
}
