// Notices that the machine has other addresses, or has slept, and says so once it is quiet again.
import type { Runtime, Timer } from '../base/runtime.ts';

const LOOK_MS = 5_000;
/** An interface that comes up gets its addresses one after the other. */
const QUIET_MS = 2_000;
/** Wall time that runs ahead of our timers by this much was slept. */
const SLEEP_MS = 20_000;

export interface NetworkWatchOptions {
  readonly runtime: Runtime;
  readonly localAddresses: () => readonly string[];
  readonly onChanged: () => void;
}

export class NetworkWatch {
  readonly #options: NetworkWatchOptions;
  #addresses: string;
  #lookedWallMs: number;
  #looking: Timer | undefined;
  #waiting: Timer | undefined;

  constructor(options: NetworkWatchOptions) {
    this.#options = options;
    this.#addresses = options.localAddresses().join();
    this.#lookedWallMs = options.runtime.wallMs();
    this.#schedule();
  }

  /** The host knows of a change, such as a wake from sleep. Several at once are one. */
  onHint(): void {
    this.#waiting?.cancel();
    this.#waiting = this.#options.runtime.setTimer(QUIET_MS, () => this.#settle(), true);
  }

  close(): void {
    this.#looking?.cancel();
    this.#waiting?.cancel();
  }

  #schedule(): void {
    this.#looking = this.#options.runtime.setTimer(LOOK_MS, () => this.#look(), true);
  }

  #look(): void {
    const { runtime, localAddresses } = this.#options;
    const sleptMs = runtime.wallMs() - this.#lookedWallMs - LOOK_MS;
    this.#lookedWallMs = runtime.wallMs();
    const addresses = localAddresses().join();
    if (addresses !== this.#addresses || sleptMs > SLEEP_MS) this.onHint();
    this.#addresses = addresses;
    this.#schedule();
  }

  #settle(): void {
    const { localAddresses, onChanged } = this.#options;
    this.#waiting = undefined;
    const addresses = localAddresses().join();
    // Still moving: wait for it to be quiet.
    if (addresses !== this.#addresses) {
      this.#addresses = addresses;
      this.onHint();
      return;
    }
    onChanged();
  }
}
