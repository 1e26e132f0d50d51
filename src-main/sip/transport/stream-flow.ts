// One TCP connection as a flow. RFC 3261 §18, RFC 5626 §4.4.1.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { type SipMessage, serializeMessage } from '../syntax/index.ts';
import type { FlowOwner } from './datagram-point.ts';
import type { RawFlow } from './flow.ts';
import type { StreamConnection } from './network.ts';
import { StreamFramer } from './stream-framer.ts';

/** A message that has begun must be whole after this; the same for the first one of a connection that a peer opened. */
const MESSAGE_LIMIT_MS = 20_000;
/** A peer that takes no data keeps no more than this waiting. */
const MAX_UNSENT_BYTES = 1_048_576;
const CRLF = Buffer.from('\r\n');

export interface StreamFlowOptions {
  readonly id: string;
  readonly connection: StreamConnection;
  readonly sentBy: SocketAddress;
  readonly isIncoming: boolean;
  readonly runtime: Runtime;
  readonly owner: FlowOwner;
  readonly onKeepAlive: (flow: RawFlow) => void;
}

export class StreamFlow implements RawFlow {
  readonly id: string;
  readonly protocol = 'tcp';
  readonly isReliable = true;
  readonly isSecure = false;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly sentBy: SocketAddress;
  isClosed = false;
  readonly #options: StreamFlowOptions;
  readonly #framer = new StreamFramer();
  #messageTimer: Timer | undefined;

  constructor(options: StreamFlowOptions) {
    const { id, connection, sentBy, isIncoming } = options;
    this.#options = options;
    this.id = id;
    this.local = connection.local;
    this.remote = connection.remote;
    this.sentBy = sentBy;
    if (isIncoming) this.#startMessageTimer();
    connection.start({
      onData: (bytes) => this.#onData(bytes),
      onClosed: (reason) => this.#onClosed(reason),
    });
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
    owner.onSent(this, message, bytes);
    connection.write(bytes);
  }

  sendBytes(bytes: Uint8Array): void {
    if (!this.isClosed && this.#options.connection.unsentBytes < MAX_UNSENT_BYTES) {
      this.#options.connection.write(bytes);
    }
  }

  close(reason: string): void {
    if (this.isClosed) return;
    // WHY: the user hears of it from here, for the connection's own report comes after isClosed.
    this.#end(reason);
    this.#options.connection.close();
  }

  #onClosed(reason: string): void {
    if (!this.isClosed) this.#end(reason);
  }

  #end(reason: string): void {
    this.isClosed = true;
    this.#messageTimer?.cancel();
    this.#options.owner.onFlowClosed(this, reason);
  }

  #onData(bytes: Uint8Array): void {
    if (this.isClosed) return;
    const events = this.#framer.push(bytes);
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
}
