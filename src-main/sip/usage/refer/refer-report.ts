// A NOTIFY that reports on a referred call, read. RFC 3515 §2.4.5, RFC 3420 §2.
import { bodyText, type IncomingRequest } from '../../core/index.ts';
import { Header } from '../../syntax/index.ts';

export interface ReferReport {
  /** Undefined when the body cannot be read. */
  readonly status: ReferStatus | undefined;
  readonly isTerminated: boolean;
}

export interface ReferStatus {
  readonly statusCode: number;
  readonly reasonPhrase: string;
}

/** The status line in a sipfrag; undefined when there is none. RFC 3420 §2 */
export function readSipfrag(text: string): ReferStatus | undefined {
  const [, statusCode, reasonPhrase = ''] = /^SIP\/2\.0 ([1-6]\d\d)(?: ([^\r\n]{0,256}))?(?:[\r\n]|$)/.exec(text) ?? [];
  return statusCode === undefined ? undefined : { statusCode: Number(statusCode), reasonPhrase };
}

/** Undefined for a NOTIFY of another package; the caller answers. */
export function readReferReport({ request, body }: IncomingRequest): ReferReport | undefined {
  if (request.headers.get(Header.Event)?.token.toLowerCase() !== 'refer') return undefined;
  return {
    status: body && readSipfrag(bodyText(body)),
    isTerminated: request.headers.get(Header.SubscriptionState)?.token.toLowerCase() === 'terminated',
  };
}
