// The sockets that listen, and which of them to send from. RFC 3261 §18.2.1.
import { type Result, err, ok } from '../../base/result.ts';
import { type SocketAddress, isIpv6Address, isSameSocketAddress } from '../../base/socket-address.ts';
import { DatagramPoint, type FlowOwner } from './datagram-point.ts';
import type { TransportProtocol } from './flow.ts';
import type { NetworkFailure, SipNetwork, StreamConnection, StreamListener } from './network.ts';

export interface ListenOptions {
  readonly protocol: TransportProtocol;
  readonly address: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** What Via and Contact say instead of `address`, where a router maps it. */
  readonly advertisedAddress?: string;
}

export interface ListeningPoint {
  readonly protocol: TransportProtocol;
  readonly local: SocketAddress;
  readonly sentBy: SocketAddress;
  close(): void;
}

interface StreamPoint extends ListeningPoint {
  readonly protocol: 'tcp';
}

export class ListeningPoints {
  readonly #network: SipNetwork;
  readonly #owner: FlowOwner;
  readonly #onConnection: (connection: StreamConnection) => void;
  readonly #datagramPoints = new Set<DatagramPoint>();
  readonly #streamPoints = new Set<StreamPoint>();
  #isClosed = false;

  constructor(network: SipNetwork, owner: FlowOwner, onConnection: (connection: StreamConnection) => void) {
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
        return this.#listenStream(options);
      default:
        return err({ kind: 'failed', message: `${options.protocol} is not served yet` });
    }
  }

  /** The socket to reach `remote` by: of its address family, and on the loopback interface exactly if `remote` is. */
  datagramPointFor(remote: SocketAddress): DatagramPoint | undefined {
    const fitting = [...this.#datagramPoints].filter(
      ({ local, isClosed }) => !isClosed && isIpv6Address(local.address) === isIpv6Address(remote.address),
    );
    return fitting.find(({ local }) => isLoopback(local.address) === isLoopback(remote.address)) ?? fitting[0];
  }

  datagramPointAt(local: SocketAddress): DatagramPoint | undefined {
    return [...this.#datagramPoints].find((point) => !point.isClosed && isSameSocketAddress(point.local, local));
  }

  /** The listener that a peer of the connection from `local` could reach us at. */
  streamPointFor(local: SocketAddress): ListeningPoint | undefined {
    return [...this.#streamPoints].find(({ local: own }) => own.address === local.address);
  }

  close(): void {
    this.#isClosed = true;
    for (const point of [...this.#datagramPoints, ...this.#streamPoints]) point.close();
    this.#datagramPoints.clear();
    this.#streamPoints.clear();
  }

  async #listenDatagram(options: ListenOptions): Promise<Result<ListeningPoint, NetworkFailure>> {
    const bound = await this.#network.bindDatagram({ address: options.address, port: options.port });
    if (!bound.ok) return bound;
    const point = new DatagramPoint(bound.value, sentByOf(bound.value.local, options), this.#owner);
    return this.#keep(point, this.#datagramPoints);
  }

  async #listenStream(options: ListenOptions): Promise<Result<ListeningPoint, NetworkFailure>> {
    const { address, port } = options;
    const listening = await this.#network.listenStream({ address, port }, this.#onConnection);
    if (!listening.ok) return listening;
    const listener: StreamListener = listening.value;
    const { local } = listener;
    const close = (): void => {
      this.#streamPoints.delete(point);
      listener.close();
    };
    const point: StreamPoint = { protocol: 'tcp', local, sentBy: sentByOf(local, options), close };
    return this.#keep(point, this.#streamPoints);
  }

  /** A socket that was opened while the transport closed is closed too. */
  #keep<P extends ListeningPoint>(point: P, points: Set<P>): Result<ListeningPoint, NetworkFailure> {
    if (this.#isClosed) {
      point.close();
      return err({ kind: 'failed', message: 'the transport closes' });
    }
    points.add(point);
    return ok(point);
  }
}

function sentByOf(local: SocketAddress, { advertisedAddress }: ListenOptions): SocketAddress {
  return { address: advertisedAddress ?? local.address, port: local.port };
}

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
