// Remembers which packets were missing in their turn, to tell whether the next loss is to be expected.

/** So many losses within this time make a line lossy, and it stays so for as long after the last of them. */
const LOSSES = 2;
const MEMORY_MS = 10_000;

/** The two latest losses of one stream. */
export class LossMemory {
  readonly #lostAtMs: number[] = [];
  #isLossyUntilMs = -Infinity;

  add(nowMs: number): void {
    this.#lostAtMs.push(nowMs);
    if (this.#lostAtMs.length > LOSSES) this.#lostAtMs.shift();
    const isLossy = this.#lostAtMs.length === LOSSES && nowMs - (this.#lostAtMs[0] ?? 0) < MEMORY_MS;
    if (isLossy) this.#isLossyUntilMs = nowMs + MEMORY_MS;
  }

  /** What was missing has come after all: it was late, which a deeper buffer mends by itself. */
  takeBack(): void {
    this.#lostAtMs.pop();
  }

  isLossy(nowMs: number): boolean {
    return nowMs < this.#isLossyUntilMs;
  }

  clear(): void {
    this.#lostAtMs.length = 0;
    this.#isLossyUntilMs = -Infinity;
  }
}
