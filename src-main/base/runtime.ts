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

/** Asking the system for randomness costs as much for a few bytes as for many. */
const RANDOM_POOL_BYTES = 4096;

/** The real clock, timers and randomness of this process. */
export function nodeRuntime(): Runtime {
  let pool = Buffer.alloc(0);
  // Each byte is given once: what was given belongs to who got it.
  const takeRandom = (sizeBytes: number): Buffer => {
    if (sizeBytes > RANDOM_POOL_BYTES / 8) return randomBytes(sizeBytes);
    if (pool.length < sizeBytes) pool = randomBytes(RANDOM_POOL_BYTES);
    const taken = pool.subarray(0, sizeBytes);
    pool = pool.subarray(sizeBytes);
    return taken;
  };
  return {
    nowMs: () => performance.now(),
    wallMs: () => Date.now(),
    setTimer: (delayMs, callback, isBackground = false) => {
      const handle = setTimeout(callback, delayMs);
      if (isBackground) handle.unref();
      return { cancel: () => clearTimeout(handle) };
    },
    randomBytes: takeRandom,
    // 32 bits are enough for jitter and back-off.
    random: () => takeRandom(4).readUInt32BE() / 2 ** 32,
  };
}
