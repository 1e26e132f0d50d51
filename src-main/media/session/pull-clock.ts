// When frames that are pulled were due, and since when packets may have waited unread, in spite of standstills of this process. RFC 3550 §6.4.1.

/** Frames are pulled at least so often, the missing ones in a row. */
const PULL_MS = 20;
const HELD_UP_MS = 10;
/** Pulls of one row are not farther apart. */
const SAME_MOMENT_MS = 2;
/** Who pulls nothing for so long is not held up, he does not want anything. */
const IDLE_MS = 1000;

/** WHY: a standstill of our own is no jitter of the network, and the frames that are made up for it are not late. */
export class PullClock {
  #pulledAtMs: number | undefined;
  #dueMs = 0;

  /** The time for which a frame of `frameMs` is pulled at `nowMs`: that, or earlier in a row that makes up for lost time. */
  next(nowMs: number, frameMs: number): number {
    const before = this.#pulledAtMs ?? nowMs - frameMs;
    if (nowMs > before + SAME_MOMENT_MS || this.#pulledAtMs === undefined) this.#dueMs = before;
    this.#dueMs += frameMs;
    this.#pulledAtMs = nowMs;
    return Math.min(nowMs, this.#dueMs + PULL_MS);
  }

  /** When a packet that is read at `nowMs` may have come. */
  earliestMs(nowMs: number): number {
    const silentMs = nowMs - (this.#pulledAtMs ?? nowMs);
    return silentMs > PULL_MS + HELD_UP_MS && silentMs < IDLE_MS ? nowMs - silentMs : nowMs;
  }
}
