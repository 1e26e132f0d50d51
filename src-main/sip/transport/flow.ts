// A way to a peer, and what the layer above must know of it. RFC 3261 §18, RFC 7118 §5.
import type { SocketAddress } from '../../base/socket-address.ts';
import type { SipMessage } from '../syntax/index.ts';

/** How messages travel; `ws` and `wss` are opened by us only. */
export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';

/** Local and remote address of one protocol; for streams, one connection. */
export interface Flow {
  readonly id: string;
  readonly protocol: TransportProtocol;
  readonly isReliable: boolean;
  readonly isSecure: boolean;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Where peers reach us: goes into Via and, unless NAT is known, into Contact. */
  readonly sentBy: SocketAddress;
  readonly isClosed: boolean;
  /** Whose sockets it belongs to; absent for those that all share. */
  readonly listener?: string | undefined;
  /** The peer may use this connection for its own requests to us. RFC 5923 §5 */
  readonly isReusable?: boolean;
  /** Sends as is; what cannot be sent comes back by `TransportUser.onSendFailed`, never by an exception. */
  send(message: SipMessage): void;
}

/** A flow as this room sees it. */
export interface RawFlow extends Flow {
  sendBytes(bytes: Uint8Array): void;
  /** Asks for a sign of life: the ping of a WebSocket, elsewhere `lineEnds`. */
  sendPing(lineEnds: Uint8Array): void;
  /** Ends it and tells the user; a datagram flow is only called failed, and the next one to its peer is new. */
  close(reason: string): void;
}

/** The layer above. Called with well-formed messages only. */
export interface TransportUser {
  onMessage(message: SipMessage, flow: Flow): void;
  onSendFailed(flow: Flow, message: SipMessage, reason: string): void;
  /** A connection is gone; not called for those that `TransportLayer.close` closes. */
  onFlowClosed(flow: Flow, reason: string): void;
}

/** One address to try. RFC 3263 §4. */
export interface Hop {
  readonly protocol: TransportProtocol;
  readonly address: SocketAddress;
  /** The name that a certificate must carry. */
  readonly serverName?: string;
}

export const isReliableProtocol = (protocol: TransportProtocol): boolean => protocol !== 'udp';

export const isSecureProtocol = (protocol: TransportProtocol): boolean => protocol === 'tls' || protocol === 'wss';

/** RFC 3261 §19.1.2, RFC 7118 §5.5: the port where none is said. */
export function defaultPort(protocol: TransportProtocol): number {
  const ports = { udp: 5060, tcp: 5060, tls: 5061, ws: 80, wss: 443 } as const;
  return ports[protocol];
}

/** RFC 7118 §5.2: a WebSocket's client cannot be reached at its address, so Via and Contact name none. */
export const isWebSocket = (protocol: TransportProtocol): protocol is 'ws' | 'wss' =>
  protocol === 'ws' || protocol === 'wss';

/** The protocol of a `transport` parameter or a Via; undefined when unknown. */
export function parseProtocol(text: string): TransportProtocol | undefined {
  const protocols: readonly TransportProtocol[] = ['udp', 'tcp', 'tls', 'ws', 'wss'];
  return protocols.find((protocol) => protocol === text.toLowerCase());
}
