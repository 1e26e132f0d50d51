// So many a second on average and so many at once: a bucket that fills steadily and is emptied by use.

export interface BucketOptions {
  readonly ratePerSec: number;
  /** What a full bucket holds: how many may come at once. */
  readonly burst: number;
}

export class TokenBucket {
  readonly #options: BucketOptions;
  #level: number;
  #filledAtMs: number;

  constructor(options: BucketOptions, nowMs: number) {
    this.#options = options;
    this.#level = options.burst;
    this.#filledAtMs = nowMs;
  }

  /** False when this one is too many; it then costs nothing. */
  take(nowMs: number): boolean {
    this.#fill(nowMs);
    if (this.#level < 1) return false;
    this.#level--;
    return true;
  }

  /** Whether it is as good as new. */
  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#level >= this.#options.burst;
  }

  #fill(nowMs: number): void {
    const { ratePerSec, burst } = this.#options;
    this.#level = Math.min(burst, this.#level + ((nowMs - this.#filledAtMs) / 1000) * ratePerSec);
    this.#filledAtMs = nowMs;
  }
}
