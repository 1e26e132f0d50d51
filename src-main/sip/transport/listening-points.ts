// The sockets that listen, and which of them to send from. RFC 3261 §18.1.1, §18.2.1.
import { type Result, err, ok } from '../../base/result.ts';
import { type SocketAddress, isIpv6Address, isSameSocketAddress, withoutZone } from '../../base/socket-address.ts';
import { isSameHost } from '../syntax/index.ts';
import { DatagramPoint, type FlowOwner } from './datagram-point.ts';
import type { RawFlow, TransportProtocol } from './flow.ts';
import type { NetworkFailure, SipNetwork, StreamConnection, StreamListener } from './network.ts';

export interface ListenOptions {
  readonly protocol: TransportProtocol;
  readonly address: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** What Via and Contact say instead of `address`, where a router maps it. */
  readonly advertisedAddress?: string;
  /** For whom alone it is; absent: for everybody who has none of their own. */
  readonly listener?: string;
}

export interface ListeningPoint {
  readonly protocol: TransportProtocol;
  readonly local: SocketAddress;
  readonly sentBy: SocketAddress;
  readonly listener?: string | undefined;
  close(): void;
}

type ListenedStream = 'tcp' | 'tls';

interface StreamPoint extends ListeningPoint {
  readonly protocol: ListenedStream;
}

type OnConnection = (connection: StreamConnection, protocol: ListenedStream, listener: string | undefined) => void;

export class ListeningPoints {
  readonly #network: SipNetwork;
  readonly #owner: FlowOwner;
  readonly #onConnection: OnConnection;
  readonly #datagramPoints = new Set<DatagramPoint>();
  readonly #streamPoints = new Set<StreamPoint>();
  /** What was asked for, to be asked for again after the network changed. */
  readonly #wishes = new Map<ListeningPoint, ListenOptions>();
  #isClosed = false;

  constructor(network: SipNetwork, owner: FlowOwner, onConnection: OnConnection) {
    this.#network = network;
    this.#owner = owner;
    this.#onConnection = onConnection;
  }

  get all(): readonly ListeningPoint[] {
    return [...this.#datagramPoints, ...this.#streamPoints].filter((point) => !('isClosed' in point && point.isClosed));
  }

  async listen(options: ListenOptions): Promise<Result<ListeningPoint, NetworkFailure>> {
    switch (options.protocol) {
      case 'udp':
        return this.#listenDatagram(options);
      case 'tcp':
      case 'tls':
        return this.#listenStream(options, options.protocol);
      default:
        // RFC 7118 §4: a user agent is the client of a WebSocket.
        return err({ kind: 'failed', message: 'WebSockets are opened, not listened for' });
    }
  }

  /** The socket to reach `remote` by: of its address family, and on the loopback interface exactly if `remote` is. */
  datagramPointFor(remote: SocketAddress, listener?: string): DatagramPoint | undefined {
    const fitting = ownOrShared([...this.#datagramPoints], listener).filter(
      ({ local, isClosed }) => !isClosed && isIpv6Address(local.address) === isIpv6Address(remote.address),
    );
    return fitting.find(({ local }) => isLoopback(local.address) === isLoopback(remote.address)) ?? fitting[0];
  }

  /** A flow that names the address of ours that `remote` can answer to; undefined when there is no way to it. */
  async datagramFlowTo(remote: SocketAddress, listener?: string): Promise<RawFlow | undefined> {
    const point = this.datagramPointFor(remote, listener);
    const flow = point?.flowTo(remote);
    // A socket bound to every address learns for each new peer which one to give.
    if (!point || !flow || !isWildcard(point.local.address)) return flow;
    if (flow.isAddressKnown || this.#wishes.get(point)?.advertisedAddress !== undefined) return flow;
    const address = await this.#network.localAddressFor(remote);
    if (address === undefined) return undefined;
    flow.learnAddress(withoutZone(address));
    return flow;
  }

  /** Whether requests of ours name this in Via. */
  isSentBy(host: string, port: number): boolean {
    const isNamed = ({ sentBy }: ListeningPoint): boolean => isSameHost(sentBy.address, host) && sentBy.port === port;
    const isLearnt = (point: DatagramPoint): boolean => point.local.port === port && point.hasLearnt(host);
    return this.all.some(isNamed) || [...this.#datagramPoints].some(isLearnt);
  }

  datagramPointAt(local: SocketAddress): DatagramPoint | undefined {
    return [...this.#datagramPoints].find((point) => !point.isClosed && isSameSocketAddress(point.local, local));
  }

  /** Where a peer of a connection from `local` could reach us anew, if we listen. */
  streamSentBy(protocol: TransportProtocol, local: SocketAddress, listener?: string): SocketAddress | undefined {
    const points = ownOrShared(
      [...this.#streamPoints].filter((point) => point.protocol === protocol),
      listener,
    );
    const exact = points.find(({ local: own }) => own.address === local.address);
    if (exact) return exact.sentBy;
    // A listener bound to every address of the family is reached at the connection's own.
    const any = isIpv6Address(local.address) ? '::' : '0.0.0.0';
    const everywhere = points.find(({ local: own }) => own.address === any);
    if (!everywhere) return undefined;
    const advertised = this.#wishes.get(everywhere)?.advertisedAddress;
    return { address: advertised ?? local.address, port: everywhere.local.port };
  }

  /** Closes every socket and opens it anew, at its old port where that can be had. The failures are of those that are lost. */
  async rebind(): Promise<readonly NetworkFailure[]> {
    const wishes = [...this.#wishes].map(([{ local }, options]) => ({ ...options, port: local.port }));
    this.#closeAll();
    const failures: NetworkFailure[] = [];
    for (const wish of wishes) {
      let opened = await this.listen(wish);
      // A port that belongs to one account is not exchanged for another behind its back.
      if (!opened.ok && wish.listener === undefined) opened = await this.listen({ ...wish, port: 0 });
      if (!opened.ok && wish.listener === undefined) failures.push(opened.error);
    }
    return failures;
  }

  /** Closes those of `listener`, for good. */
  closeOf(listener: string): void {
    for (const point of [...this.#datagramPoints, ...this.#streamPoints])
      if (point.listener === listener) this.#drop(point);
  }

  close(): void {
    this.#isClosed = true;
    this.#closeAll();
  }

  #closeAll(): void {
    for (const point of [...this.#datagramPoints, ...this.#streamPoints]) point.close();
    this.#datagramPoints.clear();
    this.#streamPoints.clear();
    this.#wishes.clear();
  }

  #drop(point: ListeningPoint): void {
    for (const points of [this.#datagramPoints, this.#streamPoints]) (points as Set<ListeningPoint>).delete(point);
    this.#wishes.delete(point);
    point.close();
  }

  async #listenDatagram(options: ListenOptions): Promise<Result<ListeningPoint, NetworkFailure>> {
    const bound = await this.#network.bindDatagram({ address: options.address, port: options.port });
    if (!bound.ok) return bound;
    const point = new DatagramPoint(
      bound.value,
      this.#sentByOf(bound.value.local, options),
      this.#owner,
      options.listener,
    );
    return this.#keep(point, this.#datagramPoints, options);
  }

  async #listenStream(
    options: ListenOptions,
    protocol: ListenedStream,
  ): Promise<Result<ListeningPoint, NetworkFailure>> {
    const { address, port, listener: user } = options;
    const listening = await this.#network.listenStream({ address, port, protocol }, (connection) =>
      this.#onConnection(connection, protocol, user),
    );
    if (!listening.ok) return listening;
    const listener: StreamListener = listening.value;
    const { local } = listener;
    const close = (): void => {
      this.#streamPoints.delete(point);
      this.#wishes.delete(point);
      listener.close();
    };
    const point: StreamPoint = { protocol, local, sentBy: this.#sentByOf(local, options), listener: user, close };
    return this.#keep(point, this.#streamPoints, options);
  }

  /** A socket bound to every address names one of them until a peer shows which. */
  #sentByOf({ address, port }: SocketAddress, { advertisedAddress }: ListenOptions): SocketAddress {
    const isFitting = (own: string): boolean => isIpv6Address(own) === isIpv6Address(address);
    const likely = isWildcard(address) ? this.#network.localAddresses().find(isFitting) : undefined;
    return { address: withoutZone(advertisedAddress ?? likely ?? address), port };
  }

  /** A socket that was opened while the transport closed is closed too. */
  #keep<P extends ListeningPoint>(
    point: P,
    points: Set<P>,
    options: ListenOptions,
  ): Result<ListeningPoint, NetworkFailure> {
    if (this.#isClosed) {
      point.close();
      return err({ kind: 'failed', message: 'the transport closes' });
    }
    points.add(point);
    this.#wishes.set(point, options);
    return ok(point);
  }
}

/** Those of `listener`; those that are nobody's where it has none of this kind. */
function ownOrShared<P extends ListeningPoint>(points: readonly P[], listener: string | undefined): readonly P[] {
  const own = listener === undefined ? [] : points.filter((point) => point.listener === listener);
  return own.length > 0 ? own : points.filter((point) => point.listener === undefined);
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';
