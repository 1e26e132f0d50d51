// What `sips` demands: a secured way, a secured Contact, and which requests are refused for their scheme. RFC 5630 §5.1, RFC 3261 §26.2.2.
import { Header, type SipRequest, type SipUri, type Uri } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { ExtraHeaders } from './new-request.ts';

/** Whether we promised a secured way: by the Request-URI, the first route, or the address of record that is registered. */
export function isSecuredRequest(request: SipRequest): boolean {
  const route = request.headers.get(Header.Route)?.uri;
  // RFC 3261 §8.1.1.8: a SIPS Request-URI, or one in the first Route, wants a SIPS Contact
  if (isSips(request.requestUri) || isSips(route)) return true;
  // RFC 5630 §5.1.1.1: SIPS contacts are registered for a SIPS address of record, and no other
  return request.method === 'REGISTER' && isSips(request.to.uri);
}

/** Whether the response to what came is to have a SIPS Contact; only a secured flow makes that true. */
export function wantsSecuredContact(request: SipRequest, flow: Flow): boolean {
  if (!flow.isSecure) return false;
  const [recordRoute] = request.headers.all(Header.RecordRoute);
  // RFC 3261 §12.1.1: the Request-URI decides, the first Record-Route, and without one the Contact
  return isSips(request.requestUri) || isSips(recordRoute?.uri ?? request.headers.get(Header.Contact)?.uri);
}

/** RFC 3261 §8.1.2: servers for a secured request are looked for as if the next hop were written `sips`. */
export const securedHop = (nextHop: Uri, request: SipRequest): Uri =>
  nextHop.kind === 'sip' && isSecuredRequest(request) ? nextHop.with({ scheme: 'sips' }) : nextHop;

export interface SchemeRejection {
  readonly statusCode: number;
  readonly headers: ExtraHeaders;
}

/** RFC 5630 §5.1.2: what a request outside dialogs is refused with when its scheme and its way do not go together. */
export function refuseScheme(
  { requestUri }: SipRequest,
  flow: Flow,
  { isSipsRequired = false }: AccountIdentity,
): SchemeRejection | undefined {
  if (requestUri.kind !== 'sip') return undefined;
  // RFC 5630 §5.1.2: the exception for the last hop is gone, so that what came unsecured cannot be answered as secured
  if (requestUri.isSecure && !flow.isSecure) return reject('380', 'SIPS Not Allowed');
  // RFC 5630 §5.1.2: a policy of "always SIPS" refuses SIP with 480
  if (!requestUri.isSecure && isSipsRequired) return reject('381', 'SIPS Required');
  return undefined;
}

/** RFC 5630 §5.1.2: a SIPS Request-URI beside a SIP Contact that we would have to call back is inconsistent. */
export function isInconsistent(request: SipRequest): boolean {
  if (!isSips(request.requestUri) || request.headers.has('Record-Route')) return false;
  const contact = request.headers.get(Header.Contact)?.uri;
  return contact?.kind === 'sip' && !contact.isSecure;
}

export const isSips = (uri: Uri | undefined): uri is SipUri => uri?.kind === 'sip' && uri.isSecure;

const reject = (code: string, text: string): SchemeRejection => ({
  statusCode: 480,
  headers: [['Warning', `${code} nightjar "${text}"`]],
});
