// Follows how late packets are against the fastest of late: how deep the buffer has to be.

/** Packets that are remembered: about five seconds of 20-ms packets. */
const WINDOW = 256;
/** The target is computed anew after so many packets. */
const STRIDE = 16;
/** Share of packets that should be in time. */
const PERCENTILE = 0.97;

/** Relative delays in milliseconds over a sliding window. */
export class DelayEstimator {
  readonly #delaysMs = new Float64Array(WINDOW);
  readonly #sorted = new Float64Array(WINDOW);
  #count = 0;
  #at = 0;
  #fastestMs = 0;
  #spreadMs = 0;

  /** Smallest of (arrival minus media time) in the window. */
  get fastestMs(): number {
    return this.#fastestMs;
  }

  /** How much later than the fastest a high percentile of packets is. */
  get spreadMs(): number {
    return this.#spreadMs;
  }

  add(delayMs: number): void {
    this.#delaysMs[this.#at] = delayMs;
    this.#at = (this.#at + 1) % WINDOW;
    this.#count = Math.min(WINDOW, this.#count + 1);
    if (this.#count === 1 || delayMs < this.#fastestMs) this.#fastestMs = delayMs;
    // A burst of delay must be answered at once, the slow rest now and then.
    const isWorse = delayMs - this.#fastestMs > this.#spreadMs && this.#at % 4 === 0;
    if (isWorse || this.#at % STRIDE === 0 || this.#count < STRIDE) this.#measure();
  }

  reset(): void {
    this.#count = this.#at = 0;
    this.#fastestMs = this.#spreadMs = 0;
  }

  #measure(): void {
    const sorted = this.#sorted.subarray(0, this.#count);
    sorted.set(this.#delaysMs.subarray(0, this.#count));
    sorted.sort();
    this.#fastestMs = sorted[0] ?? 0;
    this.#spreadMs = (sorted[Math.floor((this.#count - 1) * PERCENTILE)] ?? 0) - this.#fastestMs;
  }
}
