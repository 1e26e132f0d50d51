// Learns how the loudspeaker reaches the microphone and subtracts it: a partitioned frequency-domain Kalman filter (Enzner and Vary 2006).
import FFT from 'fft.js';

/** What of the library is used; complex numbers lie as pairs of real and imaginary part. */
interface FourierTransform {
  realTransform(spectrum: Float64Array, samples: Float64Array): void;
  inverseTransform(samples: Float64Array, spectrum: Float64Array): void;
  completeSpectrum(spectrum: Float64Array): void;
}

const FRAME = 480;
const TRANSFORM = 1024;
/** Up to 12 kHz: above it speech has next to nothing, and AEC3 takes care of the rest. */
const BINS = 257;
/** One for each 10 ms between the loudspeaker and the last echo. */
const PARTITIONS = 32;
const FRAME_SHARE = FRAME / TRANSFORM;
/** How much of the room is as it was a frame ago. WHY: nearer to 1 the filter is steadier in double talk, and slower when something moves. */
const PERSISTENCE = 0.9995;
/** What an unknown room is taken for: this much of the sound comes back at once, and 0.6 dB less with every partition. */
const FIRST_UNCERTAINTY = 0.03;
const UNCERTAINTY_DECAY_DB = 0.6;
const NEAR_SMOOTHING = 0.7;
/** Speech: 280 Hz to 4 kHz. */
const [SPEECH_FROM, SPEECH_TO] = [6, 86];
/** A sound of about -75 dBov in those bins: what is quieter is not worth telling apart. */
const UNHEARD = 0.008;
const SILENT_POWER = 1e-8;

/**
 * Each bin of each partition has a weight and a variance, "how wrong may this weight be". The step of learning is the share that this
 * uncertainty has in what is left over, so that near speech slows the learning down by itself and nobody must detect double talk.
 */
export class LinearEchoCanceller {
  readonly #transform: FourierTransform = new FFT(TRANSFORM);
  readonly #weights = new Float32Array(PARTITIONS * 2 * BINS);
  readonly #variances = new Float32Array(PARTITIONS * BINS);
  readonly #played = new Float32Array(PARTITIONS * 2 * BINS);
  readonly #recent = new Float64Array(TRANSFORM);
  readonly #time = new Float64Array(TRANSFORM);
  readonly #spectrum = new Float64Array(2 * TRANSFORM);
  readonly #estimate = new Float64Array(2 * TRANSFORM);
  readonly #echo = new Float64Array(2 * TRANSFORM);
  readonly #error = new Float64Array(2 * TRANSFORM);
  readonly #uncertainty = new Float64Array(BINS);
  readonly #near = new Float64Array(BINS);
  readonly #step = new Float64Array(BINS);
  #newest = 0;
  #silentFrames = PARTITIONS;
  #expectedPower = 0;
  #leftPower = 0;

  constructor() {
    for (let partition = 0; partition < PARTITIONS; partition++) this.#forget(partition);
  }

  /** Whether the last frame may still hold an echo that can be heard. */
  get expectsEcho(): boolean {
    return !this.#isIdle && this.#expectedPower > UNHEARD;
  }

  /**
   * How far what was left of the last frame stands out of the echo that the filter expects to leave. Near speech stands out by 10 dB and
   * more; Infinity when nothing was played.
   */
  get excessDb(): number {
    if (this.#isIdle) return Infinity;
    return 10 * Math.log10((this.#leftPower + 1e-9) / (this.#expectedPower + UNHEARD));
  }

  /** The next 10 ms of what is played. */
  addPlayed(frame: Float32Array): void {
    const recent = this.#recent;
    recent.copyWithin(0, FRAME);
    let power = 0;
    for (let i = 0; i < FRAME; i++) {
      const sample = frame[i] ?? 0;
      recent[TRANSFORM - FRAME + i] = sample;
      power += sample * sample;
    }
    this.#silentFrames = power > SILENT_POWER ? 0 : this.#silentFrames + 1;
    this.#transform.realTransform(this.#spectrum, recent);
    this.#newest = (this.#newest + PARTITIONS - 1) % PARTITIONS;
    this.#played.set(this.#spectrum.subarray(0, 2 * BINS), this.#newest * 2 * BINS);
  }

  /** Played sound now counts as this many frames newer (or, negative, older) than before: what was learnt moves along. */
  realign(frames: number): void {
    const shift = Math.max(-PARTITIONS, Math.min(PARTITIONS, frames));
    const [from, to] = shift > 0 ? [0, shift] : [-shift, 0];
    const kept = PARTITIONS - Math.abs(shift);
    this.#weights.copyWithin(to * 2 * BINS, from * 2 * BINS, (from + kept) * 2 * BINS);
    this.#variances.copyWithin(to * BINS, from * BINS, (from + kept) * BINS);
    for (let i = 0; i < Math.abs(shift); i++) this.#forget(shift > 0 ? i : kept + i);
  }

  /** Takes out of the captured frame what is known of the echo, in place. */
  process(frame: Float32Array): void {
    if (this.#isIdle) return;
    this.#predict();
    const time = this.#time;
    for (let i = 0; i < FRAME; i++) {
      // The first samples of a circular convolution are not of use: the frame is its end.
      const left = (frame[i] ?? 0) - (this.#echo[2 * (TRANSFORM - FRAME + i)] ?? 0);
      frame[i] = left;
      time[TRANSFORM - FRAME + i] = left;
    }
    this.#transform.realTransform(this.#error, time);
    this.#chooseSteps();
    for (let partition = 0; partition < PARTITIONS; partition++) this.#learn(partition);
  }

  get #isIdle(): boolean {
    return this.#silentFrames >= PARTITIONS;
  }

  #forget(partition: number): void {
    this.#weights.fill(0, partition * 2 * BINS, (partition + 1) * 2 * BINS);
    const variance = FIRST_UNCERTAINTY * 10 ** ((-UNCERTAINTY_DECAY_DB * partition) / 10);
    this.#variances.fill(variance, partition * BINS, (partition + 1) * BINS);
  }

  /** The echo of all partitions, and how uncertain it is. */
  #predict(): void {
    const [played, weights, variances] = [this.#played, this.#weights, this.#variances];
    const [estimate, uncertainty] = [this.#estimate.fill(0), this.#uncertainty.fill(0)];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      const playedAt = ((this.#newest + partition) % PARTITIONS) * 2 * BINS;
      const weightsAt = partition * 2 * BINS;
      const variancesAt = partition * BINS;
      for (let bin = 0; bin < BINS; bin++) {
        const [re, im] = [2 * bin, 2 * bin + 1];
        const xRe = played[playedAt + re] ?? 0;
        const xIm = played[playedAt + im] ?? 0;
        const wRe = weights[weightsAt + re] ?? 0;
        const wIm = weights[weightsAt + im] ?? 0;
        estimate[re] = (estimate[re] ?? 0) + xRe * wRe - xIm * wIm;
        estimate[im] = (estimate[im] ?? 0) + xRe * wIm + xIm * wRe;
        uncertainty[bin] = (uncertainty[bin] ?? 0) + (variances[variancesAt + bin] ?? 0) * (xRe * xRe + xIm * xIm);
      }
    }
    this.#transform.completeSpectrum(estimate);
    this.#transform.inverseTransform(this.#echo, estimate);
  }

  #chooseSteps(): void {
    const [error, near, uncertainty] = [this.#error, this.#near, this.#uncertainty];
    this.#leftPower = 0;
    this.#expectedPower = 0;
    for (let bin = 0; bin < BINS; bin++) {
      const power = (error[2 * bin] ?? 0) ** 2 + (error[2 * bin + 1] ?? 0) ** 2;
      const expected = FRAME_SHARE * (uncertainty[bin] ?? 0);
      const smoothed = NEAR_SMOOTHING * (near[bin] ?? 0) + (1 - NEAR_SMOOTHING) * power;
      near[bin] = smoothed;
      this.#step[bin] = 1 / (expected + smoothed + 1e-9);
      if (bin < SPEECH_FROM || bin >= SPEECH_TO) continue;
      this.#leftPower += power;
      this.#expectedPower += expected;
    }
  }

  #learn(partition: number): void {
    const [played, weights, variances, error, step] = [
      this.#played,
      this.#weights,
      this.#variances,
      this.#error,
      this.#step,
    ];
    const playedAt = ((this.#newest + partition) % PARTITIONS) * 2 * BINS;
    const weightsAt = partition * 2 * BINS;
    const variancesAt = partition * BINS;
    for (let bin = 0; bin < BINS; bin++) {
      const [re, im] = [2 * bin, 2 * bin + 1];
      const xRe = played[playedAt + re] ?? 0;
      const xIm = played[playedAt + im] ?? 0;
      const eRe = error[re] ?? 0;
      const eIm = error[im] ?? 0;
      const variance = variances[variancesAt + bin] ?? 0;
      const gain = variance * (step[bin] ?? 0);
      const wRe = PERSISTENCE * ((weights[weightsAt + re] ?? 0) + gain * (xRe * eRe + xIm * eIm));
      const wIm = PERSISTENCE * ((weights[weightsAt + im] ?? 0) + gain * (xRe * eIm - xIm * eRe));
      weights[weightsAt + re] = wRe;
      weights[weightsAt + im] = wIm;
      const known = 1 - FRAME_SHARE * gain * (xRe * xRe + xIm * xIm);
      variances[variancesAt + bin] =
        PERSISTENCE ** 2 * known * variance + (1 - PERSISTENCE ** 2) * (wRe * wRe + wIm * wIm);
    }
  }
}
