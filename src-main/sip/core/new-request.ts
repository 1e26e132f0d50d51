// Requests as this user agent starts them, without Via: that is the transaction's. RFC 3261 §8.1.1.
import { buildRequest, type NameAddress, type SipRequest, type Uri } from '../syntax/index.ts';

export interface NewRequestFields {
  readonly method: string;
  readonly requestUri: Uri;
  readonly from: NameAddress;
  readonly to: NameAddress;
  readonly callId: string;
  readonly sequence: number;
  readonly routes?: readonly NameAddress[];
}

/** RFC 3261 §8.1.1: To, From, CSeq, Call-ID and Max-Forwards 70. */
export function newRequest({ sequence, ...fields }: NewRequestFields): SipRequest {
  return buildRequest({ ...fields, cseq: sequence });
}

/** Header lines that a user adds to a message. */
export type ExtraHeaders = readonly (readonly [name: string, value: string])[];

/** Appends `extra` in order. */
export function addExtraHeaders(
  message: { readonly headers: { append(name: string, value: string): void } },
  extra: ExtraHeaders = [],
): void {
  for (const [name, value] of extra) message.headers.append(name, value);
}
