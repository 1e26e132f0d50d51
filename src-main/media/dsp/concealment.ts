// Concealment for codecs without their own: the last pitch period goes on, towards what comes after when that is there. After ITU-T G.711 Appendix I.
import { joinLoop, loopedAt, pitchLag, SampleHistory } from './pitch.ts';

/** How long the invented sound stays at full level, how fast it fades then, and when the rest of it goes. */
const HOLD_MS = 15;
const FADE_DB_PER_MS = 0.1;
const VANISH_MS = 200;
/** From then on nothing is left of it. */
export const GONE_MS = 280;
/** WHY: the last period alone is nearest to what was lost; only where it would begin to buzz do more of them take part. */
const ONE_PERIOD_MS = 40;
const PERIOD_MORE_MS = 20;
const MAX_PERIODS = 3;
/** The first good frame is blended in over this, and more after a longer loss. */
const OVERLAP_MS = 4;
const MAX_OVERLAP_MS = 10;
const LOSS_OF_LEAST_OVERLAP_MS = 10;
/** Levels are compared over this, and what a decoder invented is changed by no more. */
const LEVEL_MS = 10;
const MOST_GAIN = 6;

/** WHY: a hole in a word is worse than a murmur, so the fade is slower than the standard's, down to a tenth and then away. */
function gainAfter(lostMs: number): number {
  if (lostMs <= HOLD_MS) return 1;
  const faded = 10 ** ((-FADE_DB_PER_MS * (lostMs - HOLD_MS)) / 20);
  if (lostMs <= VANISH_MS) return faded;
  return Math.max(0, (faded * (GONE_MS - lostMs)) / (GONE_MS - VANISH_MS));
}

/** Of silence a little, so that it may divide. */
const meanSquare = (samples: Int16Array): number =>
  samples.reduce((sum, sample) => sum + sample * sample, 1) / Math.max(1, samples.length);

/** Remembers what was played, and invents what was lost. */
export class Concealment {
  readonly #rateHz: number;
  readonly #history: SampleHistory;
  /** What is repeated: up to three periods whose end leads into their beginning. */
  #loop: Int16Array = new Int16Array(0);
  #period = 0;
  #periods = 0;
  #phase = 0;
  #lostSamples = 0;
  #output = new Int16Array(0);

  constructor(sampleRateHz: number) {
    this.#rateHz = sampleRateHz;
    this.#history = new SampleHistory(sampleRateHz, MAX_PERIODS + 1);
  }

  /** How much in a row was invented so far. */
  get concealedMs(): number {
    return (this.#lostSamples * 1000) / this.#rateHz;
  }

  /** Takes a good frame; the first after a loss is blended in place with what would have followed. */
  receive(frame: Int16Array): void {
    if (this.#lostSamples > 0) this.#blend(frame);
    this.#lostSamples = 0;
    this.#history.add(frame);
  }

  /** `count` samples in the place of lost ones, leading over to `next` when that is known; the view is valid until the next call. */
  conceal(count: number, next?: Int16Array): Int16Array {
    if (this.#output.length < count) this.#output = new Int16Array(count);
    if (this.#lostSamples === 0) {
      this.#period = pitchLag(this.#history.samples, this.#rateHz, 'end');
      this.#periods = 0;
      this.#phase = 0;
    }
    const output = this.#output.subarray(0, count);
    for (let i = 0; i < count; i++) output[i] = this.#next();
    if (next) this.#leadTo(next, output);
    return output;
  }

  /**
   * Takes what a decoder invented before `next`, and makes it in place end as loud as that begins. WHY: decoders fade what they
   * invent because they do not know what comes; in the middle of a word that is a hole.
   */
  receiveInvented(samples: Int16Array, next: Int16Array): void {
    const count = Math.min(next.length, samples.length, Math.round((this.#rateHz * LEVEL_MS) / 1000));
    const ratio = meanSquare(next.subarray(0, count)) / meanSquare(samples.subarray(samples.length - count));
    const gain = Math.min(MOST_GAIN, Math.max(1 / MOST_GAIN, Math.sqrt(ratio)));
    const step = gain ** (1 / samples.length);
    for (let i = 0, factor = step; i < samples.length; i++, factor *= step)
      samples[i] = Math.max(-32_768, Math.min(32_767, Math.round((samples[i] ?? 0) * factor)));
    this.receive(samples);
  }

  #next(): number {
    const lostMs = this.concealedMs;
    this.#lostSamples++;
    if (lostMs >= GONE_MS) return 0;
    const more = lostMs < ONE_PERIOD_MS ? 0 : 1 + Math.floor((lostMs - ONE_PERIOD_MS) / PERIOD_MORE_MS);
    this.#usePeriods(Math.min(MAX_PERIODS, 1 + more));
    const sample = this.#loop[this.#phase] ?? 0;
    this.#phase = (this.#phase + 1) % this.#loop.length;
    return Math.round(sample * gainAfter(lostMs));
  }

  /** The last `count` periods become what is repeated; the phase within the period stays. */
  #usePeriods(count: number): void {
    if (count === this.#periods || this.#phase % this.#period !== 0) return;
    this.#loop = joinLoop(this.#history.samples, this.#period, count);
    this.#periods = count;
    this.#phase = 0;
  }

  /** What lies between two good packets grows out of the one before and into the one after. */
  #leadTo(next: Int16Array, output: Int16Array): void {
    const count = output.length;
    const period = pitchLag(next, this.#rateHz, 'beginning');
    for (let i = 0; i < count; i++) {
      const share = (i + 1) / (count + 1);
      const before = loopedAt(next, i - count, period);
      output[i] = Math.round((output[i] ?? 0) * (1 - share) + before * share);
    }
    // It joins as it is: nothing has to be blended.
    this.#history.add(output);
    this.#lostSamples = 0;
  }

  #blend(frame: Int16Array): void {
    const moreMs = Math.max(0, this.concealedMs - LOSS_OF_LEAST_OVERLAP_MS) * 0.4;
    const overlapMs = Math.min(MAX_OVERLAP_MS, OVERLAP_MS + moreMs);
    const count = Math.min(frame.length, Math.round((this.#rateHz * overlapMs) / 1000));
    for (let i = 0; i < count; i++) {
      const share = (i + 1) / (count + 1);
      frame[i] = (frame[i] ?? 0) * share + this.#next() * (1 - share);
    }
  }
}
