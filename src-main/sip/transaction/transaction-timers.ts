// The named timers of one transaction. RFC 3261 §17.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { TimerName } from './sip-timers.ts';

export class TransactionTimers {
  readonly #runtime: Runtime;
  readonly #onFired: (timer: TimerName) => void;
  readonly #running = new Map<TimerName, Timer>();

  constructor(runtime: Runtime, onFired: (timer: TimerName) => void) {
    this.#runtime = runtime;
    this.#onFired = onFired;
  }

  /** Starts it anew when it runs. */
  start(timer: TimerName, delayMs: number): void {
    this.#running.get(timer)?.cancel();
    this.#running.set(
      timer,
      this.#runtime.setTimer(delayMs, () => this.#onFired(timer)),
    );
  }

  stop(): void {
    for (const timer of this.#running.values()) timer.cancel();
    this.#running.clear();
  }
}
