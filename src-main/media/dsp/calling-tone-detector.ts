// Hears that a machine calls: the calling tone of a fax (1100 Hz, ITU-T T.30 §4.2), of a modem (1300 Hz, ITU-T V.25) or its answer (2100 Hz).
import { toneCoefficient, tonePower } from './goertzel.ts';
import { energyOf } from './level.ts';

const TONES_HZ = [1100, 1300, 2100];
/** A tone of the right frequency carries this share of its frame, one that is 50 Hz off does not. */
const LEAST_SHARE = 0.5;
/** Mean square of -45 dBov. */
const LEAST_POWER = 32_768 ** 2 * 10 ** (-45 / 10);
/** T.30: the tone of a fax lasts 0.5 s and 15 % less at the least. */
const FRAMES_TO_BELIEVE = 40;
/** A lost packet. */
const FRAMES_OF_HOLE = 3;

/** Takes frames of 10 ms. */
export class CallingToneDetector {
  #coefficients: readonly number[] = [];
  #rateHz = 0;
  readonly #hits = TONES_HZ.map(() => 0);
  readonly #misses = TONES_HZ.map(() => 0);

  /** Whether the tone has lasted long enough with this frame. */
  hears(frame: Int16Array, rateHz: number): boolean {
    if (this.#rateHz !== rateHz) {
      this.#rateHz = rateHz;
      this.#coefficients = TONES_HZ.map((hz) => toneCoefficient(hz, rateHz));
    }
    const power = energyOf(frame) / Math.max(1, frame.length);
    let isHeard = false;
    this.#coefficients.forEach((coefficient, tone) => {
      const isTone = power >= LEAST_POWER && tonePower(frame, coefficient) >= LEAST_SHARE * power;
      isHeard = this.#count(tone, isTone) || isHeard;
    });
    return isHeard;
  }

  #count(tone: number, isTone: boolean): boolean {
    const misses = isTone ? 0 : (this.#misses[tone] ?? 0) + 1;
    const before = misses > FRAMES_OF_HOLE ? 0 : (this.#hits[tone] ?? 0);
    const hits = before + (isTone ? 1 : 0);
    this.#misses[tone] = misses;
    this.#hits[tone] = hits;
    return hits >= FRAMES_TO_BELIEVE;
  }
}
