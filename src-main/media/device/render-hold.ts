// How long a frame to play may wait to be rendered after the device has taken the one before: late sound is heard as delay, later sound not at all.

/**
 * WHY: when a frame of 10 ms has been taken, another one waits before it is needed. What is rendered at the last moment knows the packets
 * that came meanwhile; two milliseconds stay for the clocks.
 */
const MOST_MS = 8;
/** Timers of a calm machine are not later than this. */
const LATE_MS = 4;
/** After so many frames in time, two seconds, the hold grows by a millisecond. */
const CALM_FRAMES = 200;

/** Follows how late this process wakes. */
export class RenderHold {
  #holdMs = MOST_MS;
  #calmFrames = 0;

  /** How long to wait now, in whole milliseconds; 0 for not at all. */
  get holdMs(): number {
    return this.#holdMs;
  }

  /** Tells how much later than wanted the frame was rendered. */
  wokeLate(byMs: number): void {
    if (byMs > LATE_MS) {
      this.#holdMs = Math.max(0, this.#holdMs - Math.ceil(byMs));
      this.#calmFrames = 0;
    } else if (++this.#calmFrames >= CALM_FRAMES) {
      this.#holdMs = Math.min(MOST_MS, this.#holdMs + 1);
      this.#calmFrames = 0;
    }
  }
}
