// When the next piece of sound is rendered for a device, and how long it is: late sound is heard as delay, later sound not at all.
import { FRAME_MS } from './audio-backend.ts';

/** A piece waits while the one before it is played; so it is needed two pieces after the moment at which that one was taken. */
const PIECES_AHEAD = 2;
/** Whole frames, rendered at once. */
const MOST_SPARE_MS = PIECES_AHEAD * FRAME_MS;
/** Less time than this before it is needed is left to no piece: what is rendered late knows the packets that came meanwhile. */
const LEAST_SPARE_MS = 7;
/** A device that is answered later than its clock's next stroke loses the beat. */
const LEAST_WAIT_MS = 2;
/** Timers of a calm machine are not later than this. */
const LATE_MS = 4;
/** After so much sound in time a millisecond less is spared: the first seconds of a process are late, and they pass. */
const CALM_MS = 500;

/** Follows how late this process wakes. */
export class RenderMoment {
  /** Time between the moment of rendering and the one at which the device needs the piece. */
  #spareMs = LEAST_SPARE_MS;
  #calmMs = 0;

  /** Duration of the next piece: half a frame where clocks are good enough. */
  get pieceMs(): number {
    return this.#spareMs <= PIECES_AHEAD * (FRAME_MS / 2) ? FRAME_MS / 2 : FRAME_MS;
  }

  /** How long to wait after the device has taken a piece, in whole milliseconds; 0 for not at all. */
  get holdMs(): number {
    return Math.min(this.pieceMs - LEAST_WAIT_MS, PIECES_AHEAD * this.pieceMs - this.#spareMs);
  }

  /** Tells how much later than wanted the piece was rendered. */
  wokeLate(byMs: number): void {
    if (byMs > LATE_MS) {
      this.#spareMs = Math.min(MOST_SPARE_MS, this.#spareMs + Math.ceil(byMs));
      this.#calmMs = 0;
      return;
    }
    this.#calmMs += this.pieceMs;
    if (this.#calmMs < CALM_MS) return;
    this.#spareMs = Math.max(LEAST_SPARE_MS, this.#spareMs - 1);
    this.#calmMs = 0;
  }
}
