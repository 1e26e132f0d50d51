// What becomes of an INVITE before anybody hears it: ring, or refuse with a reason. Pure.

export interface IncomingFacts {
  /** The account that the Request-URI belongs to, if any. */
  readonly accountId: string | undefined;
  readonly isDoNotDisturb: boolean;
  /** Away mode takes calls that nobody else may. */
  readonly isAway: boolean;
  readonly liveCalls: number;
  /** How many of them speak to the answering machine. */
  readonly awayCalls: number;
  readonly maxCalls: number;
  /** How many may ring or speak to the answering machine beside those. */
  readonly maxAwayCalls: number;
}

export type IncomingDecision =
  | { readonly kind: 'ring'; readonly isSilent: boolean }
  | { readonly kind: 'refuse'; readonly statusCode: number; readonly reasonPhrase: string };

/** RFC 3261 §21.4: 404 for somebody who does not live here, 486 when busy, 480 when not to be disturbed. */
export function decideIncoming(facts: IncomingFacts): IncomingDecision {
  if (facts.accountId === undefined) return { kind: 'refuse', statusCode: 404, reasonPhrase: 'Not Found' };
  if (!hasRoom(facts)) return { kind: 'refuse', statusCode: 486, reasonPhrase: 'Busy Here' };
  if (facts.isDoNotDisturb && !facts.isAway)
    return { kind: 'refuse', statusCode: 480, reasonPhrase: 'Temporarily Unavailable' };
  return { kind: 'ring', isSilent: facts.isDoNotDisturb };
}

/** Callers of the answering machine take no room from the user's own calls. */
function hasRoom({ isAway, liveCalls, awayCalls, maxCalls, maxAwayCalls }: IncomingFacts): boolean {
  return isAway ? liveCalls < maxCalls + maxAwayCalls : liveCalls - awayCalls < maxCalls;
}
