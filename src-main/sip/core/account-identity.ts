// As whom the user agent speaks, and by which way its requests go. RFC 3261 §8.1.1.
import type { SocketAddress } from '../../base/socket-address.ts';
import type { SipUri, Uri } from '../syntax/index.ts';
import type { AddressFamily, TransportProtocol } from '../transaction/index.ts';
import type { Credentials } from './digest.ts';

export interface AccountIdentity {
  /** The address of record: From of every request. */
  readonly address: Uri;
  readonly displayName?: string;
  /** User part of our Contact. */
  readonly contactUser: string;
  /** Without them a challenge is a failure. */
  readonly credentials?: Credentials;
  /** Preloaded route set: every request outside a dialog goes this way. Each is written with `lr`. */
  readonly outboundProxies: readonly SipUri[];
  /** Used where a URI names no transport. */
  readonly transport?: TransportProtocol;
  /** Which addresses of servers' names are used; both when absent. */
  readonly addressFamily?: AddressFamily;
  /** What Contact names instead of the local address, when a NAT's public address is known. */
  readonly contactAddress?: SocketAddress;
  /** Session timer that we ask for, in seconds; absent or 0 asks for none. RFC 4028 §4 */
  readonly sessionExpiresSec?: number;
  /** Whether provisional responses are made reliable. RFC 3262 */
  readonly reliableProvisional?: 'off' | 'supported' | 'required';
}
