// SIP messages for tests, from the few things that a test cares about.
import type { SipRequest } from '../../src-main/sip/syntax/index.ts';
import { NameAddress, SipUri, type Uri, buildRequest, parseUri } from '../../src-main/sip/syntax/index.ts';

export function uriOf(text: string): Uri {
  const parsed = parseUri(text);
  if (!parsed.ok) throw new Error(`${text} is no URI`);
  return parsed.value;
}

export function sipUriOf(text: string): SipUri {
  const uri = uriOf(text);
  if (!(uri instanceof SipUri)) throw new Error(`${text} is no SIP URI`);
  return uri;
}

export const addressOf = (uri: string, displayName?: string): NameAddress =>
  new NameAddress({ displayName, uri: uriOf(uri) });

export interface TestRequest {
  readonly method?: string;
  readonly branch?: string;
  readonly body?: string;
  readonly requestUri?: string;
  readonly headers?: readonly (readonly [string, string])[];
}

/** Alice to Bob. */
export function requestOf(options: TestRequest = {}): SipRequest {
  return buildRequest({
    method: options.method ?? 'OPTIONS',
    requestUri: uriOf(options.requestUri ?? 'sip:bob@biloxi.example.com'),
    from: addressOf('sip:alice@atlanta.example.com', 'Alice').withTag('1928301774'),
    to: addressOf('sip:bob@biloxi.example.com', 'Bob'),
    callId: 'a84b4c76e66710@pc33.atlanta.example.com',
    cseq: 314159,
    branch: options.branch ?? 'z9hG4bK776asdhds',
    headers: options.headers ?? [],
    body: options.body ?? '',
  });
}
