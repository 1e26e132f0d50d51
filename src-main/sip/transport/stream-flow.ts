// One connection of TCP, TLS or WebSocket as a flow. RFC 3261 §18, RFC 5626 §4.4.1, RFC 7118 §5.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { type SipMessage, serializeMessage } from '../syntax/index.ts';
import type { FlowOwner } from './datagram-point.ts';
import { type RawFlow, isSecureProtocol } from './flow.ts';
import type { StreamConnection, StreamProtocol } from './network.ts';
import { type StreamEvent, StreamFramer } from './stream-framer.ts';

/** A message that has begun must be whole after this; the same for the first one of a connection that a peer opened. */
const MESSAGE_LIMIT_MS = 20_000;
/** A connection that a peer opened and over which nothing goes is closed after this. */
export const IDLE_LIMIT_MS = 1_800_000;
/** A peer that takes no data keeps no more than this waiting. */
export const MAX_UNSENT_BYTES = 1_048_576;
const CRLF = Buffer.from('\r\n');
const CR = 0x0d;
const LF = 0x0a;

export interface StreamFlowOptions {
  readonly id: string;
  readonly protocol: StreamProtocol;
  readonly connection: StreamConnection;
  readonly sentBy: SocketAddress;
  readonly isIncoming: boolean;
  readonly isReusable: boolean;
  /** The domain that the peer's certificate was judged for. */
  readonly serverName?: string;
  readonly listener?: string | undefined;
  readonly runtime: Runtime;
  readonly owner: FlowOwner;
  readonly onKeepAlive: (flow: RawFlow) => void;
}

export class StreamFlow implements RawFlow {
  readonly id: string;
  readonly protocol: StreamProtocol;
  readonly isReliable = true;
  readonly isSecure: boolean;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly sentBy: SocketAddress;
  readonly serverName: string | undefined;
  readonly listener: string | undefined;
  readonly isIncoming: boolean;
  readonly isReusable: boolean;
  isClosed = false;
  /** RFC 5923 §5: where the peer of an incoming connection may be reached by it. */
  alias: SocketAddress | undefined;
  readonly #options: StreamFlowOptions;
  readonly #framer = new StreamFramer();
  #messageTimer: Timer | undefined;
  #idleTimer: Timer | undefined;
  #usedAtMs: number;

  constructor(options: StreamFlowOptions) {
    const { id, protocol, connection, sentBy, isIncoming, serverName } = options;
    this.#options = options;
    this.id = id;
    this.protocol = protocol;
    this.isSecure = isSecureProtocol(protocol);
    this.local = connection.local;
    this.remote = connection.remote;
    this.sentBy = sentBy;
    this.serverName = serverName;
    this.listener = options.listener;
    this.isIncoming = isIncoming;
    this.isReusable = options.isReusable;
    this.#usedAtMs = options.runtime.nowMs();
    if (isIncoming) {
      this.#startMessageTimer();
      this.#watchIdle(IDLE_LIMIT_MS);
    }
    connection.start({
      onData: (bytes) => this.#onData(bytes),
      onPong: () => options.onKeepAlive(this),
      onClosed: (reason) => this.#onClosed(reason),
    });
  }

  /** Whether the peer proved who it is by a certificate. */
  get isPeerVerified(): boolean {
    return this.#options.connection.certificate?.isIssuerKnown === true;
  }

  send(message: SipMessage): void {
    const { owner, connection } = this.#options;
    const bytes = serializeMessage(message);
    if (this.isClosed) {
      owner.onSendFailed(this, message, 'the connection is closed');
      return;
    }
    if (connection.unsentBytes + bytes.length > MAX_UNSENT_BYTES) {
      owner.onSendFailed(this, message, 'the peer takes no data');
      this.close('the peer takes no data');
      return;
    }
    this.#usedAtMs = this.#options.runtime.nowMs();
    owner.onSent(this, message, bytes);
    connection.write(bytes);
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.isClosed && this.#options.connection.unsentBytes < MAX_UNSENT_BYTES) {
      this.#options.connection.write(bytes);
    }
  }

  /** RFC 7118 §6: a WebSocket has a ping of its own; other streams send two line ends. */
  sendPing(lineEnds: Uint8Array): void {
    const { connection } = this.#options;
    if (!connection.ping) this.sendBytes(lineEnds);
    else if (!this.isClosed) connection.ping();
  }

  close(reason: string): void {
    if (this.isClosed) return;
    // WHY: the user hears of it from here, for the connection's own report comes after isClosed.
    const { connection } = this.#options;
    this.#end(reason);
    // A peer that reads nothing would keep what waits for it for ever.
    connection.close(connection.unsentBytes > 0 && reason !== 'the transport closes');
  }

  #onClosed(reason: string): void {
    if (!this.isClosed) this.#end(reason);
  }

  #end(reason: string): void {
    this.isClosed = true;
    this.#messageTimer?.cancel();
    this.#idleTimer?.cancel();
    this.#options.owner.onFlowClosed(this, reason);
  }

  #onData(bytes: Uint8Array): void {
    if (this.isClosed) return;
    this.#usedAtMs = this.#options.runtime.nowMs();
    const events = this.#options.connection.isMessageFramed === true ? frameOf(bytes) : this.#framer.push(bytes);
    for (const event of events) {
      if (event.kind === 'keepAlive') this.#onKeepAlive(event.isPing);
      else this.#options.owner.onBytes(event.bytes, this);
      if (event.kind === 'failure') this.close(event.reason);
    }
    if (events.length > 0) this.#stopMessageTimer();
    if (this.#framer.isWithinMessage) this.#startMessageTimer();
  }

  /** RFC 5626 §4.4.1: a ping is answered with CR LF. */
  #onKeepAlive(isPing: boolean): void {
    this.#options.onKeepAlive(this);
    if (isPing) this.sendBytes(CRLF);
  }

  #startMessageTimer(): void {
    if (this.isClosed) return;
    this.#messageTimer ??= this.#options.runtime.setTimer(
      MESSAGE_LIMIT_MS,
      () => this.close('a message was not finished in time'),
      true,
    );
  }

  #stopMessageTimer(): void {
    this.#messageTimer?.cancel();
    this.#messageTimer = undefined;
  }

  /** One timer that looks at the last use, not one that every message moves. */
  #watchIdle(delayMs: number): void {
    const { runtime } = this.#options;
    this.#idleTimer = runtime.setTimer(
      delayMs,
      () => {
        const leftMs = this.#usedAtMs + IDLE_LIMIT_MS - runtime.nowMs();
        if (leftMs <= 0) this.close('nothing came for too long');
        else this.#watchIdle(leftMs);
      },
      true,
    );
  }
}

/** RFC 7118 §5.1: one message a frame; line ends alone are a keep-alive. */
function frameOf(bytes: Uint8Array): StreamEvent[] {
  const isLineEnds = bytes.every((byte) => byte === CR || byte === LF);
  return [isLineEnds ? { kind: 'keepAlive', isPing: bytes.length >= 4 } : { kind: 'message', bytes }];
}
