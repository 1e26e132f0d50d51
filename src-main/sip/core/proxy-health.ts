// Which outbound proxies did not answer lately, so that the others are asked first. RFC 3263 §4.3.
import type { Runtime } from '../../base/runtime.ts';
import { routeKey, type RouteSet } from './account-routes.ts';

/** How long a proxy that failed stands back; doubled with each failure in a row. */
const FIRST_PENALTY_MS = 120_000;
const LONGEST_PENALTY_MS = 1_800_000;
const MAX_PROXIES = 128;

interface Failure {
  readonly untilMs: number;
  readonly penaltyMs: number;
}

export class ProxyHealth {
  readonly #runtime: Runtime;
  readonly #failures = new Map<string, Failure>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** In the order given, those that failed lately behind the others. */
  order(routeSets: readonly RouteSet[]): readonly RouteSet[] {
    const standsBack = (routes: RouteSet): boolean => {
      const failure = this.#failures.get(routeKey(routes));
      return failure !== undefined && failure.untilMs > this.#runtime.nowMs();
    };
    return [...routeSets.filter((routes) => !standsBack(routes)), ...routeSets.filter(standsBack)];
  }

  noteFailure(routes: RouteSet): void {
    const key = routeKey(routes);
    if (key === '') return;
    const earlier = this.#failures.get(key);
    const penaltyMs = earlier ? Math.min(LONGEST_PENALTY_MS, 2 * earlier.penaltyMs) : FIRST_PENALTY_MS;
    this.#failures.delete(key);
    this.#failures.set(key, { untilMs: this.#runtime.nowMs() + penaltyMs, penaltyMs });
    const [oldest] = this.#failures.keys();
    if (this.#failures.size > MAX_PROXIES && oldest !== undefined) this.#failures.delete(oldest);
  }

  noteAnswer(routes: RouteSet): void {
    this.#failures.delete(routeKey(routes));
  }
}
