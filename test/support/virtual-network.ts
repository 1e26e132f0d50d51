// Hosts that reach each other by datagrams and streams on virtual time, over a path that can be made bad.
import { type Result, err, ok } from '../../src-main/base/result.ts';
import { type SocketAddress, formatSocketAddress, isIpv6Address } from '../../src-main/base/socket-address.ts';
import type {
  AddressAnswer,
  DatagramHandlers,
  DatagramSocket,
  NaptrRecord,
  NetworkFailure,
  PeerCertificate,
  SipNetwork,
  SrvRecord,
  StreamConnection,
  StreamHandlers,
  StreamListener,
  StreamPlace,
  StreamProtocol,
  StreamTarget,
} from '../../src-main/sip/transport/index.ts';
import type { FakeRuntime } from './fake-runtime.ts';

export interface VirtualNetworkOptions {
  /** One way; 5 when not said. */
  readonly delayMs?: number;
  /** Share of datagrams that are lost, 0 to 1. */
  readonly lossFraction?: number;
  /** Share of datagrams that arrive twice, 0 to 1. */
  readonly duplicateFraction?: number;
  /** Streams are cut into pieces of this many bytes. */
  readonly segmentBytes?: number;
}

/** Something that was sent, whether or not it arrived. */
export interface Delivery {
  readonly atMs: number;
  readonly protocol: 'udp' | StreamProtocol;
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  readonly bytes: Uint8Array;
  readonly text: string;
  readonly isDropped: boolean;
}

type Candidate = Omit<Delivery, 'isDropped' | 'atMs'>;
type Predicate = (candidate: Candidate) => boolean;

const FIRST_EPHEMERAL_PORT = 49_152;
const NOT_FOUND = err<NetworkFailure>({ kind: 'notFound', message: 'no such name' });

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';
const isWildcard = (address: string): boolean => address === '0.0.0.0' || address === '::';

export class VirtualNetwork {
  /** Everything that was sent, in order. */
  readonly log: Delivery[] = [];
  options: VirtualNetworkOptions;
  readonly runtime: FakeRuntime;
  readonly datagrams = new Map<string, VirtualDatagramSocket>();
  readonly listeners = new Map<string, VirtualListener>();
  readonly streams = new Set<VirtualStream>();
  readonly addresses = new Map<string, readonly string[]>();
  readonly services = new Map<string, readonly SrvRecord[]>();
  readonly pointers = new Map<string, readonly NaptrRecord[]>();
  /** What the servers at an address show in a handshake. */
  readonly certificates = new Map<string, PeerCertificate>();
  /** The server names that handshakes asked for. */
  readonly serverNames: (string | undefined)[] = [];
  /** How long address records may be kept. */
  ttlSec: number | undefined;
  /** Streams to these addresses take no data: what is written waits. */
  readonly stalledHosts = new Set<string>();
  /** Hosts that say by ICMP that nobody listens. */
  readonly refusingHosts = new Set<string>();
  /** Hosts that show a certificate of theirs to servers. */
  readonly certifiedHosts = new Set<string>();
  /** Hosts that answer nothing, not even a refusal. */
  readonly silentHosts = new Set<string>();
  readonly queries: string[] = [];
  readonly #drops: { predicate: Predicate; left: number }[] = [];
  #nextPort = FIRST_EPHEMERAL_PORT;

  constructor(runtime: FakeRuntime, options: VirtualNetworkOptions = {}) {
    this.runtime = runtime;
    this.options = options;
  }

  /** The network as a host with these addresses sees it; the first is what it sends from. */
  host(...addresses: [string, ...string[]]): SipNetwork {
    return new VirtualHost(this, addresses);
  }

  /** Loses the next `count` datagrams that `predicate` picks. */
  dropNext(predicate: Predicate = () => true, count = 1): void {
    this.#drops.push({ predicate, left: count });
  }

  /** Breaks every stream to or from `address`, as a lost network does. */
  breakStreams(address: string, reason = 'connection reset'): void {
    for (const stream of [...this.streams]) {
      if (stream.local.address === address || stream.remote.address === address) stream.end(reason);
    }
  }

  get delayMs(): number {
    return this.options.delayMs ?? 5;
  }

  nextPort(): number {
    return this.#nextPort++;
  }

  /** Texts of what was sent, for assertions. */
  texts(protocol?: Delivery['protocol']): string[] {
    return this.log.filter((sent) => protocol === undefined || sent.protocol === protocol).map(({ text }) => text);
  }

  sendDatagram(host: string, from: SocketAddress, to: SocketAddress, bytes: Uint8Array): void {
    const candidate = { protocol: 'udp', from, to, bytes, text: Buffer.from(bytes).toString() } as const;
    const isDropped = this.#isDropped(candidate) || this.silentHosts.has(to.address);
    this.log.push({ ...candidate, isDropped, atMs: this.runtime.nowMs() });
    if (isDropped) return;
    const isTwice = this.#happens(this.options.duplicateFraction);
    for (let copy = 0; copy < (isTwice ? 2 : 1); copy++) {
      this.runtime.setTimer(this.delayMs, () => this.#findDatagram(host, to)?.receive(new Uint8Array(bytes), from));
    }
  }

  findListener(host: string, to: SocketAddress): VirtualListener | undefined {
    return this.listeners.get(keyOf(host, to)) ?? this.listeners.get(keyOf(host, { ...to, address: anyOf(to) }));
  }

  #findDatagram(host: string, to: SocketAddress): VirtualDatagramSocket | undefined {
    return this.datagrams.get(keyOf(host, to)) ?? this.datagrams.get(keyOf(host, { ...to, address: anyOf(to) }));
  }

  #isDropped(candidate: Candidate): boolean {
    const drop = this.#drops.find(({ left, predicate }) => left > 0 && predicate(candidate));
    if (drop) drop.left--;
    return drop !== undefined || this.#happens(this.options.lossFraction);
  }

  #happens(fraction = 0): boolean {
    return fraction > 0 && this.runtime.random() < fraction;
  }
}

const anyOf = ({ address }: SocketAddress): string => (isIpv6Address(address) ? '::' : '0.0.0.0');

/** The loopback and wildcard addresses of one host are not those of another. */
function keyOf(host: string, address: SocketAddress): string {
  const isOwn = isLoopback(address.address) || isWildcard(address.address);
  return `${isOwn ? `${host}|` : ''}${formatSocketAddress(address)}`;
}

class VirtualHost implements SipNetwork {
  readonly #network: VirtualNetwork;
  readonly #addresses: readonly string[];
  readonly #name: string;

  constructor(network: VirtualNetwork, addresses: readonly [string, ...string[]]) {
    this.#network = network;
    this.#addresses = addresses;
    this.#name = addresses[0];
  }

  bindDatagram(local: SocketAddress): Promise<Result<DatagramSocket, NetworkFailure>> {
    const bound = this.#own(local);
    const key = keyOf(this.#name, bound);
    const failure = this.#refusal(bound, this.#network.datagrams.has(key));
    if (failure) return Promise.resolve(err(failure));
    const socket = new VirtualDatagramSocket(this.#network, this.#name, bound, () =>
      this.#network.datagrams.delete(key),
    );
    this.#network.datagrams.set(key, socket);
    return Promise.resolve(ok(socket));
  }

  listenStream(
    local: StreamPlace,
    onConnection: (connection: StreamConnection) => void,
  ): Promise<Result<StreamListener, NetworkFailure>> {
    const bound = this.#own(local);
    const protocol: StreamProtocol = local.protocol ?? 'tcp';
    const key = keyOf(this.#name, bound);
    const failure = this.#refusal(bound, this.#network.listeners.has(key));
    if (failure) return Promise.resolve(err(failure));
    const listener = { local: bound, protocol, onConnection, close: () => void this.#network.listeners.delete(key) };
    this.#network.listeners.set(key, listener);
    return Promise.resolve(ok(listener));
  }

  connectStream(target: StreamTarget, signal: AbortSignal): Promise<Result<StreamConnection, NetworkFailure>> {
    const { address, port, protocol = 'tcp' } = target;
    const remote = { address, port };
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => resolve(err({ kind: 'timeout', message: 'gave up' })));
      if (this.#network.silentHosts.has(remote.address)) return;
      this.#network.runtime.setTimer(2 * this.#network.delayMs, () => {
        const listener = this.#network.findListener(this.#name, remote);
        if (!listener) {
          resolve(err({ kind: 'refused', message: 'connection refused' }));
          return;
        }
        const local = { address: this.#sourceFor(remote), port: this.#network.nextPort() };
        const isSecure = protocol === 'tls' || protocol === 'wss';
        if (isSecure) this.#network.serverNames.push(target.serverName);
        const [near, far] = VirtualStream.pair(this.#network, { local, remote, protocol });
        if (isSecure) {
          near.certificate = this.#network.certificates.get(remote.address);
          far.certificate = this.#network.certificates.get(local.address);
        }
        listener.onConnection(far);
        resolve(ok(near));
      });
    });
  }

  get hasCertificate(): boolean {
    return this.#network.certifiedHosts.has(this.#name);
  }

  refusesDatagrams(remote: SocketAddress): Promise<boolean> {
    return Promise.resolve(this.#network.refusingHosts.has(remote.address));
  }

  localAddressFor(remote: SocketAddress): Promise<string | undefined> {
    return Promise.resolve(this.#sourceFor(remote));
  }

  localAddresses(): readonly string[] {
    return this.#addresses;
  }

  resolve4(name: string): Promise<Result<AddressAnswer, NetworkFailure>> {
    return this.#resolve(name, (address) => !isIpv6Address(address));
  }

  resolve6(name: string): Promise<Result<AddressAnswer, NetworkFailure>> {
    return this.#resolve(name, isIpv6Address);
  }

  resolveSrv(name: string): Promise<Result<readonly SrvRecord[], NetworkFailure>> {
    this.#network.queries.push(`SRV ${name}`);
    const records = this.#network.services.get(name);
    return Promise.resolve(records ? ok(records) : NOT_FOUND);
  }

  resolveNaptr(name: string): Promise<Result<readonly NaptrRecord[], NetworkFailure>> {
    this.#network.queries.push(`NAPTR ${name}`);
    const records = this.#network.pointers.get(name);
    return Promise.resolve(records ? ok(records) : NOT_FOUND);
  }

  #resolve(name: string, isWanted: (address: string) => boolean): Promise<Result<AddressAnswer, NetworkFailure>> {
    this.#network.queries.push(`A ${name}`);
    const addresses = (this.#network.addresses.get(name) ?? []).filter(isWanted);
    const { ttlSec } = this.#network;
    const answer = { addresses, ...(ttlSec !== undefined && { ttlSec }) };
    return Promise.resolve(addresses.length > 0 ? ok(answer) : NOT_FOUND);
  }

  #sourceFor(remote: SocketAddress): string {
    if (isLoopback(remote.address)) return remote.address;
    const fits = (address: string): boolean => isIpv6Address(address) === isIpv6Address(remote.address);
    return this.#addresses.find(fits) ?? this.#name;
  }

  #own(local: SocketAddress): SocketAddress {
    return { address: local.address, port: local.port === 0 ? this.#network.nextPort() : local.port };
  }

  #refusal(bound: SocketAddress, isTaken: boolean): NetworkFailure | undefined {
    const isMine = this.#addresses.includes(bound.address) || isLoopback(bound.address) || isWildcard(bound.address);
    if (!isMine) return { kind: 'unreachable', message: 'not an address of this host' };
    return isTaken ? { kind: 'addressInUse', message: 'the address is in use' } : undefined;
  }
}

interface VirtualListener extends StreamListener {
  readonly protocol: StreamProtocol;
  readonly onConnection: (connection: StreamConnection) => void;
}

class VirtualDatagramSocket implements DatagramSocket {
  readonly local: SocketAddress;
  readonly #network: VirtualNetwork;
  readonly #host: string;
  readonly #onClose: () => void;
  #handlers: DatagramHandlers | undefined;

  constructor(network: VirtualNetwork, host: string, local: SocketAddress, onClose: () => void) {
    this.local = local;
    this.#network = network;
    this.#host = host;
    this.#onClose = onClose;
  }

  start(handlers: DatagramHandlers): void {
    this.#handlers = handlers;
  }

  send(bytes: Uint8Array, remote: SocketAddress): void {
    const address = isWildcard(this.local.address) ? this.#host : this.local.address;
    this.#network.sendDatagram(this.#host, { address, port: this.local.port }, remote, bytes);
  }

  receive(bytes: Uint8Array, from: SocketAddress): void {
    this.#handlers?.onDatagram(bytes, from);
  }

  close(): void {
    this.#handlers = undefined;
    this.#onClose();
  }
}

interface StreamEnds {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly protocol: StreamProtocol;
}

class VirtualStream implements StreamConnection {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly protocol: StreamProtocol;
  readonly isMessageFramed: boolean;
  certificate: PeerCertificate | undefined;
  unsentBytes = 0;
  readonly #network: VirtualNetwork;
  #peer: VirtualStream | undefined;
  #handlers: StreamHandlers | undefined;
  #isEnded = false;

  private constructor(network: VirtualNetwork, { local, remote, protocol }: StreamEnds) {
    this.#network = network;
    this.local = local;
    this.remote = remote;
    this.protocol = protocol;
    this.isMessageFramed = protocol === 'ws' || protocol === 'wss';
  }

  static pair(network: VirtualNetwork, ends: StreamEnds): [near: VirtualStream, far: VirtualStream] {
    const near = new VirtualStream(network, ends);
    const far = new VirtualStream(network, { ...ends, local: ends.remote, remote: ends.local });
    near.#peer = far;
    far.#peer = near;
    network.streams.add(near).add(far);
    return [near, far];
  }

  start(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  write(bytes: Uint8Array): void {
    if (this.#isEnded) return;
    const { runtime, delayMs, options } = this.#network;
    const text = Buffer.from(bytes).toString();
    const { local: from, remote: to } = this;
    this.#network.log.push({
      protocol: this.protocol,
      from,
      to,
      bytes,
      text,
      isDropped: false,
      atMs: runtime.nowMs(),
    });
    if (this.#network.stalledHosts.has(to.address)) {
      this.unsentBytes += bytes.length;
      return;
    }
    const step = this.isMessageFramed ? bytes.length : (options.segmentBytes ?? bytes.length);
    for (let at = 0; at < bytes.length; at += step) {
      const piece = bytes.slice(at, at + step);
      runtime.setTimer(delayMs, () => this.#peer?.receive(piece));
    }
  }

  receive(bytes: Uint8Array): void {
    if (!this.#isEnded) this.#handlers?.onData(bytes);
  }

  close(): void {
    if (this.#isEnded) return;
    const peer = this.#peer;
    this.end('closed here');
    this.#network.runtime.setTimer(this.#network.delayMs, () => peer?.end('the peer closed the connection'));
  }

  end(reason: string): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#network.streams.delete(this);
    this.#handlers?.onClosed(reason);
  }
}
