// Servers that failed lately: tried after the others for a while, then like the others again. RFC 3263 §4.3.
import type { Runtime } from '../../base/runtime.ts';
import { formatSocketAddress } from '../../base/socket-address.ts';
import type { Hop } from './flow.ts';

/** RFC 3263 §4.3: the time is ours to choose; RFC 3261 §21.5.4: unless the server names one. */
const AVOID_SEC = 60;
const MAX_AVOID_SEC = 600;
const MAX_TARGETS = 256;

export class FailedTargets {
  readonly #runtime: Runtime;
  readonly #untilMs = new Map<string, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  add(hop: Hop, forSec: number = AVOID_SEC): void {
    const key = keyOf(hop);
    this.#untilMs.delete(key);
    this.#untilMs.set(key, this.#runtime.nowMs() + Math.min(forSec, MAX_AVOID_SEC) * 1000);
    const [oldest] = this.#untilMs.keys();
    if (this.#untilMs.size > MAX_TARGETS && oldest !== undefined) this.#untilMs.delete(oldest);
  }

  /** It works again. */
  remove(hop: Hop): void {
    this.#untilMs.delete(keyOf(hop));
  }

  clear(): void {
    this.#untilMs.clear();
  }

  /** Those that failed come last, in the same order: where all failed, the first is tried again. */
  order(hops: readonly Hop[]): readonly Hop[] {
    if (this.#untilMs.size === 0) return hops;
    const good = hops.filter((hop) => !this.#has(hop));
    return [...good, ...hops.filter((hop) => this.#has(hop))];
  }

  #has(hop: Hop): boolean {
    return (this.#untilMs.get(keyOf(hop)) ?? -1) > this.#runtime.nowMs();
  }
}

const keyOf = ({ protocol, address }: Hop): string => `${protocol}/${formatSocketAddress(address)}`;
