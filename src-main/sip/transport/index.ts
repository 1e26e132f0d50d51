// The door of sip/transport: flows, locating servers, the network. RFC 3261 §18, RFC 3263, RFC 3581, RFC 5626 §4.4.
export {
  type Flow,
  type Hop,
  type TransportProtocol,
  type TransportUser,
  defaultPort,
  isReliableProtocol,
  isSecureProtocol,
  parseProtocol,
} from './flow.ts';
export type { ListenOptions, ListeningPoint } from './listening-points.ts';
export type { LocateFailure, LocateOptions } from './locator.ts';
export type {
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
} from './network.ts';
export { nodeNetwork } from './node-network.ts';
export { type StreamEvent, StreamFramer } from './stream-framer.ts';
export { MAX_CONNECTIONS } from './stream-flows.ts';
export type { TransportCounters } from './transport-counters.ts';
export {
  type ConnectOptions,
  MAX_DATAGRAM_REQUEST_BYTES,
  type TransportFailure,
  TransportLayer,
  type TransportOptions,
} from './transport-layer.ts';
export { fixIncomingRequest, prepareOutgoingRequest, responseTarget } from './via-fixup.ts';
export { type TraceEvents, TraceRecord, maskSecrets } from './wire-trace.ts';
