// Puts what was sent and what was received side by side, whatever clocks they came by.

/** One side may be ahead by this much before the other is filled with silence. */
const MAX_SKEW_MS = 120;

/** Two tracks in, interleaved frames out. */
export class TrackAligner {
  readonly #maxSkewSamples: number;
  readonly #tracks: [Int16Array, Int16Array];
  readonly #counts: [number, number] = [0, 0];
  #output = new Int16Array(0);

  constructor(sampleRateHz: number) {
    this.#maxSkewSamples = (sampleRateHz * MAX_SKEW_MS) / 1000;
    const room = this.#maxSkewSamples * 4;
    this.#tracks = [new Int16Array(room), new Int16Array(room)];
  }

  /** Adds to the first (0) or second (1) track and returns what is complete, interleaved; valid until the next call. */
  add(track: 0 | 1, samples: Int16Array): Int16Array {
    this.#append(track, samples);
    const other = track === 0 ? 1 : 0;
    const missing = this.#counts[track] - this.#counts[other] - this.#maxSkewSamples;
    if (missing > 0) this.#append(other, new Int16Array(missing));
    return this.#takeComplete();
  }

  /** Everything left, the shorter track filled with silence. */
  flush(): Int16Array {
    const [first, second] = this.#counts;
    if (first < second) this.#append(0, new Int16Array(second - first));
    else this.#append(1, new Int16Array(first - second));
    return this.#takeComplete();
  }

  #append(track: 0 | 1, samples: Int16Array): void {
    const count = this.#counts[track];
    if (count + samples.length > this.#tracks[track].length) {
      const grown = new Int16Array((count + samples.length) * 2);
      grown.set(this.#tracks[track]);
      this.#tracks[track] = grown;
    }
    this.#tracks[track].set(samples, count);
    this.#counts[track] = count + samples.length;
  }

  #takeComplete(): Int16Array {
    const count = Math.min(...this.#counts);
    if (this.#output.length < count * 2) this.#output = new Int16Array(count * 2);
    const [first, second] = this.#tracks;
    for (let i = 0; i < count; i++) {
      this.#output[i * 2] = first[i] ?? 0;
      this.#output[i * 2 + 1] = second[i] ?? 0;
    }
    for (const track of [0, 1] as const) {
      this.#tracks[track].copyWithin(0, count, this.#counts[track]);
      this.#counts[track] -= count;
    }
    return this.#output.subarray(0, count * 2);
  }
}

/** Both tracks in one, in the place of the first half of `interleaved`; what is too loud is cut. */
export function mixTracks(interleaved: Int16Array): Int16Array {
  const count = interleaved.length / 2;
  for (let i = 0; i < count; i++) {
    const sum = (interleaved[i * 2] ?? 0) + (interleaved[i * 2 + 1] ?? 0);
    interleaved[i] = Math.max(-32_768, Math.min(32_767, sum));
  }
  return interleaved.subarray(0, count);
}
