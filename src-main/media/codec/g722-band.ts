// Adaptive predictor and scale factor of one G.722 sub-band, the same in encoder and decoder. ITU-T G.722 §3.5, §3.6.
import { LOG_TO_LINEAR } from './g722-tables.ts';

export const saturate = (value: number): number => (value > 32_767 ? 32_767 : value < -32_768 ? -32_768 : value);

const clamp = (value: number, limit: number): number => (value > limit ? limit : value < -limit ? -limit : value);

const isNegative = (value: number): boolean => value < 0;

/** One sub-band: two poles, six zeros and a logarithmic step size. */
export class G722Band {
  /** What the predictor expects next. */
  prediction = 0;
  /** Step size of the quantizer. */
  scale: number;

  readonly #logLimit: number;
  readonly #logShift: number;
  #zeroPrediction = 0;
  #logScale = 0;
  /** Pole coefficients and the last two reconstructed and partially reconstructed samples. */
  #pole1 = 0;
  #pole2 = 0;
  #reconstructed1 = 0;
  #reconstructed2 = 0;
  #partial1 = 0;
  #partial2 = 0;
  readonly #zeros = new Int32Array(6);
  readonly #differences = new Int32Array(6);

  constructor(band: 'low' | 'high') {
    this.scale = band === 'low' ? 32 : 8;
    this.#logLimit = band === 'low' ? 18_432 : 22_528;
    this.#logShift = band === 'low' ? 8 : 10;
  }

  /** Follows one quantized `difference`; `scaleStep` is the step that its code chose. */
  adapt(difference: number, scaleStep: number): void {
    this.#adaptScale(scaleStep);
    this.#adaptPredictor(difference);
  }

  #adaptScale(scaleStep: number): void {
    const next = ((this.#logScale * 127) >> 7) + scaleStep;
    this.#logScale = next < 0 ? 0 : Math.min(next, this.#logLimit);
    const mantissa = LOG_TO_LINEAR[(this.#logScale >> 6) & 31] ?? 0;
    const shift = this.#logShift - (this.#logScale >> 11);
    this.scale = (shift < 0 ? mantissa << -shift : mantissa >> shift) << 2;
  }

  #adaptPredictor(difference: number): void {
    const reconstructed = saturate(this.prediction + difference);
    const partial = saturate(this.#zeroPrediction + difference);
    this.#adaptPoles(partial);
    this.#adaptZeros(difference);
    this.#reconstructed2 = this.#reconstructed1;
    this.#reconstructed1 = reconstructed;
    this.#partial2 = this.#partial1;
    this.#partial1 = partial;
    const pole1 = (this.#pole1 * saturate(this.#reconstructed1 * 2)) >> 15;
    const pole2 = (this.#pole2 * saturate(this.#reconstructed2 * 2)) >> 15;
    this.prediction = saturate(saturate(pole1 + pole2) + this.#zeroPrediction);
  }

  #adaptPoles(partial: number): void {
    const agrees1 = isNegative(partial) === isNegative(this.#partial1);
    const agrees2 = isNegative(partial) === isNegative(this.#partial2);
    const quadruple = saturate(this.#pole1 * 4);
    const pull = Math.min(agrees1 ? -quadruple : quadruple, 32_767) >> 7;
    const pole2 = clamp((agrees2 ? 128 : -128) + pull + ((this.#pole2 * 32_512) >> 15), 12_288);
    const pole1 = saturate((agrees1 ? 192 : -192) + ((this.#pole1 * 32_640) >> 15));
    this.#pole1 = clamp(pole1, saturate(15_360 - pole2));
    this.#pole2 = pole2;
  }

  #adaptZeros(difference: number): void {
    const step = difference === 0 ? 0 : 128;
    const isDown = isNegative(difference);
    let sum = 0;
    let newer = difference;
    for (let i = 0; i < 6; i++) {
      const older = this.#differences[i] ?? 0;
      const towards = isNegative(older) === isDown ? step : -step;
      const zero = saturate(towards + (((this.#zeros[i] ?? 0) * 32_640) >> 15));
      this.#zeros[i] = zero;
      this.#differences[i] = newer;
      sum += (zero * saturate(newer * 2)) >> 15;
      newer = older;
    }
    this.#zeroPrediction = saturate(sum);
  }
}
