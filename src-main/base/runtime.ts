// Time and randomness as parameters: production uses nodeRuntime(), tests a fake with virtual time.
import { randomBytes } from 'node:crypto';

export interface Timer {
  /** Stops the timer; harmless when it has fired or was cancelled before. */
  cancel(): void;
}

export interface Runtime {
  /** Monotonic milliseconds from an arbitrary origin; use it for every interval. */
  nowMs(): number;
  /** Milliseconds since the epoch; use it only for what people read. */
  wallMs(): number;
  /** Calls back once after `delayMs`. The timer keeps the process alive unless `isBackground`. */
  setTimer(delayMs: number, callback: () => void, isBackground?: boolean): Timer;
  /** `sizeBytes` of cryptographic randomness. */
  randomBytes(sizeBytes: number): Uint8Array;
  /** A number from 0 (included) to 1 (excluded). */
  random(): number;
}

/** A lower-case hexadecimal token of `sizeBytes` random bytes: tags, branches, Call-IDs, identifiers. */
export function randomToken(runtime: Runtime, sizeBytes = 8): string {
  return Buffer.from(runtime.randomBytes(sizeBytes)).toString('hex');
}

/** The real clock, timers and randomness of this process. */
export function nodeRuntime(): Runtime {
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    setTimer: (delayMs, callback, isBackground = false) => {
      const handle = setTimeout(callback, delayMs);
      if (isBackground) handle.unref();
      return { cancel: () => clearTimeout(handle) };
    },
    randomBytes: (sizeBytes) => randomBytes(sizeBytes),
    // 32 bits are enough for jitter and back-off.
    random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  };
}
