// What the transport has seen, for diagnostics and tests.

export interface TransportCounters {
  receivedMessages: number;
  sentMessages: number;
  sendFailures: number;
  /** Bytes that were no message, and messages that were malformed. */
  parseFailures: number;
  /** Malformed requests that were answered. */
  rejections: number;
  /** Responses whose top Via is not ours. RFC 3261 §18.1.2. */
  strayResponses: number;
  /** Datagrams that are not SIP at all. */
  foreignDatagrams: number;
  keepAlives: number;
  refusedConnections: number;
  /** Messages beyond what one source may send; they were not read. */
  floodedMessages: number;
}

export function zeroCounters(): TransportCounters {
  return {
    receivedMessages: 0,
    sentMessages: 0,
    sendFailures: 0,
    parseFailures: 0,
    rejections: 0,
    strayResponses: 0,
    foreignDatagrams: 0,
    keepAlives: 0,
    refusedConnections: 0,
    floodedMessages: 0,
  };
}
