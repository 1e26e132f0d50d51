// The two sockets of a session and who may be heard on them. RFC 3550 §11, RFC 4961, RFC 5761, RFC 7983.
import { ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import {
  datagramKind,
  isSendable,
  openRtpPortPair,
  SymmetricLatch,
  type Network,
  type RtpPortPair,
} from '../rtp/index.ts';
import type { Base, Component } from '../nat/index.ts';
import type { PortPlace, SessionStream } from './session-config.ts';

export interface DatagramUser {
  /** A datagram that looks like RTP; returns whether it is a packet of this session. */
  onRtp(bytes: Uint8Array, from: SocketAddress): void;
  onRtcp(bytes: Uint8Array): void;
  /** A record of a handshake. RFC 5764 §5.1.2 */
  onDtls(bytes: Uint8Array, from: SocketAddress): void;
  /** What may be a check of the way, or what a relay has to say. RFC 7983 §7 */
  onStun(bytes: Uint8Array, component: Component, from: SocketAddress, base: Base): void;
}

/** Where packets go out; to whom is known there. */
export interface PacketWay {
  sendRtp(bytes: Uint8Array, onSent: () => void): void;
  sendRtcp(bytes: Uint8Array): void;
}

/** Sends to the peer of a way by our place at a relay. */
type SendByRelay = (bytes: Uint8Array) => void;

/** A way that was found; without `relay` it leads from socket to socket. */
interface Way {
  readonly remote: SocketAddress;
  readonly relay: SendByRelay | undefined;
}

const ignoreSent = (): void => {};

/** A flight of a handshake; older ones are of no use. */
const MAX_KEPT = 8;

/** Owns the sockets; before the first exchange nothing is sent. */
export class SessionSockets implements PacketWay {
  readonly latch = new SymmetricLatch();
  readonly localRtp: SocketAddress;
  readonly localRtcp: SocketAddress;
  /** Who gets what arrives; before there is one it is dropped. */
  user: DatagramUser | undefined;
  readonly #pair: RtpPortPair;
  #remoteRtcp: SocketAddress | undefined;
  #isRtpSendable = false;
  #isMultiplexed = false;
  /** The ways that were found; undefined where none is looked for. */
  #ways: Map<Component, Way> | undefined;
  /** Messages of a handshake that wait for a way. */
  readonly #kept: Uint8Array[] = [];

  private constructor(address: string, pair: RtpPortPair) {
    this.#pair = pair;
    this.localRtp = { address, port: pair.port };
    this.localRtcp = { address, port: pair.port + 1 };
  }

  /** Binds in the range. */
  static async open(
    { localAddress: address, portRange: range }: PortPlace,
    network: Network,
    runtime: Runtime,
  ): Promise<Result<SessionSockets, 'noFreePort'>> {
    // What arrives before there is a user is dropped.
    const owner: { sockets?: SessionSockets } = {};
    const pair = await openRtpPortPair(network, runtime, {
      address,
      range,
      onRtp: (bytes, from) => owner.sockets?.take(bytes, 1, from),
      onRtcp: (bytes, from) => owner.sockets?.take(bytes, 2, from),
    });
    if (!pair.ok) return pair;
    owner.sockets = new SessionSockets(address, pair.value);
    return ok(owner.sockets);
  }

  /** Hands on a datagram that came to the socket of a component, or to its place at a relay. */
  take(bytes: Uint8Array, component: Component, from: SocketAddress, base: Base = 'host'): void {
    const kind = datagramKind(bytes);
    if (kind === 'stun' || kind === 'channel') this.user?.onStun(bytes, component, from, base);
    // RFC 5761 §4: reports may share the port.
    else if (kind === 'rtcp') this.user?.onRtcp(bytes);
    else if (component === 2) return;
    else if (kind === 'rtp') this.user?.onRtp(bytes, from);
    else if (kind === 'dtls') this.user?.onDtls(bytes, from);
  }

  setStream(stream: SessionStream): void {
    this.latch.setSignalled(stream.remoteRtp);
    // A refused or held stream may name no address: then the peer's packets are awaited.
    this.#isRtpSendable = isSendable(stream.remoteRtp);
    this.#remoteRtcp = isSendable(stream.remoteRtcp) ? stream.remoteRtcp : undefined;
    this.#isMultiplexed = stream.remoteRtcp.port === stream.remoteRtp.port;
  }

  /** A way is looked for: until it is found nothing goes out. */
  hold(): void {
    this.#ways = new Map();
  }

  /** The way of a component is found. */
  fix(component: Component, remote: SocketAddress, relay?: SendByRelay): void {
    this.#ways ??= new Map();
    this.#ways.set(component, { remote, relay });
    if (component === 1) this.#sendKept();
  }

  /** No way is looked for: packets go where signalling says, or where the peer's come from. */
  release(): void {
    this.#ways = undefined;
    this.#sendKept();
  }

  /** Where packets go now. */
  get remoteRtp(): SocketAddress | undefined {
    return this.#ways ? this.#ways.get(1)?.remote : this.latch.remote;
  }

  sendStun(bytes: Uint8Array, component: Component, to: SocketAddress): void {
    const socket = component === 1 ? this.#pair.rtp : this.#pair.rtcp;
    if (isSendable(to)) socket.send(bytes, to, ignoreSent);
  }

  sendRtp(bytes: Uint8Array, onSent: () => void): void {
    if (this.#ways) return this.#sendRtpBy(this.#ways.get(1), bytes, onSent);
    const remote = this.latch.remote;
    if (remote && (this.#isRtpSendable || isSendable(remote))) this.#pair.rtp.send(bytes, remote, onSent);
    else onSent();
  }

  sendRtcp(bytes: Uint8Array): void {
    if (this.#isMultiplexed) return this.sendRtp(bytes, ignoreSent);
    const way = this.#ways?.get(2);
    if (way?.relay) return way.relay(bytes);
    const remote = this.#ways ? way?.remote : this.#remoteRtcp;
    if (remote) this.#pair.rtcp.send(bytes, remote, ignoreSent);
  }

  #sendRtpBy(way: Way | undefined, bytes: Uint8Array, onSent: () => void): void {
    if (way && !way.relay) return this.#pair.rtp.send(bytes, way.remote, onSent);
    if (way?.relay) way.relay(bytes);
    else if (datagramKind(bytes) === 'dtls') this.#keep(bytes);
    onSent();
  }

  #keep(bytes: Uint8Array): void {
    this.#kept.push(Uint8Array.from(bytes));
    if (this.#kept.length > MAX_KEPT) this.#kept.shift();
  }

  #sendKept(): void {
    for (const bytes of this.#kept.splice(0)) this.sendRtp(bytes, ignoreSent);
  }

  close(): void {
    this.#pair.rtp.close();
    this.#pair.rtcp.close();
  }
}
