// Puts off what reads the disk while a call is being set up: nobody waits for a list, but a caller waits.
import type { Runtime, Timer } from '../base/runtime.ts';
import type { CallManager } from '../features/call/index.ts';

const LOOK_AGAIN_MS = 100;
/** A phone that rings for long is quiet enough. */
const MAX_WAIT_MS = 2000;

export class QuietTime {
  readonly #runtime: Runtime;
  readonly #calls: Pick<CallManager, 'list'>;

  constructor(runtime: Runtime, calls: Pick<CallManager, 'list'>) {
    this.#runtime = runtime;
    this.#calls = calls;
  }

  /** Does `work` after `delayMs`, or a little later when a call is on its way then. */
  after(delayMs: number, work: () => void): Timer {
    const lastMs = this.#runtime.nowMs() + delayMs + MAX_WAIT_MS;
    const look = (): void => {
      if (this.#isQuiet || this.#runtime.nowMs() >= lastMs) work();
      else timer = this.#runtime.setTimer(LOOK_AGAIN_MS, look, true);
    };
    let timer = this.#runtime.setTimer(delayMs, look, true);
    return { cancel: () => timer.cancel() };
  }

  get #isQuiet(): boolean {
    return this.#calls.list().every(({ phase }) => phase === 'connected' || phase === 'ended');
  }
}
