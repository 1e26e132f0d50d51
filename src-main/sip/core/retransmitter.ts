// Sends a response again and again until it is acknowledged. RFC 3261 §13.3.1.4, RFC 3262 §3.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SipTimers } from '../transaction/index.ts';

export interface RetransmitterOptions {
  readonly runtime: Runtime;
  readonly timers: SipTimers;
  readonly send: () => void;
  /** The longest interval: T2 for a 2xx, none for a reliable provisional. */
  readonly maxIntervalMs: number;
  /** Nothing came in 64*T1. */
  readonly onGiveUp: () => void;
}

/** Sends at once, then at doubling intervals, whatever the transport. */
export class Retransmitter {
  readonly #options: RetransmitterOptions;
  #intervalMs: number;
  #next: Timer | undefined;
  #end: Timer | undefined;

  constructor(options: RetransmitterOptions) {
    this.#options = options;
    this.#intervalMs = options.timers.t1Ms;
  }

  start(): void {
    const { runtime, timers, onGiveUp } = this.#options;
    this.#end = runtime.setTimer(timers.giveUpMs, () => {
      this.stop();
      onGiveUp();
    });
    this.#options.send();
    this.#schedule();
  }

  /** The acknowledgement came, or nobody waits for it any more. */
  stop(): void {
    this.#next?.cancel();
    this.#end?.cancel();
  }

  #schedule(): void {
    this.#next = this.#options.runtime.setTimer(this.#intervalMs, () => {
      this.#intervalMs = Math.min(this.#intervalMs * 2, this.#options.maxIntervalMs);
      this.#options.send();
      this.#schedule();
    });
  }
}
