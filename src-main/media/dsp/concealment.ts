// Concealment for codecs without their own: the last pitch periods go on, then fade. After ITU-T G.711 Appendix I.

/** Lowest and highest pitch that is looked for. */
const LOWEST_PITCH_HZ = 66;
const HIGHEST_PITCH_HZ = 200;
/** The similarity is measured over this much of the past. */
const WINDOW_MS = 20;
/** How long the invented sound stays at full level, when only a murmur is left of it, and when it is gone. */
const HOLD_MS = 10;
const FADE_MS = 60;
const MURMUR_GAIN = 0.25;
const GONE_MS = 120;
/** After so much loss one period more takes part, so that the repetition does not buzz; three at most. */
const PERIOD_MORE_MS = 10;
const MAX_PERIODS = 3;
/** The first good frame is blended in over this, and more after a longer loss. */
const OVERLAP_MS = 4;
const MAX_OVERLAP_MS = 10;

/** WHY: a hole in a word is worse than a murmur, so after the standard's fade a little stays for as long again. */
function gainAfter(lostMs: number): number {
  if (lostMs <= HOLD_MS) return 1;
  if (lostMs <= FADE_MS) return 1 - ((1 - MURMUR_GAIN) * (lostMs - HOLD_MS)) / (FADE_MS - HOLD_MS);
  return (MURMUR_GAIN * (GONE_MS - lostMs)) / (GONE_MS - FADE_MS);
}

/** Remembers what was played, and invents what was lost. */
export class Concealment {
  readonly #rateHz: number;
  /** The last samples played, oldest first. */
  readonly #history: Int16Array;
  /** What is repeated: up to three periods whose end leads into their beginning. */
  readonly #loop: Int16Array;
  #loopLength = 0;
  #period = 0;
  #periods = 0;
  #phase = 0;
  #lostSamples = 0;
  #output = new Int16Array(0);

  constructor(sampleRateHz: number) {
    this.#rateHz = sampleRateHz;
    const longest = Math.ceil(sampleRateHz / LOWEST_PITCH_HZ);
    this.#history = new Int16Array(longest * (MAX_PERIODS + 1));
    this.#loop = new Int16Array(longest * MAX_PERIODS);
  }

  /** How much in a row was invented so far. */
  get concealedMs(): number {
    return (this.#lostSamples * 1000) / this.#rateHz;
  }

  /** Takes a good frame; the first after a loss is blended in place with what would have followed. */
  receive(frame: Int16Array): void {
    if (this.#lostSamples > 0) this.#blend(frame);
    this.#lostSamples = 0;
    this.#remember(frame);
  }

  /** `count` samples in the place of lost ones; the view is valid until the next call. */
  conceal(count: number): Int16Array {
    if (this.#output.length < count) this.#output = new Int16Array(count);
    if (this.#lostSamples === 0) {
      this.#period = this.#findPeriod();
      this.#periods = 0;
      this.#phase = 0;
    }
    const output = this.#output.subarray(0, count);
    for (let i = 0; i < count; i++) output[i] = this.#next();
    return output;
  }

  #next(): number {
    const lostMs = (this.#lostSamples * 1000) / this.#rateHz;
    this.#lostSamples++;
    if (lostMs >= GONE_MS) return 0;
    this.#usePeriods(Math.min(MAX_PERIODS, 1 + Math.floor(lostMs / PERIOD_MORE_MS)));
    const sample = this.#loop[this.#phase] ?? 0;
    this.#phase = (this.#phase + 1) % this.#loopLength;
    return Math.round(sample * gainAfter(lostMs));
  }

  /** The last `count` periods become what is repeated; the phase within the period stays. */
  #usePeriods(count: number): void {
    if (count === this.#periods || this.#phase % this.#period !== 0) return;
    const { length } = this.#history;
    const first = length - this.#period * count;
    this.#loopLength = this.#period * count;
    this.#loop.set(this.#history.subarray(first, length));
    // G.711 Appendix I.2.3: the last quarter of a period leads over to what came before the first, so that it joins.
    const quarter = Math.max(1, this.#period >> 2);
    for (let i = 0; i < quarter; i++) {
      const share = (i + 1) / (quarter + 1);
      const at = this.#loopLength - quarter + i;
      const before = this.#history[first - quarter + i] ?? 0;
      this.#loop[at] = Math.round((this.#loop[at] ?? 0) * (1 - share) + before * share);
    }
    this.#periods = count;
    this.#phase = 0;
  }

  #blend(frame: Int16Array): void {
    const overlapMs = Math.min(MAX_OVERLAP_MS, OVERLAP_MS + Math.max(0, this.concealedMs - PERIOD_MORE_MS) * 0.4);
    const count = Math.min(frame.length, Math.round((this.#rateHz * overlapMs) / 1000));
    for (let i = 0; i < count; i++) {
      const share = (i + 1) / (count + 1);
      frame[i] = (frame[i] ?? 0) * share + this.#next() * (1 - share);
    }
  }

  #remember(frame: Int16Array): void {
    const history = this.#history;
    if (frame.length >= history.length) {
      history.set(frame.subarray(frame.length - history.length));
      return;
    }
    history.copyWithin(0, frame.length);
    history.set(frame, history.length - frame.length);
  }

  /** The lag at which the recent past resembles itself most, to the sample. */
  #findPeriod(): number {
    const least = Math.floor(this.#rateHz / HIGHEST_PITCH_HZ);
    const most = Math.floor(this.#rateHz / LOWEST_PITCH_HZ);
    // WHY: at 16 and 48 kHz every second or sixth lag finds the place, and the search stays short.
    const stride = Math.max(1, Math.round(this.#rateHz / 8000));
    const coarse = this.#bestLag(least, most, stride);
    return stride === 1 ? coarse : this.#bestLag(Math.max(least, coarse - stride), Math.min(most, coarse + stride), 1);
  }

  #bestLag(least: number, most: number, step: number): number {
    let best = least;
    let bestScore = -Infinity;
    for (let lag = least; lag <= most; lag += step) {
      const score = this.#similarity(lag);
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
    }
    return best;
  }

  /** Normalised correlation of the last 20 ms with those `lag` earlier. */
  #similarity(lag: number): number {
    const history = this.#history;
    const stride = Math.max(1, Math.round(this.#rateHz / 8000));
    let product = 0;
    let energy = 1;
    for (let i = history.length - Math.round((this.#rateHz * WINDOW_MS) / 1000); i < history.length; i += stride) {
      const earlier = history[i - lag] ?? 0;
      product += (history[i] ?? 0) * earlier;
      energy += earlier * earlier;
    }
    return product / Math.sqrt(energy);
  }
}
