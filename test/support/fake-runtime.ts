// Virtual time: nothing waits, timers fire in order when the test moves the clock.
import type { Runtime, Timer } from '../../src-main/base/runtime.ts';

interface Entry {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A Runtime whose clock stands still until `advance`; randomness is a seeded sequence. */
export class FakeRuntime implements Runtime {
  #nowMs = 0;
  #order = 0;
  #seed: number;
  readonly #entries = new Set<Entry>();
  readonly #epochMs = Date.UTC(2026, 0, 1);

  constructor(seed = 1) {
    this.#seed = seed >>> 0;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  wallMs(): number {
    return this.#epochMs + this.#nowMs;
  }

  setTimer(delayMs: number, callback: () => void): Timer {
    const entry: Entry = { dueMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#entries.add(entry);
    return { cancel: () => this.#entries.delete(entry) };
  }

  randomBytes(sizeBytes: number): Uint8Array {
    return Uint8Array.from({ length: sizeBytes }, () => Math.floor(this.random() * 256));
  }

  random(): number {
    // mulberry32: small, and the same on every machine.
    this.#seed = (this.#seed + 0x6d2b79f5) >>> 0;
    let t = this.#seed;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Timers that wait. */
  get pendingTimers(): number {
    return this.#entries.size;
  }

  /** Time that a piece of work takes, during which no timer can fire. */
  skip(byMs: number): void {
    this.#nowMs += byMs;
  }

  /** Moves the clock, firing what is due in order; promises settle between timers. */
  async advance(byMs: number): Promise<void> {
    const untilMs = this.#nowMs + byMs;
    await settle();
    for (let next = this.#next(untilMs); next; next = this.#next(untilMs)) {
      this.#entries.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.dueMs);
      next.callback();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, untilMs);
  }

  #next(untilMs: number): Entry | undefined {
    let best: Entry | undefined;
    for (const entry of this.#entries) {
      if (entry.dueMs > untilMs) continue;
      if (!best || entry.dueMs < best.dueMs || (entry.dueMs === best.dueMs && entry.order < best.order)) best = entry;
    }
    return best;
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
  await new Promise((resolve) => setImmediate(resolve));
}
