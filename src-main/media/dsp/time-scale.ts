// Shortens sound without changing its pitch: one period is taken out and the edges are blended.

/** Shortest and longest piece that is taken out. */
const LEAST_MS = 2.5;
const MOST_MS = 10;

interface Match {
  readonly lag: number;
  /** Normalised correlation, -1 to 1. */
  readonly similarity: number;
}

/** The lag at which the frame's beginning resembles what comes later most. */
function findMatch(samples: Int16Array, least: number, most: number, stride: number): Match {
  const window = samples.length - most;
  let best: Match = { lag: least, similarity: -1 };
  for (let lag = least; lag <= most; lag += stride) {
    let product = 0;
    let energyA = 1;
    let energyB = 1;
    for (let i = 0; i < window; i += stride) {
      const a = samples[i] ?? 0;
      const b = samples[i + lag] ?? 0;
      product += a * b;
      energyA += a * a;
      energyB += b * b;
    }
    const similarity = product / Math.sqrt(energyA * energyB);
    if (similarity > best.similarity) best = { lag, similarity };
  }
  return best;
}

/**
 * `samples` without one pitch period, written in place; the whole frame when no piece of it repeats itself well
 * enough (`leastSimilarity`, 0 to 1) or when it is too short.
 */
export function shorten(samples: Int16Array, sampleRateHz: number, leastSimilarity: number): Int16Array {
  const most = Math.round((sampleRateHz * MOST_MS) / 1000);
  if (samples.length < most * 2) return samples;
  const least = Math.round((sampleRateHz * LEAST_MS) / 1000);
  const { lag, similarity } = findMatch(samples, least, most, Math.max(1, Math.round(sampleRateHz / 8000)));
  if (similarity < leastSimilarity) return samples;
  const blended = Math.min(least, samples.length - lag);
  for (let i = 0; i < blended; i++) {
    const share = (i + 1) / (blended + 1);
    samples[i] = (samples[i] ?? 0) * (1 - share) + (samples[i + lag] ?? 0) * share;
  }
  samples.copyWithin(blended, blended + lag);
  return samples.subarray(0, samples.length - lag);
}
