// Follows how late packets are against the fastest of late: a histogram of arrival that forgets, and peaks that come back.
import { DelayPeaks } from './delay-peaks.ts';

/** Bins of one millisecond on a ring; a power of two. */
const BINS = 512;
/** Later than this against the fastest counts as just so late. */
const MAX_LATENESS_MS = 440;
/** Places of the ring that lie before the fastest: what was there is about to be forgotten. */
const BEFORE_FASTEST = 460;
/** What a packet weighs against the one after it: about 140 packets are remembered. */
const FORGETTING = 0.993;
/** Weights grow from packet to packet instead of all bins shrinking; here they are scaled back. */
const MAX_WEIGHT = 1e9;
/** The fastest of so many spans counts, and the latest but one: about four and eight seconds together. */
const FAST_SPANS = 8;
const LATE_SPANS = 16;
const SPAN_MS = 500;
/** Those beyond the percentile are waited for where they are not later than this against it. */
const TAIL_MS = 10;
/** The first packets show less than those that follow: by this share of the spread, divided by their count. */
const UNSEEN = 2;
/** The percentile is computed anew after so many packets, or when a packet is later than it. */
const STRIDE = 4;
/** So much later than the percentile is a peak. */
const PEAK_MS = 12;

/** Delays are milliseconds of arrival minus media time, with any origin that stays the same. */
export class DelayEstimator {
  readonly #share: number;
  /** For what is later than the percentile: none at 95, as much as was measured best at 97, twice that at 99. */
  readonly #patience: number;
  readonly #weights = new Float64Array(BINS);
  readonly #fastest = new Float64Array(FAST_SPANS).fill(Infinity);
  /** Delays, not latenesses: the fastest may change. */
  readonly #latest = new Float64Array(LATE_SPANS).fill(-Infinity);
  readonly #peaks = new DelayPeaks();
  #weight = 1;
  #total = 0;
  #count = 0;
  #span = 0;
  #spanEndsMs = 0;
  #fastestMs = 0;
  #latestMs = 0;
  #percentileMs = 0;
  #peakMs = 0;

  /** `percentile` of the packets are to be in time, 95 to 99. */
  constructor(percentile = 97) {
    const bounded = Math.min(99, Math.max(95, percentile));
    this.#share = 1 - bounded / 100;
    this.#patience = (bounded - 95) / 2;
  }

  /** Smallest delay of late. */
  get fastestMs(): number {
    return this.#fastestMs;
  }

  /** How much later than the fastest a packet may be expected. */
  get spreadMs(): number {
    // WHY: where jitter has an end, a little more delay saves every packet; where it has none, no delay would.
    const beyondMs = Math.max(0, this.#latestMs - this.#fastestMs - this.#percentileMs);
    const tailMs = Math.min(TAIL_MS * this.#patience, beyondMs);
    const unseenMs = this.#count === 0 ? 0 : Math.min(TAIL_MS, (UNSEEN * this.#percentileMs) / this.#count);
    return Math.max(this.#percentileMs + tailMs + unseenMs, this.#peakMs * Math.min(1, this.#patience));
  }

  add(delayMs: number, nowMs: number): void {
    this.#followExtremes(delayMs, nowMs);
    const latenessMs = Math.min(MAX_LATENESS_MS, delayMs - this.#fastestMs);
    const bin = Math.floor(this.#fastestMs + latenessMs) & (BINS - 1);
    this.#weights[bin] = (this.#weights[bin] ?? 0) + this.#weight;
    this.#total += this.#weight;
    this.#weight /= FORGETTING;
    this.#count++;
    if (this.#weight > MAX_WEIGHT) this.#scaleBack();
    // Only what stands out of a stream that is known already is a peak.
    if (this.#count > 50 && latenessMs > this.#percentileMs + PEAK_MS) this.#peaks.add(latenessMs, nowMs);
    if (latenessMs > this.#percentileMs || this.#count % STRIDE === 0) this.#measure(nowMs);
  }

  reset(): void {
    this.#weights.fill(0);
    this.#fastest.fill(Infinity);
    this.#latest.fill(-Infinity);
    this.#peaks.clear();
    this.#weight = 1;
    this.#total = this.#count = this.#span = this.#spanEndsMs = 0;
    this.#fastestMs = this.#latestMs = this.#percentileMs = this.#peakMs = 0;
  }

  /** WHY: a clock that drifts moves the fastest too, so only the latest seconds may say what is fast. */
  #followExtremes(delayMs: number, nowMs: number): void {
    const isNewSpan = this.#count === 0 || nowMs >= this.#spanEndsMs;
    if (isNewSpan) {
      this.#span++;
      this.#spanEndsMs = nowMs + SPAN_MS;
    }
    const fast = this.#span % FAST_SPANS;
    const late = this.#span % LATE_SPANS;
    this.#fastest[fast] = Math.min(delayMs, isNewSpan ? Infinity : (this.#fastest[fast] ?? Infinity));
    this.#latest[late] = Math.max(delayMs, isNewSpan ? -Infinity : (this.#latest[late] ?? -Infinity));
    this.#fastestMs = Math.min(...this.#fastest);
    this.#latestMs = secondLargest(this.#latest);
  }

  #measure(nowMs: number): void {
    const first = Math.floor(this.#fastestMs);
    let later = this.#total * this.#share;
    let lateness = BEFORE_FASTEST;
    while (lateness > 0) {
      later -= this.#weights[(first + lateness) & (BINS - 1)] ?? 0;
      if (later < 0) break;
      lateness--;
    }
    this.#percentileMs = lateness;
    this.#peakMs = this.#peaks.heightMs(nowMs);
  }

  #scaleBack(): void {
    for (let i = 0; i < BINS; i++) this.#weights[i] = (this.#weights[i] ?? 0) / this.#weight;
    this.#total /= this.#weight;
    this.#weight = 1;
  }
}

/** WHY: what was so late in one span only may be the only one of the call. */
function secondLargest(values: Float64Array): number {
  let [largest, second] = [-Infinity, -Infinity];
  for (const value of values) {
    second = Math.max(second, Math.min(largest, value));
    largest = Math.max(largest, value);
  }
  return second;
}
