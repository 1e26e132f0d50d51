// Remembers sudden heights of delay that come back (a Wi-Fi scan, a burst on a mobile line), which a percentile forgets.

/** A peak that came twice within this time is expected again for as long. */
const MEMORY_MS = 10_000;
/** Packets of one burst are one peak. */
const SAME_PEAK_MS = 500;
const MAX_PEAKS = 8;

interface Peak {
  heightMs: number;
  atMs: number;
}

/** The latest peaks of one stream, no more than eight. */
export class DelayPeaks {
  readonly #peaks: Peak[] = [];
  #latestMs = 0;

  add(heightMs: number, nowMs: number): void {
    const last = this.#peaks.at(-1);
    if (last && nowMs - this.#latestMs < SAME_PEAK_MS) {
      last.heightMs = Math.max(last.heightMs, heightMs);
    } else {
      this.#peaks.push({ heightMs, atMs: nowMs });
      if (this.#peaks.length > MAX_PEAKS) this.#peaks.shift();
    }
    this.#latestMs = nowMs;
  }

  /** How high the next peak will probably be; 0 when none is expected. */
  heightMs(nowMs: number): number {
    while (this.#peaks.length > 0 && nowMs - (this.#peaks[0]?.atMs ?? 0) > MEMORY_MS) this.#peaks.shift();
    // A single peak may be the only one of the call: waiting for another would cost delay for nothing.
    if (this.#peaks.length < 2) return 0;
    return this.#peaks.reduce((highest, { heightMs }) => Math.max(highest, heightMs), 0);
  }

  clear(): void {
    this.#peaks.length = 0;
  }
}
