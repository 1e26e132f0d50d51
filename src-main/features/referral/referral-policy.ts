// Whether somebody outside any call may have this phone dial: by a rule of the user, by the user's word, or not at all. Pure. RFC 3515 §5.2.

/** What becomes of those who are on no list. */
export type ReferralPolicy = 'never' | 'ask';

export interface ReferralFacts {
  readonly policy: ReferralPolicy;
  /** On the user's list, and the account's own server vouches for the name. */
  readonly isTrusted: boolean;
  /** It was asked for by a secured way, and leads to where none is. */
  readonly isDowngrade: boolean;
  /** The same sender waits for an answer about the same target. */
  readonly isAskedAlready: boolean;
  readonly openQuestions: number;
}

export type ReferralVerdict = 'dial' | 'ask' | { readonly refuseWith: number };

/** Questions at a time, so that nobody fills the window with them. */
const MAX_QUESTIONS = 4;

export function judgeReferral(facts: ReferralFacts): ReferralVerdict {
  // RFC 5630 §5.1.1.3: a rule leads nobody from a secured way to an unsecured one
  if (facts.isTrusted && !facts.isDowngrade) return 'dial';
  // RFC 3515 §5.2: who is not authorised is refused, and the user is not troubled
  if (facts.policy === 'never') return { refuseWith: 403 };
  if (facts.isAskedAlready || facts.openQuestions >= MAX_QUESTIONS) return { refuseWith: 486 };
  return 'ask';
}
