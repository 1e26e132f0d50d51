// Digits as sound in both directions, for streams without telephone events. RFC 4733 §3.2, ITU-T Q.23, Q.24.
import { DigitDetector, DigitTones } from '../dsp/index.ts';

/** Sends and hears digits of one session. */
export class InbandDigits {
  readonly #tones = new DigitTones();
  readonly #onSent: () => void;
  #frame = new Int16Array(0);
  #detector: DigitDetector | undefined;
  #detectorRateHz = 0;

  constructor(onSent: () => void) {
    this.#onSent = onSent;
  }

  queue(digits: string): void {
    this.#tones.queue(digits);
  }

  /** What is to be sent in the place of `frame`: digits while there are some, else itself. */
  replace(frame: Int16Array, rateHz: number): Int16Array {
    if (this.#frame.length !== frame.length) this.#frame = new Int16Array(frame.length);
    const isTone = this.#tones.fill(this.#frame, rateHz);
    if (isTone && !this.#tones.isBusy) this.#onSent();
    return isTone ? this.#frame : frame;
  }

  /** The digit that became certain with this frame. */
  hear(frame: Int16Array, rateHz: number): string | undefined {
    if (this.#detectorRateHz !== rateHz) {
      this.#detector = new DigitDetector(rateHz);
      this.#detectorRateHz = rateHz;
    }
    return this.#detector?.add(frame);
  }
}
