// Why a new INVITE is refused before any user hears of it. RFC 3261 §13.3.1, RFC 3262 §3, RFC 4028 §9.
import type { SipRequest } from '../syntax/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { hasOption } from './reliable-provisionals.ts';
import { isIntervalTooSmall } from './session-timer.ts';
import type { Rejection } from './uas-checks.ts';

export interface InviteCheckContext {
  readonly account: AccountIdentity;
  readonly isFull: boolean;
  readonly minSessionExpiresSec: number;
}

/** The response to refuse the INVITE with; undefined when it may ring. */
export function checkInvite(request: SipRequest, context: InviteCheckContext): Rejection | undefined {
  const { account, isFull, minSessionExpiresSec: minSec } = context;
  if (isFull) return { statusCode: 486, headers: [] };
  if (isIntervalTooSmall(request, { expiresSec: 0, minSec })) {
    return { statusCode: 422, headers: [['Min-SE', String(minSec)]] };
  }
  // RFC 3262 §3, RFC 3261 §21.4.15: a required extension that the caller lacks is 421
  const isReliable = hasOption(request, 'Supported', '100rel') || hasOption(request, 'Require', '100rel');
  if (account.reliableProvisional !== 'required' || isReliable) return undefined;
  return { statusCode: 421, headers: [['Require', '100rel']] };
}
