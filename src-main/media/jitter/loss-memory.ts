// Remembers which packets were missing in their turn and whether others help to mend that, to tell whether to wait for those.

/** Two losses within this time make a line lossy, and it stays so for as long after the last of them. */
const MEMORY_MS = 10_000;
/** What has not come so long after its turn is lost; until then it may be late only. */
const LATE_MS = 200;
const MAX_MISSING = 32;

/** One stream's latest losses. */
export class LossMemory {
  /** When packets were missing that may come yet. */
  readonly #missingAtMs: number[] = [];
  #lostAtMs = -Infinity;
  #lossyUntilMs = -Infinity;
  #mendingUntilMs = -Infinity;

  /** A packet was not there in its turn. */
  addLoss(nowMs: number): void {
    this.#missingAtMs.push(nowMs);
    if (this.#missingAtMs.length > MAX_MISSING) this.#missingAtMs.shift();
  }

  /** What was missing has come after all: it was late, which a deeper buffer mends by itself. */
  takeBack(): void {
    this.#missingAtMs.pop();
  }

  /** WHY: an encoder sends no copies of silence, but goes on with them afterwards. */
  addMending(nowMs: number): void {
    this.#mendingUntilMs = nowMs + MEMORY_MS;
  }

  /** Whether losses are to be expected, and packets that help. */
  isMendable(nowMs: number): boolean {
    this.#settle(nowMs);
    return nowMs < this.#lossyUntilMs && nowMs < this.#mendingUntilMs;
  }

  clear(): void {
    this.#missingAtMs.length = 0;
    this.#lostAtMs = this.#lossyUntilMs = this.#mendingUntilMs = -Infinity;
  }

  #settle(nowMs: number): void {
    while (nowMs - (this.#missingAtMs[0] ?? Infinity) >= LATE_MS) {
      const lostAtMs = this.#missingAtMs.shift() ?? nowMs;
      if (lostAtMs - this.#lostAtMs < MEMORY_MS) this.#lossyUntilMs = lostAtMs + MEMORY_MS;
      this.#lostAtMs = lostAtMs;
    }
  }
}
