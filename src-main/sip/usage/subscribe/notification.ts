// What a NOTIFY says of its subscription, beside the body. RFC 6665 §4.1.3, §8.2.
import { mediaType, type Body } from '../../core/index.ts';
import { Header, parseDecimal, type SipRequest } from '../../syntax/index.ts';

export interface SubscriptionStateHeader {
  readonly state: 'active' | 'pending' | 'terminated';
  readonly expiresSec: number | undefined;
  readonly reason: string;
  readonly retryAfterSec: number | undefined;
}

const MAX_SEC = 2 ** 31;

/** Undefined when the header is missing or unreadable; an unknown state counts as active. RFC 6665 §4.1.3 */
export function readSubscriptionState({ headers }: SipRequest): SubscriptionStateHeader | undefined {
  const value = headers.get(Header.SubscriptionState);
  if (!value) return undefined;
  const token = value.token.toLowerCase();
  const seconds = (name: string): number | undefined => {
    const text = value.parameters.get(name);
    return text === undefined ? undefined : parseDecimal(text, MAX_SEC);
  };
  return {
    state: token === 'terminated' || token === 'pending' ? token : 'active',
    expiresSec: seconds('expires'),
    reason: value.parameters.get('reason') ?? '',
    retryAfterSec: seconds('retry-after'),
  };
}

/** The event package in lower case; empty when there is none. */
export const eventOf = ({ headers }: SipRequest): string => headers.get(Header.Event)?.token.toLowerCase() ?? '';

/** Whether the body is of a type that was asked for; an empty one always is. */
export const isAccepted = (body: Body | undefined, accept: readonly string[]): boolean =>
  body === undefined || accept.includes(mediaType(body.contentType));
