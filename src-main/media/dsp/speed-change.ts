// Plays sound faster or slower with its pitch kept: pieces are taken out or repeated where they fit (WSOLA).

/** What is heard is joined every so often. */
const HOP_MS = 15;
/** A piece may be taken from so much earlier or later than its place: more than the longest period of a voice. */
const SEARCH_MS = 10;
/** The search looks at every sample of 8 kHz first, then around the best of them. */
const SEARCH_RATE_HZ = 8000;

export const SLOWEST = 0.5;
export const FASTEST = 3;

/** One stream at one speed, 1 as it was; speeds beyond the limits count as the limit. */
export class SpeedChange {
  readonly #speed: number;
  readonly #hop: number;
  readonly #search: number;
  readonly #stride: number;
  /** What is still needed of the sound that came in. */
  #held: Int16Array = new Int16Array(0);
  /** Where what was heard last goes on by nature. */
  #onward = 0;
  /** Where the next piece should begin by the speed. */
  #ideal = 0;

  constructor(sampleRateHz: number, speed: number) {
    this.#speed = Math.max(SLOWEST, Math.min(FASTEST, speed));
    this.#hop = Math.round((sampleRateHz * HOP_MS) / 1000);
    this.#search = Math.round((sampleRateHz * SEARCH_MS) / 1000);
    this.#stride = Math.max(1, Math.round(sampleRateHz / SEARCH_RATE_HZ));
  }

  /** What can be heard by now; the rest comes with the next samples, or with `finish`. */
  process(samples: Int16Array): Int16Array {
    if (this.#speed === 1) return samples;
    this.#hold(samples);
    const pieces: Int16Array[] = [];
    while (this.#hasEnough()) pieces.push(this.#next());
    this.#forget();
    return joined(pieces);
  }

  /** What was held back, to the last sample or a hop more. */
  finish(): Int16Array {
    if (this.#speed === 1) return new Int16Array(0);
    const left = Math.max(0, this.#held.length - this.#ideal);
    const tail = this.process(new Int16Array(this.#search + 2 * this.#hop));
    const wanted = Math.ceil(left / this.#speed / this.#hop) * this.#hop;
    return tail.subarray(0, Math.min(tail.length, wanted));
  }

  #hasEnough(): boolean {
    const { length } = this.#held;
    return Math.round(this.#ideal) + this.#search + this.#hop <= length && this.#onward + this.#hop <= length;
  }

  /** From how it would go on over to the piece that is due, at the place where the two resemble each other most. */
  #next(): Int16Array {
    const hop = this.#hop;
    const from = this.#onward;
    const to = this.#bestStart();
    const output = new Int16Array(hop);
    for (let i = 0; i < hop; i++) {
      const share = 0.5 - 0.5 * Math.cos((Math.PI * (i + 0.5)) / hop);
      output[i] = Math.round((this.#held[from + i] ?? 0) * (1 - share) + (this.#held[to + i] ?? 0) * share);
    }
    this.#onward = to + hop;
    this.#ideal += hop * this.#speed;
    return output;
  }

  #bestStart(): number {
    const ideal = Math.round(this.#ideal);
    const first = Math.max(0, ideal - this.#search);
    const coarse = this.#best(first, ideal + this.#search, this.#stride);
    const around = this.#stride - 1;
    if (around === 0) return coarse;
    return this.#best(Math.max(first, coarse - around), Math.min(ideal + this.#search, coarse + around), 1);
  }

  #best(first: number, last: number, step: number): number {
    let best = first;
    let most = -Infinity;
    for (let start = first; start <= last; start += step) {
      const similarity = this.#similarity(start);
      if (similarity <= most) continue;
      most = similarity;
      best = start;
    }
    return best;
  }

  /** Normalised correlation of what would be blended, at the rate of the search. */
  #similarity(start: number): number {
    const held = this.#held;
    const offset = start - this.#onward;
    let product = 0;
    let energy = 1;
    for (let i = this.#onward; i < this.#onward + this.#hop; i += this.#stride) {
      const candidate = held[i + offset] ?? 0;
      product += (held[i] ?? 0) * candidate;
      energy += candidate * candidate;
    }
    return product / Math.sqrt(energy);
  }

  #hold(samples: Int16Array): void {
    this.#held = joined([this.#held, samples]);
  }

  #forget(): void {
    const unused = Math.max(0, Math.min(this.#onward, Math.round(this.#ideal) - this.#search));
    this.#held = this.#held.slice(unused);
    this.#onward -= unused;
    this.#ideal -= unused;
  }
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const whole = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
