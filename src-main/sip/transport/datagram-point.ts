// A UDP socket and its flows, one for each remote address. RFC 3261 §18.
import { type SocketAddress, formatSocketAddress } from '../../base/socket-address.ts';
import { type SipMessage, serializeMessage } from '../syntax/index.ts';
import type { RawFlow } from './flow.ts';
import type { DatagramSocket } from './network.ts';

/** What flows tell the layer that owns them. */
export interface FlowOwner {
  onBytes(bytes: Uint8Array, flow: RawFlow): void;
  onSent(flow: RawFlow, message: SipMessage, bytes: Uint8Array): void;
  onSendFailed(flow: RawFlow, message: SipMessage, reason: string): void;
  onFlowClosed(flow: RawFlow, reason: string): void;
}

/** Flows that are remembered, so that the same peer is the same object; forgotten ones go on working. */
const MAX_FLOWS = 1_024;

export class DatagramPoint {
  readonly protocol = 'udp';
  readonly local: SocketAddress;
  readonly sentBy: SocketAddress;
  readonly listener: string | undefined;
  isClosed = false;
  readonly #socket: DatagramSocket;
  readonly #owner: FlowOwner;
  readonly #flows = new Map<string, DatagramFlow>();
  /** Addresses of ours that flows named. */
  readonly #learnt = new Set<string>();

  constructor(socket: DatagramSocket, sentBy: SocketAddress, owner: FlowOwner, listener?: string) {
    this.local = socket.local;
    this.sentBy = sentBy;
    this.listener = listener;
    this.#socket = socket;
    this.#owner = owner;
    socket.start({
      onDatagram: (bytes, remote) => owner.onBytes(bytes, this.flowTo(remote)),
      onError: () => {},
    });
  }

  flowTo(remote: SocketAddress): DatagramFlow {
    const key = formatSocketAddress(remote);
    const known = this.#flows.get(key);
    if (known && !known.isClosed) return known;
    const flow = new DatagramFlow(this, remote, this.#owner);
    this.#flows.delete(key);
    this.#flows.set(key, flow);
    const [oldest] = this.#flows.keys();
    if (this.#flows.size > MAX_FLOWS && oldest !== undefined) this.#flows.delete(oldest);
    return flow;
  }

  hasLearnt(address: string): boolean {
    return this.#learnt.has(address);
  }

  learn(address: string): void {
    if (this.#learnt.size < MAX_FLOWS) this.#learnt.add(address);
  }

  send(bytes: Uint8Array, remote: SocketAddress, onFailed: (reason: string) => void): void {
    if (this.isClosed) onFailed('the socket is closed');
    else this.#socket.send(bytes, remote, onFailed);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.#flows.clear();
    this.#socket.close();
  }
}

export class DatagramFlow implements RawFlow {
  readonly id: string;
  readonly protocol = 'udp';
  readonly isReliable = false;
  readonly isSecure = false;
  readonly remote: SocketAddress;
  readonly #point: DatagramPoint;
  readonly #owner: FlowOwner;
  #sentBy: SocketAddress | undefined;
  #isFailed = false;

  constructor(point: DatagramPoint, remote: SocketAddress, owner: FlowOwner) {
    this.id = `udp/${formatSocketAddress(point.local)}/${formatSocketAddress(remote)}`;
    this.remote = remote;
    this.#point = point;
    this.#owner = owner;
  }

  get local(): SocketAddress {
    return this.#point.local;
  }

  get sentBy(): SocketAddress {
    return this.#sentBy ?? this.#point.sentBy;
  }

  get listener(): string | undefined {
    return this.#point.listener;
  }

  get isAddressKnown(): boolean {
    return this.#sentBy !== undefined;
  }

  /** The peer is reached from this address of ours. */
  learnAddress(address: string): void {
    this.#point.learn(address);
    this.#sentBy = { address, port: this.#point.sentBy.port };
  }

  get isClosed(): boolean {
    return this.#isFailed || this.#point.isClosed;
  }

  send(message: SipMessage): void {
    const bytes = serializeMessage(message);
    this.#owner.onSent(this, message, bytes);
    this.#point.send(bytes, this.remote, (reason) => this.#owner.onSendFailed(this, message, reason));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#point.send(bytes, this.remote, () => {});
  }

  sendPing(lineEnds: Uint8Array): void {
    this.sendBytes(lineEnds);
  }

  /** There is nothing to close: it is called failed, and still carries what was begun on it. */
  close(reason: string): void {
    if (this.#isFailed) return;
    this.#isFailed = true;
    this.#owner.onFlowClosed(this, reason);
  }
}
