// Frames of ten milliseconds from a monotonic deadline, for everything without a sound card's clock.
import type { Runtime, Timer } from '../../base/runtime.ts';
import { FRAME_MS } from './audio-backend.ts';

/** WHY: two frames at a time: packets last 20 ms, and half as many wake-ups is half the work of an idle call. */
const FRAMES_PER_TICK = 2;
const TICK_MS = FRAMES_PER_TICK * FRAME_MS;
/** After a standstill longer than this the lost time is skipped, not made up for. */
const MAX_BEHIND_MS = 200;
/** A timer that is later than this was held up, and so were the packets that came meanwhile. */
const HELD_UP_MS = 3;

/** One timer for any number of listeners; runs only while there are some. */
export class Pacer {
  readonly #runtime: Runtime;
  readonly #listeners = new Set<() => void>();
  #timer: Timer | undefined;
  readonly #onTimer = (): void => this.#tick();
  #dueMs = 0;
  #letsPacketsIn = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Calls `listener` for every 10 ms until the returned function is called. */
  add(listener: () => void): () => void {
    this.#listeners.add(listener);
    if (!this.#timer) {
      this.#dueMs = this.#runtime.nowMs() + TICK_MS;
      this.#schedule();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#timer?.cancel();
      this.#timer = undefined;
    };
  }

  // WHY: the next deadline counts from the last deadline, not from now; a chain of "10 ms from now" drifts by percents.
  #schedule(): void {
    // WHY: Node keeps a list for every different delay, so delays are whole milliseconds.
    const delayMs = Math.max(1, Math.round(this.#dueMs - this.#runtime.nowMs()));
    this.#timer = this.#runtime.setTimer(delayMs, this.#onTimer);
  }

  #tick(): void {
    const nowMs = this.#runtime.nowMs();
    // WHY: after a standstill Node runs timers before it reads sockets; sound would be invented for packets that are there.
    if (!this.#letsPacketsIn && nowMs - this.#dueMs > HELD_UP_MS) {
      this.#letsPacketsIn = true;
      this.#timer = this.#runtime.setTimer(1, this.#onTimer);
      return;
    }
    this.#letsPacketsIn = false;
    if (nowMs - this.#dueMs > MAX_BEHIND_MS) this.#dueMs = nowMs;
    // WHY: timers have whole milliseconds, so one may fire a fraction of one too early; that is on time.
    while (this.#dueMs <= nowMs + 1) {
      this.#dueMs += TICK_MS;
      for (let frame = 0; frame < FRAMES_PER_TICK; frame++) for (const listener of this.#listeners) listener();
      if (this.#listeners.size === 0) return;
    }
    this.#schedule();
  }
}
