// The period at which sound repeats itself, at the end of what was heard or at the beginning of what comes. After ITU-T G.711 Appendix I.

/** Lowest and highest pitch that is looked for: a shorter piece that goes round and round is a tone, not a voice. */
const LOWEST_PITCH_HZ = 66;
const HIGHEST_PITCH_HZ = 200;
/** The similarity is measured over this much of the past. */
const WINDOW_MS = 15;
/** WHY: a packet that comes is no longer than 20 ms, and both the period and the comparison have to be within it. */
const NEXT_WINDOW_MS = 6;
/** The search looks at every sample of 8 kHz first, then around the best of them. */
const SEARCH_RATE_HZ = 8000;

/** The last samples that were played, oldest first. */
export class SampleHistory {
  readonly samples: Int16Array;

  /** Holds so many of the longest periods. */
  constructor(rateHz: number, periods: number) {
    this.samples = new Int16Array(Math.ceil(rateHz / LOWEST_PITCH_HZ) * periods);
  }

  add(frame: Int16Array): void {
    const { samples } = this;
    const count = Math.min(frame.length, samples.length);
    samples.copyWithin(0, count);
    samples.set(frame.subarray(frame.length - count), samples.length - count);
  }
}

interface Search {
  readonly samples: Int16Array;
  /** Where the compared piece begins and ends, and the direction in which its like is looked for. */
  readonly from: number;
  readonly to: number;
  readonly sign: 1 | -1;
  readonly stride: number;
}

/** The lag in samples, at least one, at which the end or the beginning of `samples` resembles itself most. */
export function pitchLag(samples: Int16Array, rateHz: number, where: 'end' | 'beginning'): number {
  const isEnd = where === 'end';
  const window = Math.round((rateHz * (isEnd ? WINDOW_MS : NEXT_WINDOW_MS)) / 1000);
  const stride = Math.max(1, Math.round(rateHz / SEARCH_RATE_HZ));
  const { length } = samples;
  const least = Math.max(1, Math.min(Math.floor(rateHz / HIGHEST_PITCH_HZ), length));
  const most = Math.max(least, Math.min(Math.floor(rateHz / LOWEST_PITCH_HZ), length - window));
  const search: Search = isEnd
    ? { samples, from: Math.max(0, length - window), to: length, sign: -1, stride }
    : { samples, from: 0, to: Math.min(window, length), sign: 1, stride };
  const coarse = bestLag(search, least, most, stride);
  if (stride === 1) return coarse;
  return bestLag(search, Math.max(least, coarse - stride), Math.min(most, coarse + stride), 1);
}

function bestLag(search: Search, least: number, most: number, step: number): number {
  let best = least;
  let bestScore = -Infinity;
  for (let lag = least; lag <= most; lag += step) {
    const score = similarity(search, lag * search.sign);
    if (score > bestScore) {
      bestScore = score;
      best = lag;
    }
  }
  return best;
}

/** Normalised correlation of the piece with the one that lies `offset` from it. */
function similarity({ samples, from, to, stride }: Search, offset: number): number {
  let product = 0;
  let energy = 1;
  for (let i = from; i < to; i += stride) {
    const other = samples[i + offset] ?? 0;
    product += (samples[i] ?? 0) * other;
    energy += other * other;
  }
  return product / Math.sqrt(energy);
}

/** The last `count` periods of `samples`, whose end leads over to what came before their beginning, so that they join. */
export function joinLoop(samples: Int16Array, period: number, count: number): Int16Array {
  const first = samples.length - period * count;
  const loop = samples.slice(first);
  // G.711 Appendix I.2.3: the last quarter of a period leads over.
  const quarter = Math.max(1, period >> 2);
  for (let i = 0; i < quarter; i++) {
    const share = (i + 1) / (quarter + 1);
    const at = loop.length - quarter + i;
    const before = samples[first - quarter + i] ?? 0;
    loop[at] = Math.round((loop[at] ?? 0) * (1 - share) + before * share);
  }
  return loop;
}

/** The sample at `at` when the first `period` samples go on to either side. */
export function loopedAt(samples: Int16Array, at: number, period: number): number {
  const within = at % period;
  return samples[within < 0 ? within + period : within] ?? 0;
}
