// How much one source may send, judged by its first bytes before anything is parsed. RFC 3261 §26.1.5.
import { type BucketOptions, TokenBucket } from '../../base/token-bucket.ts';
import { sourceOf } from './source.ts';

/** For one source, which is an address or an IPv6 /64. */
export interface ReceiveLimits {
  /** INVITEs, which make state and noise; those within a dialog count too. */
  readonly invitesPerSec: number;
  /** Everything else: a flood of INVITEs leaves the BYE of a call that goes on alone. */
  readonly othersPerSec: number;
}

interface Budget {
  readonly invites: TokenBucket;
  readonly others: TokenBucket;
}

/** Sources that have budgets of their own. */
const MAX_SOURCES = 1_024;
/** How many of the oldest are looked at for one that has rested. */
const EVICTION_TRIES = 4;
const BURST_SEC = 2;
/** More line ends than this before a start line are no courtesy. */
const MAX_LEADING_LINE_ENDS = 4;
const INVITE = Buffer.from('INVITE ');
const CR = 0x0d;
const LF = 0x0a;

export class SourceGate {
  readonly #limits: ReceiveLimits;
  readonly #budgets = new Map<string, Budget>();
  /** Shared by all who come while the table is full of busy sources, as in a flood from invented addresses. */
  readonly #strangers: Budget;

  constructor(limits: ReceiveLimits) {
    this.#limits = limits;
    this.#strangers = this.#newBudget(0);
  }

  get sourceCount(): number {
    return this.#budgets.size;
  }

  /** Whether a message may be read; what may not is dropped without an answer, so that nobody is flooded through us. */
  admits(bytes: Uint8Array, address: string, nowMs: number): boolean {
    const budget = this.#budgetOf(sourceOf(address), nowMs);
    return (startsAsInvite(bytes) ? budget.invites : budget.others).take(nowMs);
  }

  #budgetOf(source: string, nowMs: number): Budget {
    const known = this.#budgets.get(source);
    if (known) return known;
    if (this.#budgets.size >= MAX_SOURCES && !this.#forgetRested(nowMs)) return this.#strangers;
    const budget = this.#newBudget(nowMs);
    this.#budgets.set(source, budget);
    return budget;
  }

  /** Forgets a source whose budget is full, which changes nothing for it. */
  #forgetRested(nowMs: number): boolean {
    for (let tries = 0; tries < EVICTION_TRIES; tries++) {
      const [oldest] = this.#budgets;
      if (!oldest) return false;
      const [source, budget] = oldest;
      this.#budgets.delete(source);
      if (budget.invites.isFull(nowMs) && budget.others.isFull(nowMs)) return true;
      this.#budgets.set(source, budget);
    }
    return false;
  }

  #newBudget(nowMs: number): Budget {
    const { invitesPerSec, othersPerSec } = this.#limits;
    return { invites: new TokenBucket(rate(invitesPerSec), nowMs), others: new TokenBucket(rate(othersPerSec), nowMs) };
  }
}

const rate = (ratePerSec: number): BucketOptions => ({ ratePerSec, burst: ratePerSec * BURST_SEC });

function startsAsInvite(bytes: Uint8Array): boolean {
  let start = 0;
  // RFC 3261 §7.5: line ends before the start line are ignored
  while (start < MAX_LEADING_LINE_ENDS && (bytes[start] === CR || bytes[start] === LF)) start++;
  // WHY: whoever hides the method behind more of them is counted where the budget is small.
  if (start === MAX_LEADING_LINE_ENDS) return bytes.length > MAX_LEADING_LINE_ENDS;
  for (const [index, byte] of INVITE.entries()) if (bytes[start + index] !== byte) return false;
  return true;
}
