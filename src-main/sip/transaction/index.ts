// The door of sip/transaction: requests sent and answered reliably. RFC 3261 §17, RFC 6026.
export { ClientTransaction, type ClientTransactionUser } from './client-transaction.ts';
export { ServerTransaction, type ServerTransactionUser } from './server-transaction.ts';
export { sipTimers, type SipTimers } from './sip-timers.ts';
export {
  TransactionLayer,
  type ScreenVerdict,
  type TransactionCounters,
  type TransactionLayerOptions,
  type TransactionUser,
} from './transaction-layer.ts';
// WHY: the floors above open flows and name hops, but may not reach past this door for the types.
export type {
  AddressFamily,
  Flow,
  Hop,
  KeepAliveOptions,
  LocateOptions,
  TransportLayer,
  TransportProtocol,
} from '../transport/index.ts';
export { isWebSocket } from '../transport/index.ts';
