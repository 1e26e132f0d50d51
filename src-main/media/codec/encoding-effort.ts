// How hard an encoder tries: less on a machine that is too slow or too busy for it, more again when it is not. Pure. RFC 6716 §2.1.5.

/** libopus' scale is 0 to 10; half of its best effort costs half of the time and is not heard in speech. */
export const MOST_COMPLEXITY = 5;
/** Shares of the time that a frame lasts: above it is too much, below there is room. */
const TOO_MUCH = 0.12;
const LITTLE = 0.04;
/** Frames over which the share is averaged, and for which a change is given time to show. */
const MEMORY_FRAMES = 25;
const PATIENCE_FRAMES = 50;

export interface EncodingEffort {
  readonly complexity: number;
  readonly averageShare: number;
  /** Frames since the last change. */
  readonly frames: number;
}

export const FULL_EFFORT: EncodingEffort = { complexity: MOST_COMPLEXITY, averageShare: 0, frames: 0 };

/** Takes in what the last frame took, as a share of how long it lasts. */
export function effortStep({ complexity, averageShare, frames }: EncodingEffort, share: number): EncodingEffort {
  // A single frame that was interrupted for long says little of the next.
  const bounded = Math.min(1, Math.max(0, share));
  const average = averageShare + (bounded - averageShare) / MEMORY_FRAMES;
  if (frames < PATIENCE_FRAMES) return { complexity, averageShare: average, frames: frames + 1 };
  if (average > TOO_MUCH && complexity > 0) return { complexity: complexity - 1, averageShare: average, frames: 0 };
  if (average < LITTLE && complexity < MOST_COMPLEXITY) {
    return { complexity: complexity + 1, averageShare: average, frames: 0 };
  }
  return { complexity, averageShare: average, frames };
}
