// As whom the user agent speaks, and by which way its requests go. RFC 3261 §8.1.1.
import type { SocketAddress } from '../../base/socket-address.ts';
import type { NameAddress, SipUri, Uri } from '../syntax/index.ts';
import type { AddressFamily, TransportProtocol } from '../transaction/index.ts';
import type { Credentials, DigestPolicy } from './digest.ts';

export interface AccountIdentity {
  /** The address of record: From of every request. */
  readonly address: Uri;
  readonly displayName?: string;
  /** From says nothing of who calls. RFC 3323 §4.1.1.3 */
  readonly isAnonymous?: boolean;
  /** User part of our Contact. */
  readonly contactUser: string;
  /** Without them a challenge is a failure. */
  readonly credentials?: Credentials;
  /** Alternatives for every request outside a dialog, best first: the first that answers is used. Written with `lr`. */
  readonly outboundProxies: readonly SipUri[];
  /** Route sets that registrations brought, best first; they take the place of the proxies. RFC 3608 §5, RFC 5626 §4.3 */
  readonly routeSets?: readonly (readonly NameAddress[])[];
  /** Names this very phone to anybody, and stands in its Contact. RFC 5627 §4.4 */
  readonly gruu?: SipUri;
  /** The registrar keeps flows: requests of a dialog come back over the flow that opened it. RFC 5626 §4.3 */
  readonly isOutbound?: boolean;
  /** Which challenges are answered; all that can be, unless told otherwise. */
  readonly digestPolicy?: DigestPolicy;
  /** Requests to our SIP address are refused, only its SIPS form is served. RFC 5630 §5.1.2 */
  readonly isSipsRequired?: boolean;
  /** Used where a URI names no transport. */
  readonly transport?: TransportProtocol;
  /** Which addresses of servers' names are used; both when absent. */
  readonly addressFamily?: AddressFamily;
  /** Its requests go from the sockets that the transport has for this name alone. */
  readonly listener?: string;
  /** What Contact names instead of the local address, when a NAT's public address is known. */
  readonly contactAddress?: SocketAddress;
  /** Session timer that we ask for, in seconds; absent or 0 asks for none. RFC 4028 §4 */
  readonly sessionExpiresSec?: number;
  /** Whether provisional responses are made reliable. RFC 3262 */
  readonly reliableProvisional?: 'off' | 'supported' | 'required';
}
