// What the transports need of a network, so that whole phones can run on a virtual one. RFC 3261 §18, RFC 3263.
import type { Result } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';

export type NetworkFailureKind = 'addressInUse' | 'refused' | 'unreachable' | 'notFound' | 'timeout' | 'failed';

export interface NetworkFailure {
  readonly kind: NetworkFailureKind;
  readonly message: string;
}

type Outcome<T> = Promise<Result<T, NetworkFailure>>;

export interface DatagramHandlers {
  /** The receiver owns `bytes`. */
  onDatagram(bytes: Uint8Array, remote: SocketAddress): void;
  onError(reason: string): void;
}

export interface DatagramSocket {
  readonly local: SocketAddress;
  /** Begins to hand out what arrives. */
  start(handlers: DatagramHandlers): void;
  send(bytes: Uint8Array, remote: SocketAddress, onFailed: (reason: string) => void): void;
  close(): void;
}

export interface StreamHandlers {
  onData(bytes: Uint8Array): void;
  /** Once, whoever closed. */
  onClosed(reason: string): void;
}

export interface StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Bytes written and not yet taken by the network. */
  readonly unsentBytes: number;
  /** Begins to hand out what arrives. */
  start(handlers: StreamHandlers): void;
  write(bytes: Uint8Array): void;
  /** Sends what is written, then ends; `isAbrupt` drops it. */
  close(isAbrupt?: boolean): void;
}

export interface StreamListener {
  readonly local: SocketAddress;
  close(): void;
}

export interface SrvRecord {
  readonly priority: number;
  readonly weight: number;
  readonly port: number;
  readonly name: string;
}

export interface NaptrRecord {
  readonly order: number;
  readonly preference: number;
  readonly flags: string;
  readonly service: string;
  readonly replacement: string;
}

export interface SipNetwork {
  /** Port 0 picks a free one. */
  bindDatagram(local: SocketAddress): Outcome<DatagramSocket>;
  listenStream(local: SocketAddress, onConnection: (connection: StreamConnection) => void): Outcome<StreamListener>;
  /** `signal` gives up the attempt. */
  connectStream(remote: SocketAddress, signal: AbortSignal): Outcome<StreamConnection>;
  /** The local address that packets to `remote` leave from; undefined when there is no way to it. */
  localAddressFor(remote: SocketAddress): Promise<string | undefined>;
  resolve4(name: string): Outcome<readonly string[]>;
  resolve6(name: string): Outcome<readonly string[]>;
  resolveSrv(name: string): Outcome<readonly SrvRecord[]>;
  resolveNaptr(name: string): Outcome<readonly NaptrRecord[]>;
}
