// Describes a background for who is to make it anew: its level and the shape of its spectrum. RFC 3389 §3.
import { levelDbov } from './level.ts';

/** As many coefficients as make a difference to be heard at 8 kHz. */
const ORDER = 6;
/** Longest memory that a description is made of. */
const WINDOW_MS = 80;
/** A little white noise keeps the coefficients of a pure tone or of nothing within bounds. */
const WHITE_SHARE = 1.001;

/** Collects the latest sound and describes it on demand. */
export class NoiseDescriber {
  readonly #samples: Int16Array;
  #at = 0;
  #count = 0;

  constructor(sampleRateHz: number) {
    this.#samples = new Int16Array((sampleRateHz * WINDOW_MS) / 1000);
  }

  add(frame: Int16Array): void {
    for (const sample of frame) {
      this.#samples[this.#at] = sample;
      this.#at = (this.#at + 1) % this.#samples.length;
    }
    this.#count = Math.min(this.#samples.length, this.#count + frame.length);
  }

  /** RFC 3389 §3.1, §3.2: the level in -dBov, then the reflection coefficients. */
  describe(): Uint8Array {
    const samples = this.#ordered();
    const level = Math.max(0, Math.min(127, Math.round(-levelDbov(samples))));
    const coefficients = reflectionCoefficients(samples, ORDER);
    return Uint8Array.of(level, ...coefficients.map((k) => Math.max(0, Math.min(254, Math.round(k * 127) + 127))));
  }

  #ordered(): Int16Array {
    if (this.#count < this.#samples.length) return this.#samples.subarray(0, this.#count);
    const ordered = new Int16Array(this.#samples.length);
    ordered.set(this.#samples.subarray(this.#at));
    ordered.set(this.#samples.subarray(0, this.#at), this.#samples.length - this.#at);
    return ordered;
  }
}

/** By the recursion of Levinson and Durbin, each within -1 and 1. */
function reflectionCoefficients(samples: Int16Array, order: number): readonly number[] {
  const correlation = Array.from({ length: order + 1 }, (_, lag) => {
    let sum = 0;
    for (let i = lag; i < samples.length; i++) sum += (samples[i] ?? 0) * (samples[i - lag] ?? 0);
    return sum;
  });
  let error = (correlation[0] ?? 0) * WHITE_SHARE;
  let predictor: number[] = [];
  const reflections: number[] = [];
  for (let i = 1; i <= order; i++) {
    let sum = correlation[i] ?? 0;
    for (const [j, a] of predictor.entries()) sum += a * (correlation[i - 1 - j] ?? 0);
    const k = error <= 0 ? 0 : -sum / error;
    reflections.push(k);
    predictor = [...predictor.map((a, j) => a + k * (predictor[i - 2 - j] ?? 0)), k];
    error *= 1 - k * k;
  }
  return reflections;
}
