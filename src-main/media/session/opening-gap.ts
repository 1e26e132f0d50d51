// The time between the packet that opens the path and the first sound of a microphone that takes its time. RFC 3550 §5.1.
import type { Runtime } from '../../base/runtime.ts';

/** Steps of the clock are shorter than this; a device that is being opened takes longer. */
const GAP_MS = 40;

/** RFC 3550 §5.1: the timestamp follows the time of sampling, also across a microphone's opening. */
export class OpeningGap {
  readonly #runtime: Runtime;
  /** When the sound is due that follows the packet that opened the path. */
  #soundDueMs: number | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** The path was opened by a packet of so much time. */
  begin(packetMs: number): void {
    this.#soundDueMs = this.#runtime.nowMs() + packetMs;
  }

  /** How long nothing was sampled, told with the first sound; else nothing. */
  takeMs(): number {
    if (this.#soundDueMs === undefined) return 0;
    const gapMs = this.#runtime.nowMs() - this.#soundDueMs;
    this.#soundDueMs = undefined;
    return gapMs > GAP_MS ? gapMs : 0;
  }
}
