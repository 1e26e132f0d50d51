// Puts halves of frames together for those who count in frames of 10 ms.
import { SampleFifo } from './sample-fifo.ts';

export class WholeFrames {
  /** The latest of them, silence at first. */
  latest: Int16Array;
  readonly #whole: Int16Array;
  readonly #onWhole: (frame: Int16Array) => void;
  readonly #waiting = new SampleFifo();

  /** `onWhole` gets each frame as soon as it is whole; valid until the next call of `add`. */
  constructor(frameSamples: number, onWhole: (frame: Int16Array) => void) {
    this.latest = this.#whole = new Int16Array(frameSamples);
    this.#onWhole = onWhole;
  }

  /** Adds a frame or a part of one. */
  add(part: Int16Array): void {
    if (this.#waiting.length === 0 && part.length === this.#whole.length) return this.#tell(part);
    this.#waiting.push(part);
    while (this.#waiting.length >= this.#whole.length) {
      this.#waiting.take(this.#whole);
      this.#tell(this.#whole);
    }
  }

  #tell(frame: Int16Array): void {
    this.latest = frame;
    this.#onWhole(frame);
  }
}
