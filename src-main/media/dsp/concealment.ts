// Concealment for codecs without their own: the last pitch period goes on, then fades. After the idea of ITU-T G.711 Appendix I.

/** Lowest and highest pitch that is looked for. */
const LOWEST_PITCH_HZ = 66;
const HIGHEST_PITCH_HZ = 200;
/** How long the repeated period stays at full level, and when it is gone. */
const HOLD_MS = 10;
const FADE_MS = 60;
const OVERLAP_MS = 4;

/** Remembers what was played, and invents what was lost. */
export class Concealment {
  readonly #rateHz: number;
  /** The last samples played, oldest first. */
  readonly #history: Int16Array;
  #period = 0;
  #phase = 0;
  #lostSamples = 0;
  #output = new Int16Array(0);

  constructor(sampleRateHz: number) {
    this.#rateHz = sampleRateHz;
    this.#history = new Int16Array(Math.ceil((sampleRateHz / LOWEST_PITCH_HZ) * 3));
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
      this.#phase = 0;
    }
    const output = this.#output.subarray(0, count);
    for (let i = 0; i < count; i++) output[i] = this.#next();
    return output;
  }

  #next(): number {
    const lostMs = (this.#lostSamples * 1000) / this.#rateHz;
    this.#lostSamples++;
    if (lostMs >= FADE_MS) return 0;
    const gain = lostMs <= HOLD_MS ? 1 : (FADE_MS - lostMs) / (FADE_MS - HOLD_MS);
    const from = this.#history.length - this.#period + this.#phase;
    this.#phase = (this.#phase + 1) % this.#period;
    return (this.#history[from] ?? 0) * gain;
  }

  #blend(frame: Int16Array): void {
    const count = Math.min(frame.length, Math.round((this.#rateHz * OVERLAP_MS) / 1000));
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

  /** The lag at which the recent past resembles itself most. */
  #findPeriod(): number {
    const least = Math.floor(this.#rateHz / HIGHEST_PITCH_HZ);
    const most = Math.floor(this.#rateHz / LOWEST_PITCH_HZ);
    // WHY: at 16 and 48 kHz every second or sixth lag is precise enough and keeps the search short.
    const stride = Math.max(1, Math.round(this.#rateHz / 8000));
    let best = least;
    let bestScore = -Infinity;
    for (let lag = least; lag <= most; lag += stride) {
      const score = this.#similarity(lag, most, stride);
      if (score > bestScore) {
        bestScore = score;
        best = lag;
      }
    }
    return best;
  }

  /** Normalised correlation of the last `window` samples with those `lag` earlier. */
  #similarity(lag: number, window: number, stride: number): number {
    const history = this.#history;
    let product = 0;
    let energy = 1;
    for (let i = history.length - window; i < history.length; i += stride) {
      const earlier = history[i - lag] ?? 0;
      product += (history[i] ?? 0) * earlier;
      energy += earlier * earlier;
    }
    return product / Math.sqrt(energy);
  }
}
