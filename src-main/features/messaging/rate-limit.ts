// So many in a window of time and no more.
import type { Runtime } from '../../base/runtime.ts';

export class RateLimit {
  readonly #runtime: Runtime;
  readonly #limits: { readonly perWindow: number; readonly windowMs: number };
  #windowStartMs = 0;
  #taken = 0;

  constructor(runtime: Runtime, limits: { readonly perWindow: number; readonly windowMs: number }) {
    this.#runtime = runtime;
    this.#limits = limits;
  }

  /** False when this one is too many. */
  take(): boolean {
    const nowMs = this.#runtime.nowMs();
    if (nowMs - this.#windowStartMs >= this.#limits.windowMs) {
      this.#windowStartMs = nowMs;
      this.#taken = 0;
    }
    return ++this.#taken <= this.#limits.perWindow;
  }
}
