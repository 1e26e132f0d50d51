// Counts wrong PINs of all calls together, and shuts the door for a while when there were too many.
import { timingSafeEqual } from 'node:crypto';
import type { Runtime } from '../../../base/runtime.ts';

/** So many wrong PINs in a row shut it. */
const MAX_WRONG = 9;
const LOCK_MS = 3_600_000;

export class PinLock {
  readonly #runtime: Runtime;
  #wrong = 0;
  #lockedUntilMs = 0;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get isLocked(): boolean {
    return this.#runtime.nowMs() < this.#lockedUntilMs;
  }

  /** Whether `given` opens the door; while it is shut nothing does. */
  opensWith(given: string, pin: string): boolean {
    if (this.isLocked) return false;
    const isRight = isEqual(given, pin);
    this.#wrong = isRight ? 0 : this.#wrong + 1;
    if (this.#wrong >= MAX_WRONG) {
      this.#lockedUntilMs = this.#runtime.nowMs() + LOCK_MS;
      this.#wrong = 0;
    }
    return isRight;
  }
}

/** Takes as long for a PIN that is nearly right as for any other. */
function isEqual(given: string, pin: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(pin)];
  return pin !== '' && a.length === b.length && timingSafeEqual(a, b);
}
