// How soon what was written goes to the disk: at once for one that writes now and then, less often for one that writes all the time.
import type { Runtime } from '../base/runtime.ts';

/** What is written within it goes to the disk together. WHY: a commit waits for the disk, and a phone with many calls cannot do so for each. */
const DELAY_MS = 100;
/** So much may be lost when the machine dies. */
const MAX_DELAY_MS = 1000;
/** WHY: while the disk is waited for no call is answered; of a hundred callers not even one is to meet a commit. */
const PAUSE_PER_COMMIT = 200;

export class CommitPace {
  readonly #runtime: Pick<Runtime, 'nowMs'>;
  #nextAtMs = 0;

  constructor(runtime: Pick<Runtime, 'nowMs'>) {
    this.#runtime = runtime;
  }

  /** From the first write that waits to the commit. */
  get delayMs(): number {
    return Math.min(MAX_DELAY_MS, Math.max(DELAY_MS, this.#nextAtMs - this.#runtime.nowMs()));
  }

  /** Does the commit, and takes its time as the measure of the pause after it. */
  commit(work: () => void): void {
    const startedMs = this.#runtime.nowMs();
    try {
      work();
    } finally {
      const endedMs = this.#runtime.nowMs();
      this.#nextAtMs = endedMs + (endedMs - startedMs) * PAUSE_PER_COMMIT;
    }
  }
}
