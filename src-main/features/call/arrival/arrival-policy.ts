// Who may knock at all: scanners, strangers and calls for nobody are turned away before anything is kept of them. Pure.

/** From whom calls are taken that do not come by the account's own server. */
export type DirectCallPolicy = 'auto' | 'allow' | 'refuse';

export interface ArrivalFacts {
  readonly method: string;
  readonly isWithinDialog: boolean;
  /** User-Agent, and the user part of From: what scanners call themselves. */
  readonly names: readonly (string | undefined)[];
  /** The Request-URI belongs to an account of ours. */
  readonly isForUs: boolean;
  /** The account is to be reached by the registrar that it registers with. */
  readonly isRegistering: boolean;
  readonly isFromOwnServer: boolean;
  readonly policy: DirectCallPolicy;
}

export type ArrivalVerdict = 'accept' | 'drop' | { readonly refuseWith: number };

/** Programs that look for phones to abuse; each names itself so by default. */
const SCANNERS =
  /friendly-scanner|friendly-request|sipvicious|sundayddr|sip-?scan|siparmyknife|sipcli|vaxsipuseragent|pplsip|\biwar\b|\bsmap\b|\bmr\.? ?sip\b/i;

/** RFC 3515 §5.2: who asks for a call is no less a stranger than who calls. */
const PLACING_METHODS = ['INVITE', 'REFER'];

export const isScanner = (name: string | undefined): boolean => name !== undefined && SCANNERS.test(name);

/** An answer tells a scanner that there is a phone, so it gets none; a person who dialled wrong is told. */
export function judgeArrival(facts: ArrivalFacts): ArrivalVerdict {
  if (facts.names.some(isScanner)) return 'drop';
  if (!PLACING_METHODS.includes(facts.method) || facts.isWithinDialog) return 'accept';
  // RFC 3261 §21.4.5: a call for a user who does not live here
  if (!facts.isForUs) return { refuseWith: 404 };
  if (facts.isFromOwnServer || facts.policy === 'allow') return 'accept';
  if (facts.policy === 'auto' && !facts.isRegistering) return 'accept';
  // RFC 3261 §21.4.4: a stranger who calls past the server is refused, and does not ring
  return { refuseWith: 403 };
}
