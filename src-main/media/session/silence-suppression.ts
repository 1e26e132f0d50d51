// Leaves out what nobody says: a description of the background at its beginning and when it changes, else nothing. RFC 3389 §4.
import { NoiseDescriber, PauseDetector } from '../dsp/index.ts';

/** How often a background is described anew, so that one that was lost is not missed for long. */
const REPEAT_MS = 1000;
/** A change that is told at once. */
const NOTABLE_DB = 4;

export class SilenceSuppression {
  readonly #pause = new PauseDetector();
  readonly #describer: NoiseDescriber;
  /** Since the last description; undefined while somebody speaks. */
  #sinceMs: number | undefined;
  #toldLevel = 0;

  constructor(sampleRateHz: number) {
    this.#describer = new NoiseDescriber(sampleRateHz);
  }

  /** What to do with the next packet: send it, send a description in its place, or nothing. */
  take(frame: Int16Array, frameMs: number): 'sound' | 'nothing' | Uint8Array {
    this.#describer.add(frame);
    if (!this.#pause.isSilent(frame, frameMs)) {
      this.#sinceMs = undefined;
      return 'sound';
    }
    const described = this.#describer.describe();
    const [level = 0] = described;
    const isChanged = Math.abs(level - this.#toldLevel) >= NOTABLE_DB;
    const sinceMs = (this.#sinceMs ?? REPEAT_MS) + frameMs;
    if (!isChanged && sinceMs < REPEAT_MS) {
      this.#sinceMs = sinceMs;
      return 'nothing';
    }
    this.#sinceMs = 0;
    this.#toldLevel = level;
    return described;
  }
}
