// Whether the peer still wants our packets: asked every five seconds, believed for thirty. RFC 7675 §5.1.
import type { Runtime, Timer } from '../../base/runtime.ts';

const INTERVAL_MS = 5000;
/** RFC 7675 §5.1: 0.8 to 1.2 of the interval, so that not all ask at once. */
const SPREAD = 0.2;
const VALID_MS = 30_000;

export interface ConsentOptions {
  readonly runtime: Runtime;
  readonly ask: () => void;
  readonly onLost: () => void;
}

export class Consent {
  readonly #options: ConsentOptions;
  #givenAtMs: number;
  #timer: Timer | undefined;

  /** Begins with the consent that the last check has brought. */
  constructor(options: ConsentOptions) {
    this.#options = options;
    this.#givenAtMs = options.runtime.nowMs();
    this.#wait();
  }

  /** The peer has answered. */
  renew(): void {
    this.#givenAtMs = this.#options.runtime.nowMs();
  }

  close(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    const { runtime } = this.#options;
    const leftMs = this.#givenAtMs + VALID_MS - runtime.nowMs();
    const spreadMs = INTERVAL_MS * (1 + SPREAD * (2 * runtime.random() - 1));
    this.#timer = runtime.setTimer(Math.max(0, Math.min(leftMs, spreadMs)), () => this.#turn(), true);
  }

  #turn(): void {
    const { runtime, ask, onLost } = this.#options;
    if (runtime.nowMs() - this.#givenAtMs >= VALID_MS) return onLost();
    ask();
    this.#wait();
  }
}
