// The pairs to be checked and what is known of each. RFC 8445 §6.1.2.
import { isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import { baseOf, type Base, type Component, type IceCandidate } from './candidate.ts';

export type PairState = 'frozen' | 'waiting' | 'inProgress' | 'succeeded' | 'failed';

export interface CandidatePair {
  readonly component: Component;
  readonly local: IceCandidate;
  readonly remote: IceCandidate;
  priority: bigint;
  state: PairState;
  /** The peer has chosen it, or we have. */
  isNominated: boolean;
  /** Our end of it as the peer saw it, once a check has come back. RFC 8445 §7.2.5.3.2 */
  seen: IceCandidate | undefined;
}

/** RFC 8445 §6.1.2.5: more are not checked. */
export const MAX_PAIRS = 100;

/** RFC 8445 §6.1.2.3 */
export function pairPriority(controlling: number, controlled: number): bigint {
  const [g, d] = [BigInt(controlling), BigInt(controlled)];
  const [low, high] = g < d ? [g, d] : [d, g];
  return (low << 32n) + 2n * high + (g > d ? 1n : 0n);
}

export class CheckList {
  #pairs: CandidatePair[] = [];
  #isControlling: boolean;

  constructor(locals: readonly IceCandidate[], remotes: readonly IceCandidate[], isControlling: boolean) {
    this.#isControlling = isControlling;
    for (const local of locals) for (const remote of remotes) this.#pair(local, remote);
    this.#sort();
    this.#pairs = this.#pairs.slice(0, MAX_PAIRS);
    this.#thaw();
  }

  get pairs(): readonly CandidatePair[] {
    return this.#pairs;
  }

  /** Checks that are under way or still to come. */
  get openCount(): number {
    return this.#pairs.filter(({ state }) => state === 'waiting' || state === 'inProgress').length;
  }

  /** RFC 8445 §7.3.1.1: who takes the other role counts its pairs anew. */
  setControlling(isControlling: boolean): void {
    this.#isControlling = isControlling;
    for (const pair of this.#pairs) pair.priority = this.#priorityOf(pair.local, pair.remote);
    this.#sort();
  }

  find(component: Component, to: SocketAddress, base: Base): CandidatePair | undefined {
    const isIt = (pair: CandidatePair): boolean => pair.component === component && baseOf(pair.local) === base;
    return this.#pairs.find((pair) => isIt(pair) && isSameSocketAddress(pair.remote, to));
  }

  /** A pair with a place that only a check has shown. RFC 8445 §7.3.1.4; undefined when there are too many. */
  add(local: IceCandidate, remote: IceCandidate): CandidatePair | undefined {
    if (this.#pairs.length >= MAX_PAIRS) return undefined;
    const pair = this.#pair(local, remote);
    this.#sort();
    return pair;
  }

  /** The pair to be checked next. RFC 8445 §6.1.4.2: one that waits, else a frozen one of which nothing like it is under way. */
  next(): CandidatePair | undefined {
    const waiting = this.#pairs.find(({ state }) => state === 'waiting');
    if (waiting) return waiting;
    const busy = new Set(this.#pairs.filter(({ state }) => state === 'inProgress').map(foundationsOf));
    return this.#pairs.find((pair) => pair.state === 'frozen' && !busy.has(foundationsOf(pair)));
  }

  /** RFC 8445 §7.2.5.3.3: what works for one component will work for the other. */
  succeed(pair: CandidatePair): void {
    pair.state = 'succeeded';
    for (const other of this.#pairs) {
      if (other.state === 'frozen' && foundationsOf(other) === foundationsOf(pair)) other.state = 'waiting';
    }
  }

  /** The best pair of a component that works. */
  best(component: Component): CandidatePair | undefined {
    return this.#pairs.find((pair) => pair.component === component && pair.state === 'succeeded');
  }

  /** Whether a better pair than this one may still turn out to work. */
  mayImprove({ component, priority }: CandidatePair): boolean {
    const isOpen = (pair: CandidatePair): boolean => pair.state !== 'succeeded' && pair.state !== 'failed';
    return this.#pairs.some((pair) => pair.component === component && pair.priority > priority && isOpen(pair));
  }

  #pair(local: IceCandidate, remote: IceCandidate): CandidatePair | undefined {
    const isSameFamily = local.address.includes(':') === remote.address.includes(':');
    const isOther = local.component !== remote.component || !isSameFamily;
    if (isOther || this.find(local.component, remote, baseOf(local))) return undefined;
    const pair: CandidatePair = {
      component: local.component,
      local,
      remote,
      priority: this.#priorityOf(local, remote),
      state: 'frozen',
      isNominated: false,
      seen: undefined,
    };
    this.#pairs.push(pair);
    return pair;
  }

  #priorityOf(local: IceCandidate, remote: IceCandidate): bigint {
    return this.#isControlling
      ? pairPriority(local.priority, remote.priority)
      : pairPriority(remote.priority, local.priority);
  }

  #sort(): void {
    this.#pairs.sort((a, b) => (a.priority === b.priority ? 0 : a.priority < b.priority ? 1 : -1));
  }

  /** RFC 8445 §6.1.2.6: of each foundation, the pair of the lowest component begins. */
  #thaw(): void {
    const begun = new Set<string>();
    for (const pair of this.#pairs.toSorted((a, b) => a.component - b.component)) {
      if (begun.has(foundationsOf(pair))) continue;
      begun.add(foundationsOf(pair));
      pair.state = 'waiting';
    }
  }
}

const foundationsOf = ({ local, remote }: CandidatePair): string => `${local.foundation} ${remote.foundation}`;
