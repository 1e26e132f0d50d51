// Hears digits in sound, and nothing but digits. ITU-T Q.24: level, twist, duration, pause, talk-off.
import { COLUMNS_HZ, digitAt, ROWS_HZ } from './digit-pairs.ts';
import { toneCoefficient, tonePower } from './goertzel.ts';

const WINDOW_SEC = 0.015;
const HOPS_PER_SEC = 200;
/** The two tones must carry this share of all energy; with 1.5 % off in frequency 0.74 is left of a clean digit. */
const LEAST_SHARE = 0.6;
/** Each tone must reach -40 dBov; Q.24 asks for -29 dBm0, which is -35 dBov. */
const LEAST_POWER = 32_768 ** 2 * 10 ** (-40 / 10);
/** Q.24: the high tone may be 4 dB above and 8 dB below the low one; 2 dB more for what codecs do. */
const MOST_OVER = 10 ** (6 / 10);
const MOST_UNDER = 10 ** (10 / 10);
/** The best of a group must stand out by 6 dB. */
const LEAST_LEAD = 4;
/** Hops with the same digit: tones of 40 ms give 7 or more, tones of 23 ms at most 5. */
const HOPS_TO_PRESS = 6;
/** Hops without it until the same digit counts again: a lost packet of 20 ms gives at most 5. */
const HOPS_TO_RELEASE = 7;
/** A hole of so many hops within a digit, as a lost packet makes, is bridged. */
const HOPS_OF_HOLE = 5;

interface Strongest {
  readonly index: number;
  readonly power: number;
}

/** Takes a stream in frames of any size; tells each digit once. */
export class DigitDetector {
  readonly #window: Float64Array;
  readonly #hopSamples: number;
  readonly #rows: readonly number[];
  readonly #columns: readonly number[];
  #filled: number;
  #candidate: string | undefined;
  #hits = 0;
  #hole = 0;
  #pressed: string | undefined;
  #misses = 0;

  constructor(rateHz: number) {
    this.#window = new Float64Array(Math.round(rateHz * WINDOW_SEC));
    this.#hopSamples = Math.round(rateHz / HOPS_PER_SEC);
    this.#filled = this.#window.length - this.#hopSamples;
    this.#rows = ROWS_HZ.map((hz) => toneCoefficient(hz, rateHz));
    this.#columns = COLUMNS_HZ.map((hz) => toneCoefficient(hz, rateHz));
  }

  /** Adds sound; the digit that became certain in it, at most one per 40 ms. */
  add(frame: Int16Array): string | undefined {
    let digit: string | undefined;
    for (const sample of frame) {
      this.#window[this.#filled++] = sample;
      if (this.#filled < this.#window.length) continue;
      digit = this.#step(this.#hear()) ?? digit;
      this.#window.copyWithin(0, this.#hopSamples);
      this.#filled -= this.#hopSamples;
    }
    return digit;
  }

  #step(heard: string | undefined): string | undefined {
    this.#count(heard);
    this.#misses = heard === this.#pressed ? 0 : this.#misses + 1;
    if (this.#misses >= HOPS_TO_RELEASE) this.#pressed = undefined;
    if (heard === undefined || this.#hits < HOPS_TO_PRESS || heard === this.#pressed) return undefined;
    this.#pressed = heard;
    this.#misses = 0;
    return heard;
  }

  /** What was heard before a hole of one packet still counts. */
  #count(heard: string | undefined): void {
    this.#hole = heard === undefined ? this.#hole + 1 : 0;
    if (heard === undefined && this.#hole <= HOPS_OF_HOLE) return;
    this.#hits = heard !== undefined && heard === this.#candidate ? this.#hits + 1 : 1;
    this.#candidate = heard;
  }

  #hear(): string | undefined {
    const { length } = this.#window;
    let energy = 0;
    for (const sample of this.#window) energy += sample * sample;
    if (energy < 2 * LEAST_POWER * length) return undefined;
    const row = this.#strongest(this.#rows);
    const column = this.#strongest(this.#columns);
    if (!row || !column) return undefined;
    if (column.power > row.power * MOST_OVER || row.power > column.power * MOST_UNDER) return undefined;
    if (row.power < LEAST_POWER || column.power < LEAST_POWER) return undefined;
    if ((row.power + column.power) * length < LEAST_SHARE * energy) return undefined;
    return digitAt(row.index, column.index);
  }

  /** Mean square of the strongest tone of a group; undefined when another one is nearly as strong. */
  #strongest(coefficients: readonly number[]): Strongest | undefined {
    let [index, best, second] = [0, 0, 0];
    for (const [at, coefficient] of coefficients.entries()) {
      const power = tonePower(this.#window, coefficient);
      if (power > best) [index, best, second] = [at, power, best];
      else if (power > second) second = power;
    }
    return best > second * LEAST_LEAD ? { index, power: best } : undefined;
  }
}
