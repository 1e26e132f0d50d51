// What a failed request within a dialog ends: itself, the usage that it belongs to, or the whole dialog. RFC 5057 §5.1, §5.2.
import type { Result } from '../../base/result.ts';
import type { SipResponse } from '../syntax/index.ts';
import type { RequestFailure } from './send-options.ts';

export type ResponseEffect = 'transaction' | 'usage' | 'dialog';

/** RFC 5057 §5.1: the peer, or the way to it, is no longer there for any request of this dialog. */
const ENDS_DIALOG: readonly number[] = [404, 410, 416, 482, 483, 484, 485, 502, 604];
/** RFC 5057 §5.1, §5.2: a 408 is a time-out that somebody else has noticed. */
const ENDS_USAGE: readonly number[] = [408, 480, 481];
/** RFC 5057 §5.1: the method itself is refused, which matters where the usage cannot do without it. */
const REFUSES_METHOD: readonly number[] = [405, 501];
/** Requests that make or keep a usage. */
const ESSENTIAL: readonly string[] = ['INVITE', 'SUBSCRIBE', 'NOTIFY'];
/** Requests of subscriptions, which may share the dialog of a session. */
const OF_SUBSCRIPTION: readonly string[] = ['SUBSCRIBE', 'NOTIFY'];

/** RFC 5057 §5.1: the effect of a final response to a request of `method`; unknown codes end nothing but their transaction. */
export function effectOf(method: string, statusCode: number): ResponseEffect {
  if (ENDS_DIALOG.includes(statusCode)) return 'dialog';
  if (ENDS_USAGE.includes(statusCode)) return 'usage';
  if (REFUSES_METHOD.includes(statusCode)) return ESSENTIAL.includes(method) ? 'usage' : 'transaction';
  // RFC 5057 §5.1: 489 says that the event package is not served, which is all that a subscription is about
  return statusCode === 489 && OF_SUBSCRIPTION.includes(method) ? 'usage' : 'transaction';
}

/** What becomes of an INVITE session: `gone` needs no BYE, `lost` gets one, in case the peer is there after all. */
export type SessionFate = 'goesOn' | 'gone' | 'lost';

/** The fate of the session whose request of `method` had this outcome. */
export function sessionFate(method: string, outcome: Result<SipResponse, RequestFailure>): SessionFate {
  // RFC 5057 §5.2: a time-out ends the usage of its request, and NOTIFY belongs to a subscription
  if (!outcome.ok) return outcome.error.kind === 'timeout' && !OF_SUBSCRIPTION.includes(method) ? 'lost' : 'goesOn';
  const { statusCode } = outcome.value;
  const effect = effectOf(method, statusCode);
  const isOurs = effect === 'dialog' || (effect === 'usage' && !OF_SUBSCRIPTION.includes(method));
  // INTEROP: servers answer REFER with 404 or 480 for the target of the transfer; the call that was to be transferred goes on.
  if (!isOurs || (method === 'REFER' && statusCode !== 481 && statusCode !== 408)) return 'goesOn';
  // RFC 3261 §12.2.1.2: 481 says that the peer knows nothing of the dialog
  return statusCode === 481 ? 'gone' : 'lost';
}
