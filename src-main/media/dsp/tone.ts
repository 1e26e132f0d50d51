// Call progress tones and test signals. ITU-T E.180 (cadences), ITU-T O.9 (1004 Hz).
import { createMusic } from './music.ts';
import type { SignalGenerator } from './signal-generator.ts';

interface ToneShape {
  readonly frequenciesHz: readonly number[];
  /** Peak of each component, 1 is full scale. */
  readonly amplitude: number;
  /** Alternating on and off times; empty for an uninterrupted tone. */
  readonly cadenceMs: readonly number[];
  readonly isRepeated: boolean;
}

export type ToneSignal = 'ringBack' | 'busy' | 'congestion' | 'ring' | 'beep' | 'milliwatt' | 'music';

const SHAPES: Readonly<Record<Exclude<ToneSignal, 'music'>, ToneShape>> = {
  ringBack: { frequenciesHz: [425], amplitude: 0.12, cadenceMs: [1000, 4000], isRepeated: true },
  busy: { frequenciesHz: [425], amplitude: 0.12, cadenceMs: [500, 500], isRepeated: true },
  congestion: { frequenciesHz: [425], amplitude: 0.12, cadenceMs: [250, 250], isRepeated: true },
  ring: { frequenciesHz: [660, 880], amplitude: 0.2, cadenceMs: [400, 200, 400, 2000], isRepeated: true },
  beep: { frequenciesHz: [1000], amplitude: 0.25, cadenceMs: [400, 100], isRepeated: false },
  // 0 dBm0 where a sine at full scale is +3.17 dBm0, as in µ-law: -6.2 dBov.
  milliwatt: { frequenciesHz: [1004], amplitude: 0.694, cadenceMs: [], isRepeated: true },
};

/** Edges are ramped over this time so that they do not click. */
const RAMP_MS = 4;

class Tone implements SignalGenerator {
  readonly #shape: ToneShape;
  readonly #rateHz: number;
  readonly #totalMs: number;
  #position = 0;

  constructor(shape: ToneShape, sampleRateHz: number) {
    this.#shape = shape;
    this.#rateHz = sampleRateHz;
    this.#totalMs = shape.cadenceMs.reduce((sum, ms) => sum + ms, 0);
  }

  fill(output: Int16Array): boolean {
    const { amplitude, frequenciesHz, isRepeated } = this.#shape;
    const turn = (2 * Math.PI) / this.#rateHz;
    for (let i = 0; i < output.length; i++, this.#position++) {
      const gain = this.#gainAt((this.#position * 1000) / this.#rateHz) * amplitude * 32_767;
      let sum = 0;
      if (gain > 0) for (const frequencyHz of frequenciesHz) sum += Math.sin(turn * frequencyHz * this.#position);
      output[i] = Math.round(sum * gain);
    }
    return isRepeated || (this.#position * 1000) / this.#rateHz < this.#totalMs;
  }

  /** 1 inside an on time, 0 in an off time, between at the edges. */
  #gainAt(atMs: number): number {
    if (this.#totalMs === 0) return 1;
    if (!this.#shape.isRepeated && atMs >= this.#totalMs) return 0;
    let restMs = atMs % this.#totalMs;
    for (const [index, lengthMs] of this.#shape.cadenceMs.entries()) {
      if (restMs < lengthMs) return index % 2 === 1 ? 0 : Math.min(1, restMs / RAMP_MS, (lengthMs - restMs) / RAMP_MS);
      restMs -= lengthMs;
    }
    return 0;
  }
}

/** The named signal from its beginning. */
export const createTone = (name: ToneSignal, sampleRateHz: number): SignalGenerator =>
  name === 'music' ? createMusic(sampleRateHz) : new Tone(SHAPES[name], sampleRateHz);
