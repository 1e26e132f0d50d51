// The door of sip/transport: flows, locating servers, trust, the network. RFC 3261 §18, RFC 3263, RFC 3581, RFC 5626 §4.4, RFC 5922, RFC 7118.
export {
  type AlternativeName,
  type CertificateRefusal,
  type CertificateRefusalReason,
  type PeerCertificate,
  type TrustPolicy,
  isForDomain,
  judgeCertificate,
} from './certificate.ts';
export { parseAlternativeNames } from './alternative-names.ts';
export {
  type Flow,
  type Hop,
  type TransportProtocol,
  type TransportUser,
  defaultPort,
  isReliableProtocol,
  isSecureProtocol,
  isWebSocket,
  parseProtocol,
} from './flow.ts';
export type { OwnWish } from './own-listeners.ts';
export type { KeepAliveOptions } from './keep-alive.ts';
export type { ListenOptions, ListeningPoint } from './listening-points.ts';
export type { AddressFamily, LocateFailure, LocateOptions } from './locator.ts';
export type {
  AddressAnswer,
  DatagramHandlers,
  DatagramSocket,
  NaptrRecord,
  NetworkFailure,
  NetworkFailureKind,
  SipNetwork,
  SrvRecord,
  StreamConnection,
  StreamHandlers,
  StreamListener,
  StreamPlace,
  StreamProtocol,
  StreamTarget,
} from './network.ts';
export { nodeNetwork } from './node-network.ts';
export { type StreamEvent, StreamFramer } from './stream-framer.ts';
export { type ReceiveLimits, SourceGate } from './source-gate.ts';
export { sourceOf } from './source.ts';
export { IDLE_LIMIT_MS, MAX_UNSENT_BYTES } from './stream-flow.ts';
export { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_SOURCE } from './stream-flows.ts';
export {
  type StunAnswer,
  buildBindingAnswer,
  buildBindingRequest,
  isStun,
  parseBindingAnswer,
} from './stun-binding.ts';
export { type TlsContext, type TlsMaterial, openTlsContext } from './tls-material.ts';
export type { TransportCounters } from './transport-counters.ts';
export { MAX_DATAGRAM_REQUEST_BYTES, TransportLayer } from './transport-layer.ts';
export type { ConnectOptions, TransportEvents, TransportFailure, TransportOptions } from './transport-options.ts';
export { fixIncomingRequest, prepareOutgoingRequest, responseTarget } from './via-fixup.ts';
export { type TraceEvents, TraceRecord, maskSecrets } from './wire-trace.ts';
