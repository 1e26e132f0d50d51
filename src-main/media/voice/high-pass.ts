// Takes rumble, hum and the microphone's offset out: a second-order Butterworth high-pass at 80 Hz.

const CORNER_HZ = 80;

/** Works in place on a stream of frames with full scale 1. */
export class HighPass {
  readonly #b0: number;
  readonly #a1: number;
  readonly #a2: number;
  #x1 = 0;
  #x2 = 0;
  #y1 = 0;
  #y2 = 0;

  constructor(rateHz: number) {
    const turn = (2 * Math.PI * CORNER_HZ) / rateHz;
    const alpha = Math.sin(turn) / Math.SQRT2;
    const a0 = 1 + alpha;
    this.#b0 = (1 + Math.cos(turn)) / 2 / a0;
    this.#a1 = (-2 * Math.cos(turn)) / a0;
    this.#a2 = (1 - alpha) / a0;
  }

  process(frame: Float32Array): void {
    for (let i = 0; i < frame.length; i++) {
      const x = frame[i] ?? 0;
      const y = this.#b0 * (x - 2 * this.#x1 + this.#x2) - this.#a1 * this.#y1 - this.#a2 * this.#y2;
      this.#x2 = this.#x1;
      this.#x1 = x;
      this.#y2 = this.#y1;
      this.#y1 = y;
      frame[i] = y;
    }
  }
}
