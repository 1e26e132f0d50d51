// Which of the pairs that work are taken, by who controls. RFC 8445 §8.1.1.
import type { Runtime } from '../../base/runtime.ts';
import type { Component } from './candidate.ts';
import type { CandidatePair, CheckList } from './check-list.ts';

/** How long a better way is awaited once there is one. */
const IMPROVEMENT_MS = 300;

export class WayChoice {
  readonly #runtime: Runtime;
  readonly #nominations: CandidatePair[] = [];
  #validSinceMs: number | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Whether there is a way already. */
  get hasValid(): boolean {
    return this.#validSinceMs !== undefined;
  }

  noteValid(): void {
    this.#validSinceMs ??= this.#runtime.nowMs();
  }

  /** Chooses for each of these components, when the best that can be had is there or has been waited for long enough. */
  choose(list: CheckList, components: readonly Component[]): void {
    if (this.#validSinceMs === undefined) return;
    const isLate = this.#runtime.nowMs() - this.#validSinceMs >= IMPROVEMENT_MS;
    for (const component of components) {
      const best = list.best(component);
      if (!best || best.isNominated || (list.mayImprove(best) && !isLate)) continue;
      best.isNominated = true;
      this.#nominations.push(best);
    }
  }

  /** The next choice that the peer is to be told of. */
  next(): CandidatePair | undefined {
    return this.#nominations.shift();
  }

  /** What was chosen in the other role counts for nothing. */
  forget(list: CheckList): void {
    this.#nominations.length = 0;
    for (const pair of list.pairs) pair.isNominated = false;
  }
}
