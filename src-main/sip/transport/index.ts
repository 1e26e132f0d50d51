// Scaffold of the agreed door until the room is built.
import type { Result } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { SipMessage, SipResponse, Uri } from '../syntax/index.ts';
export type TransportProtocol = 'udp' | 'tcp' | 'tls' | 'ws' | 'wss';
export interface Flow {
  readonly id: string; readonly protocol: TransportProtocol; readonly isReliable: boolean; readonly isSecure: boolean;
  readonly local: SocketAddress; readonly remote: SocketAddress; readonly isClosed: boolean;
  send(message: SipMessage): void;
}
export interface TransportUser {
  onMessage(message: SipMessage, flow: Flow): void;
  onSendFailed(flow: Flow, message: SipMessage, reason: string): void;
  onFlowClosed(flow: Flow, reason: string): void;
}
export interface Hop { readonly protocol: TransportProtocol; readonly address: SocketAddress; readonly serverName?: string }
export interface TransportFailure { readonly kind: string; readonly message: string }
export interface TransportLayer {
  locate(uri: Uri, options?: { readonly protocol?: TransportProtocol }): Promise<Result<readonly Hop[], TransportFailure>>;
  connect(hop: Hop, options?: { messageSizeBytes?: number }): Promise<Result<Flow, TransportFailure>>;
  sendResponse(response: SipResponse, requestFlow: Flow): void;
  contactAddress(flow: Flow): SocketAddress;
  close(): void;
}
