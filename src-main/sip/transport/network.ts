// What the transports need of a network, so that whole phones can run on a virtual one. RFC 3261 §18, RFC 3263.
import type { Result } from '../../base/result.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { PeerCertificate } from './certificate.ts';

export type NetworkFailureKind = 'addressInUse' | 'refused' | 'unreachable' | 'notFound' | 'timeout' | 'failed';

export type StreamProtocol = 'tcp' | 'tls' | 'ws' | 'wss';

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

/** Where a stream is wanted to. */
export interface StreamTarget extends SocketAddress {
  /** Plain TCP when absent. */
  readonly protocol?: StreamProtocol;
  /** The SIP domain: goes into the TLS handshake and the Host of a WebSocket's. */
  readonly serverName?: string;
}

/** Where streams are waited for. */
export interface StreamPlace extends SocketAddress {
  /** Plain TCP when absent. */
  readonly protocol?: 'tcp' | 'tls';
}

export interface StreamHandlers {
  /** Bytes of a stream; of a WebSocket, one whole message. */
  onData(bytes: Uint8Array): void;
  /** The peer answered `ping`. */
  onPong?(): void;
  /** Once, whoever closed. */
  onClosed(reason: string): void;
}

export interface StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Bytes written and not yet taken by the network. */
  readonly unsentBytes: number;
  /** Each write and each arrival is one message: a WebSocket. */
  readonly isMessageFramed?: boolean;
  /** What the peer of a secured stream showed; it has not been judged yet. */
  readonly certificate?: PeerCertificate | undefined;
  /** A ping of the protocol's own, where it has one. */
  ping?(): void;
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

export interface AddressAnswer {
  readonly addresses: readonly string[];
  /** How long they may be kept; absent where the source does not say. */
  readonly ttlSec?: number;
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
  listenStream(local: StreamPlace, onConnection: (connection: StreamConnection) => void): Outcome<StreamListener>;
  /** `signal` gives up the attempt. */
  connectStream(target: StreamTarget, signal: AbortSignal): Outcome<StreamConnection>;
  /** Whether our certificate is shown to servers that ask for one. */
  readonly hasCertificate: boolean;
  /**
   * Whether the machine there says that nobody listens at `remote`, for which two line ends are sent; `signal` ends the wait.
   */
  refusesDatagrams(remote: SocketAddress, signal: AbortSignal): Promise<boolean>;
  /** The local address that packets to `remote` leave from; undefined when there is no way to it. */
  localAddressFor(remote: SocketAddress): Promise<string | undefined>;
  /** Addresses of this machine's interfaces, loopback and link-local ones left out. */
  localAddresses(): readonly string[];
  resolve4(name: string): Outcome<AddressAnswer>;
  resolve6(name: string): Outcome<AddressAnswer>;
  resolveSrv(name: string): Outcome<readonly SrvRecord[]>;
  resolveNaptr(name: string): Outcome<readonly NaptrRecord[]>;
}
