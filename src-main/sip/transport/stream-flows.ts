// The connections there are: accepted, opened, and opened once only for who asks twice. RFC 3261 §18.1.1.
import { type Result, err, ok } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { type SocketAddress, formatSocketAddress } from '../../base/socket-address.ts';
import type { FlowOwner } from './datagram-point.ts';
import type { RawFlow } from './flow.ts';
import type { NetworkFailure, SipNetwork, StreamConnection } from './network.ts';
import { StreamFlow } from './stream-flow.ts';

/** Connections at a time, whoever opened them. */
export const MAX_CONNECTIONS = 128;

export interface StreamFlowsOptions {
  readonly network: SipNetwork;
  readonly runtime: Runtime;
  readonly owner: FlowOwner;
  /** What goes into Via on a connection: where we listen, if we do. */
  readonly sentByFor: (connection: StreamConnection) => SocketAddress;
  readonly onKeepAlive: (flow: RawFlow) => void;
  readonly onRefused: () => void;
}

type Opened = Promise<Result<RawFlow, NetworkFailure>>;

export class StreamFlows {
  readonly #options: StreamFlowsOptions;
  readonly #flows = new Set<StreamFlow>();
  readonly #opening = new Map<string, { readonly opened: Opened; readonly abort: AbortController }>();
  #count = 0;
  #isClosed = false;

  constructor(options: StreamFlowsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#flows.size;
  }

  accept(connection: StreamConnection): void {
    if (this.#isClosed || this.#flows.size >= MAX_CONNECTIONS) {
      this.#options.onRefused();
      connection.start({ onData: () => {}, onClosed: () => {} });
      connection.close(true);
      return;
    }
    this.#add(connection, true);
  }

  /** The connection to `remote`: one that is there, or a new one within `limitMs`. */
  connect(remote: SocketAddress, limitMs: number): Opened {
    const key = formatSocketAddress(remote);
    for (const flow of this.#flows) if (formatSocketAddress(flow.remote) === key) return Promise.resolve(ok(flow));
    const opening = this.#opening.get(key);
    if (opening) return opening.opened;
    if (this.#isClosed || this.#flows.size + this.#opening.size >= MAX_CONNECTIONS) {
      return Promise.resolve(err({ kind: 'failed', message: 'there are too many connections' }));
    }
    const abort = new AbortController();
    const opened = this.#open(remote, limitMs, abort).finally(() => this.#opening.delete(key));
    this.#opening.set(key, { opened, abort });
    return opened;
  }

  remove(flow: RawFlow): void {
    for (const known of this.#flows) if (known.id === flow.id) this.#flows.delete(known);
  }

  has(predicate: (flow: RawFlow) => boolean): boolean {
    for (const flow of this.#flows) if (predicate(flow)) return true;
    return false;
  }

  find(id: string): RawFlow | undefined {
    for (const flow of this.#flows) if (flow.id === id) return flow;
    return undefined;
  }

  close(): void {
    this.#isClosed = true;
    for (const { abort } of this.#opening.values()) abort.abort();
    for (const flow of [...this.#flows]) flow.close('the transport closes');
  }

  async #open(remote: SocketAddress, limitMs: number, abort: AbortController): Opened {
    const { network, runtime } = this.#options;
    const timer = runtime.setTimer(limitMs, () => abort.abort());
    const connected = await network.connectStream(remote, abort.signal);
    timer.cancel();
    if (!connected.ok) return connected;
    if (this.#isClosed) {
      connected.value.close(true);
      return err({ kind: 'failed', message: 'the transport closes' });
    }
    return ok(this.#add(connected.value, false));
  }

  #add(connection: StreamConnection, isIncoming: boolean): StreamFlow {
    const { runtime, owner, sentByFor, onKeepAlive } = this.#options;
    const flow = new StreamFlow({
      id: `tcp/${formatSocketAddress(connection.local)}/${formatSocketAddress(connection.remote)}/${++this.#count}`,
      connection,
      sentBy: sentByFor(connection),
      isIncoming,
      runtime,
      owner,
      onKeepAlive,
    });
    this.#flows.add(flow);
    return flow;
  }
}
