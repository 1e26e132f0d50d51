// Pairs what is played with what is captured although both come from clocks of their own, in bursts and with pauses.

const MOST_FRAMES = 20;
/** Played frames may be this late; after that nothing is being played. */
const MOST_LATE = 3;
/** So many captured frames in which played ones always lay waiting: that many need not wait. */
const WATCH_FRAMES = 100;

/** Frames are copied. */
export class PlayedQueue {
  readonly #silence: Float32Array;
  readonly #waiting: Float32Array[] = [];
  #lateFrames = 0;
  /** Nobody captured for a while. */
  #hasOverflown = false;
  #watched = 0;
  #leastWaiting = MOST_FRAMES;

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
   * What goes with the next captured frame: one frame as a rule. None while a played frame is late, several when more lay waiting than need
   * be: then the two streams have moved against each other by as many frames less one.
   */
  take(): readonly Float32Array[] {
    if (this.#hasOverflown) this.#waiting.splice(0, this.#waiting.length - 1);
    this.#hasOverflown = false;
    const first = this.#waiting.shift();
    if (!first) return this.#late();
    this.#lateFrames = 0;
    this.#leastWaiting = Math.min(this.#leastWaiting, this.#waiting.length);
    this.#watched++;
    if (this.#watched < WATCH_FRAMES) return [first];
    const spare = this.#waiting.splice(0, this.#leastWaiting);
    this.#watched = 0;
    this.#leastWaiting = MOST_FRAMES;
    return [first, ...spare];
  }

  #late(): readonly Float32Array[] {
    this.#leastWaiting = 0;
    if (this.#lateFrames > MOST_LATE) return [this.#silence];
    this.#lateFrames++;
    if (this.#lateFrames <= MOST_LATE) return [];
    // Nothing is late, nothing is played: the silence that was not taken yet comes now.
    return Array.from({ length: MOST_LATE + 1 }, () => this.#silence);
  }
}
