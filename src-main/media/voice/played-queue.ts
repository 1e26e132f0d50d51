// Pairs what is played with what is captured although both come from clocks of their own, in bursts and with pauses.

const MOST_FRAMES = 20;
/** So many captured frames in which played ones always lay waiting: that many need not wait. */
const WATCH_FRAMES = 100;
/** The usual number of waiting frames is the mean of so many; bursts make it sway by less than this. */
const USUAL_FRAMES = 25;
const SWAY_FRAMES = 0.8;

/** What goes with a captured frame. */
export interface PlayedPart {
  /** One as a rule; more when frames have waited for nothing. */
  readonly frames: readonly Float32Array[];
  /** By how many frames played sound is now taken sooner (or, negative, later) than before. */
  readonly shiftFrames: number;
}

/** Frames are copied. */
export class PlayedQueue {
  readonly #silence: Float32Array;
  readonly #waiting: Float32Array[] = [];
  /** How many waited at the last captured frames. */
  #depths: number[] = [];
  #usualDepth = 0;
  /** Nobody captured for a while. */
  #hasOverflown = false;
  #watchedFrames = 0;
  #leastDepth = MOST_FRAMES;

  constructor(frameSamples: number) {
    this.#silence = new Float32Array(frameSamples);
  }

  add(frame: Float32Array): void {
    this.#waiting.push(frame.slice());
    if (this.#waiting.length <= MOST_FRAMES) return;
    this.#waiting.shift();
    this.#hasOverflown = true;
  }

  /**
   * Call it for each captured frame. WHY: when no played frame is there, the device may have run dry and played silence, or the frame is
   * late. In the second case more frames than before lie waiting from then on, and only then has anything shifted.
   */
  take(): PlayedPart {
    if (this.#hasOverflown) this.#waiting.splice(0, this.#waiting.length - 1);
    this.#hasOverflown = false;
    const first = this.#waiting.shift() ?? this.#silence;
    const spare = this.#spare();
    return { frames: [first, ...spare], shiftFrames: spare.length + this.#shift(this.#waiting.length) };
  }

  #spare(): readonly Float32Array[] {
    this.#leastDepth = Math.min(this.#leastDepth, this.#waiting.length);
    if (++this.#watchedFrames < WATCH_FRAMES) return [];
    const spare = this.#waiting.splice(0, this.#leastDepth);
    this.#depths = this.#depths.map((depth) => depth - spare.length);
    this.#usualDepth -= spare.length;
    this.#watchedFrames = 0;
    this.#leastDepth = MOST_FRAMES;
    return spare;
  }

  #shift(depth: number): number {
    this.#depths.push(depth);
    if (this.#depths.length < USUAL_FRAMES) return 0;
    const mean = this.#depths.reduce((sum, one) => sum + one, 0) / USUAL_FRAMES;
    this.#depths.shift();
    const shift = this.#usualDepth - mean;
    if (Math.abs(shift) < SWAY_FRAMES) return 0;
    this.#usualDepth -= Math.round(shift);
    return Math.round(shift);
  }
}
