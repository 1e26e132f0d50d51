// Makes sound a little shorter or longer at the same pitch: one period is taken out or put in where it fits (WSOLA).

/** Shortest and longest piece: the periods of voices from 400 down to 66 Hz. */
const LEAST_MS = 2.5;
const MOST_MS = 15;
/** The two sides of a joint overlap at least by this. */
const OVERLAP_MS = 5;
/** The search looks at every sample of 8 kHz first, then around the best of them. */
const SEARCH_RATE_HZ = 8000;

export interface ScaleRequest {
  readonly direction: 'shrink' | 'grow';
  /** The piece is not longer than this. */
  readonly mostMs: number;
  /** Pieces are joined that resemble each other so much, -1 to 1; below that the sound stays as it is. */
  readonly leastSimilarity: number;
  /** The piece is as long as it may be: silence may be joined anywhere. */
  readonly isExact?: boolean;
}

interface Match {
  readonly lag: number;
  readonly similarity: number;
}

/** One stream: what was played last is remembered, because sound grows by going back a period. */
export class TimeScale {
  readonly #rateHz: number;
  readonly #stride: number;
  readonly #most: number;
  /** The last samples that were played, then those that are to be played. */
  #joined: Int16Array;
  #output: Int16Array;

  constructor(sampleRateHz: number) {
    this.#rateHz = sampleRateHz;
    this.#stride = Math.max(1, Math.round(sampleRateHz / SEARCH_RATE_HZ));
    this.#most = this.#samplesOf(MOST_MS);
    this.#joined = new Int16Array(this.#most);
    this.#output = new Int16Array(0);
  }

  /** Takes note of sound that is played as it is. */
  remember(samples: Int16Array): void {
    const past = this.#joined.subarray(0, this.#most);
    const count = Math.min(samples.length, past.length);
    past.copyWithin(0, count);
    past.set(samples.subarray(samples.length - count), past.length - count);
  }

  /** `samples` with a piece less or more, or as they are when none fits; the view is valid until the next call. */
  scale(samples: Int16Array, request: ScaleRequest): Int16Array {
    this.#join(samples);
    const scaled = request.direction === 'shrink' ? this.#shrink(samples, request) : this.#grow(samples, request);
    this.remember(scaled);
    return scaled;
  }

  #shrink(samples: Int16Array, request: ScaleRequest): Int16Array {
    const most = Math.min(this.#samplesOf(request.mostMs), this.#most, samples.length - this.#samplesOf(OVERLAP_MS));
    const match = this.#findMatch(most, 1, request);
    if (!match || match.similarity < request.leastSimilarity) return samples;
    const { lag } = match;
    const overlap = Math.min(lag, samples.length - lag);
    const output = this.#room(samples.length - lag);
    this.#blend(output, overlap, this.#most, this.#most + lag);
    output.set(samples.subarray(overlap + lag), overlap);
    return output;
  }

  #grow(samples: Int16Array, request: ScaleRequest): Int16Array {
    const most = Math.min(this.#samplesOf(request.mostMs), this.#most, samples.length);
    const match = this.#findMatch(most, -1, request);
    if (!match || match.similarity < request.leastSimilarity) return samples;
    const { lag } = match;
    const output = this.#room(samples.length + lag);
    this.#blend(output, lag, this.#most, this.#most - lag);
    output.set(samples, lag);
    return output;
  }

  /** From what lies at `from` over to what lies at `to`. */
  #blend(output: Int16Array, count: number, from: number, to: number): void {
    const joined = this.#joined;
    for (let i = 0; i < count; i++) {
      const share = (i + 1) / (count + 1);
      output[i] = Math.round((joined[from + i] ?? 0) * (1 - share) + (joined[to + i] ?? 0) * share);
    }
  }

  /** The lag at which the beginning of the frame resembles what comes later (1) or came before (-1) most. */
  #findMatch(most: number, sign: 1 | -1, { isExact = false }: ScaleRequest): Match | undefined {
    if (isExact) return most > 0 ? { lag: most, similarity: 1 } : undefined;
    const least = this.#samplesOf(LEAST_MS);
    if (most < least) return undefined;
    const coarse = this.#best(least, most, this.#stride, sign);
    if (this.#stride === 1) return coarse;
    const around = this.#stride - 1;
    return this.#best(Math.max(least, coarse.lag - around), Math.min(most, coarse.lag + around), 1, sign);
  }

  #best(least: number, most: number, step: number, sign: 1 | -1): Match {
    let best: Match = { lag: least, similarity: -1 };
    for (let lag = least; lag <= most; lag += step) {
      const similarity = this.#similarity(lag * sign, lag);
      if (similarity > best.similarity) best = { lag, similarity };
    }
    return best;
  }

  /** Normalised correlation over the part that would be blended, at the rate of the search. */
  #similarity(offset: number, lag: number): number {
    const joined = this.#joined;
    const first = this.#most;
    const count = Math.min(lag, joined.length - first - Math.max(0, offset));
    let product = 0;
    let energyA = 1;
    let energyB = 1;
    for (let i = first; i < first + count; i += this.#stride) {
      const a = joined[i] ?? 0;
      const b = joined[i + offset] ?? 0;
      product += a * b;
      energyA += a * a;
      energyB += b * b;
    }
    return product / Math.sqrt(energyA * energyB);
  }

  #join(samples: Int16Array): void {
    const length = this.#most + samples.length;
    if (this.#joined.length !== length) {
      const joined = new Int16Array(length);
      joined.set(this.#joined.subarray(0, this.#most));
      this.#joined = joined;
    }
    this.#joined.set(samples, this.#most);
  }

  #room(count: number): Int16Array {
    if (this.#output.length < count) this.#output = new Int16Array(count * 2);
    return this.#output.subarray(0, count);
  }

  #samplesOf(ms: number): number {
    return Math.round((this.#rateHz * ms) / 1000);
  }
}
