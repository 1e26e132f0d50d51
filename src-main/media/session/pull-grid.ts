// At which steps of time packets are asked for: sound cards take one frame at a time, the pacer two at once.

/** Pulls of one row are not farther apart. */
const SAME_MOMENT_MS = 2;
/** So much of a new row is believed. */
const SMOOTHING = 1 / 16;

export class PullGrid {
  /** Frames pulled at this moment before the one that is pulled now: they will be heard first. */
  pulledMs = 0;
  #pulledAtMs = -Infinity;
  #rowMs: number | undefined;
  #frameMs = 0;

  /** Time between two moments at which sound is pulled, a whole number of frames. */
  get stepMs(): number {
    return Math.max(1, Math.round((this.#rowMs ?? this.#frameMs) / this.#frameMs)) * this.#frameMs;
  }

  /** A frame of `frameMs` is pulled. */
  pull(nowMs: number, frameMs: number): void {
    const isSameMoment = nowMs < this.#pulledAtMs + SAME_MOMENT_MS;
    this.#frameMs = frameMs;
    if (isSameMoment) {
      this.pulledMs += frameMs;
      return;
    }
    const rowMs = this.pulledMs + frameMs;
    if (this.#pulledAtMs > -Infinity)
      this.#rowMs = (this.#rowMs ?? rowMs) + (rowMs - (this.#rowMs ?? rowMs)) * SMOOTHING;
    this.#pulledAtMs = nowMs;
    this.pulledMs = 0;
  }
}
