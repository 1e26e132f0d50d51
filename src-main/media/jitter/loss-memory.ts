// Remembers which packets were missing in their turn and whether others help to mend that, to tell whether to wait for those.

/** So many losses within this time make a line lossy, and it stays so for as long after the last of them. */
const LOSSES = 2;
const MEMORY_MS = 10_000;

/** One stream's latest losses. */
export class LossMemory {
  readonly #lostAtMs: number[] = [];
  #lossyUntilMs = -Infinity;
  #mendingUntilMs = -Infinity;

  /** A packet was not there in its turn. */
  addLoss(nowMs: number): void {
    this.#lostAtMs.push(nowMs);
    if (this.#lostAtMs.length > LOSSES) this.#lostAtMs.shift();
    const isLossy = this.#lostAtMs.length === LOSSES && nowMs - (this.#lostAtMs[0] ?? 0) < MEMORY_MS;
    if (isLossy) this.#lossyUntilMs = nowMs + MEMORY_MS;
  }

  /** What was missing has come after all: it was late, which a deeper buffer mends by itself. */
  takeBack(): void {
    this.#lostAtMs.pop();
  }

  /** WHY: an encoder sends no copies of silence, but goes on with them afterwards. */
  addMending(nowMs: number): void {
    this.#mendingUntilMs = nowMs + MEMORY_MS;
  }

  /** Whether losses are to be expected, and packets that help. */
  isMendable(nowMs: number): boolean {
    return nowMs < this.#lossyUntilMs && nowMs < this.#mendingUntilMs;
  }

  clear(): void {
    this.#lostAtMs.length = 0;
    this.#lossyUntilMs = this.#mendingUntilMs = -Infinity;
  }
}
