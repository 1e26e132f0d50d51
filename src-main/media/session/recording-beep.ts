// The tone that tells both sides of a recording: 1400 Hz for a fifth of a second, as telephone companies ask for.

const FREQUENCY_HZ = 1400;
const LENGTH_MS = 200;
const PERIOD_MS = 15_000;
const AMPLITUDE = 4000;

/** One direction of a call. */
export class RecordingBeep {
  readonly #isRepeated: boolean;
  #positionMs = 0;
  #mixed = new Int16Array(0);

  constructor(isRepeated: boolean) {
    this.#isRepeated = isRepeated;
  }

  /** The next 10 ms: `frame` itself, or a copy with the tone in it. */
  mix(frame: Int16Array, rateHz: number): Int16Array {
    const atMs = this.#isRepeated ? this.#positionMs % PERIOD_MS : this.#positionMs;
    this.#positionMs += (frame.length * 1000) / rateHz;
    if (atMs >= LENGTH_MS) return frame;
    if (this.#mixed.length !== frame.length) this.#mixed = new Int16Array(frame.length);
    const start = (atMs * rateHz) / 1000;
    for (let i = 0; i < frame.length; i++) {
      const tone = AMPLITUDE * Math.sin((2 * Math.PI * FREQUENCY_HZ * (start + i)) / rateHz);
      this.#mixed[i] = Math.max(-32_768, Math.min(32_767, Math.round((frame[i] ?? 0) + tone)));
    }
    return this.#mixed;
  }
}
