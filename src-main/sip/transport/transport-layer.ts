// All transports behind one face: listening, locating, connecting, sending responses. RFC 3261 §18, RFC 3263, RFC 3581, RFC 5626 §4.4.
import type { Logger } from '../../base/logger.ts';
import { type Result, err, ok } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { type SocketAddress, formatSocketAddress, isIpv6Address } from '../../base/socket-address.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { type SipMessage, type SipResponse, type Uri, type Via, isSameHost } from '../syntax/index.ts';
import type { DatagramPoint, FlowOwner } from './datagram-point.ts';
import { type Flow, type Hop, type RawFlow, type TransportUser, defaultPort } from './flow.ts';
import { KeepAlive } from './keep-alive.ts';
import { type ListenOptions, type ListeningPoint, ListeningPoints } from './listening-points.ts';
import { type LocateOptions, type Located, Locator } from './locator.ts';
import type { NetworkFailure, SipNetwork } from './network.ts';
import { Receiver } from './receiver.ts';
import { StreamFlows } from './stream-flows.ts';
import { type TransportCounters, zeroCounters } from './transport-counters.ts';
import { responseTarget } from './via-fixup.ts';
import { type TraceEvents, TraceRecord } from './wire-trace.ts';

export interface TransportOptions {
  readonly network: SipNetwork;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly user: TransportUser;
}

export interface TransportFailure {
  readonly kind: 'unsupportedTransport' | 'noListeningPoint' | 'connectFailed' | 'closed';
  readonly message: string;
}

export interface ConnectOptions {
  /** Size of the request about to be sent, for the choice between UDP and TCP. */
  readonly messageSizeBytes?: number;
}

/** RFC 3261 §18.1.1: above this, and with an unknown path MTU, a request does not go by UDP. */
export const MAX_DATAGRAM_REQUEST_BYTES = 1_300;
const CONNECT_LIMIT_MS = 10_000;
/** UDP is still there when TCP does not answer, so it gets less time. */
const FALLBACK_CONNECT_LIMIT_MS = 3_000;

export class TransportLayer {
  /** Every message in and out, secrets masked. */
  readonly trace: TypedEmitter<TraceEvents>;
  readonly #runtime: Runtime;
  readonly #network: SipNetwork;
  readonly #user: TransportUser;
  readonly #counters = zeroCounters();
  readonly #points: ListeningPoints;
  readonly #streams: StreamFlows;
  readonly #locator: Locator;
  readonly #receiver: Receiver;
  readonly #keepAlive: KeepAlive;
  #isClosed = false;

  constructor({ network, runtime, logger, user }: TransportOptions) {
    this.trace = new TypedEmitter(logger);
    this.#runtime = runtime;
    this.#network = network;
    this.#user = user;
    this.#locator = new Locator(network, runtime);
    this.#keepAlive = new KeepAlive(runtime);
    const onReceived = (flow: RawFlow, bytes: Uint8Array): void => this.#traceMessage('incoming', flow, bytes);
    const isOurs = (via: Via, flow: RawFlow): boolean => this.#isOurs(via, flow);
    this.#receiver = new Receiver({ runtime, logger, user, counters: this.#counters, onReceived, isOurs });
    const owner = this.#flowOwner();
    this.#streams = new StreamFlows({
      network,
      runtime,
      owner,
      sentByFor: ({ local }) => this.#points.streamPointFor(local)?.sentBy ?? local,
      onKeepAlive: (flow) => this.#onKeepAlive(flow),
      onRefused: () => this.#counters.refusedConnections++,
    });
    this.#points = new ListeningPoints(network, owner, (connection) => this.#streams.accept(connection));
  }

  get counters(): Readonly<TransportCounters> {
    return this.#counters;
  }

  get listeningPoints(): readonly ListeningPoint[] {
    return this.#points.all;
  }

  /** Opens a listening point; port 0 picks one. UDP hops need one of their address family. */
  async listen(options: ListenOptions): Promise<Result<ListeningPoint, NetworkFailure>> {
    if (this.#isClosed) return err({ kind: 'failed', message: 'the transport is closed' });
    return this.#points.listen(options);
  }

  /** The hops to try for `uri`, in order. RFC 3263 §4. */
  locate(uri: Uri, options?: LocateOptions): Promise<Located> {
    return this.#locator.locate(uri, options);
  }

  /** A flow to `hop`: the connection there is, a new one, or the datagram flow of a fitting listening point. */
  async connect({ protocol, address }: Hop, options: ConnectOptions = {}): Promise<Result<Flow, TransportFailure>> {
    if (this.#isClosed) return err({ kind: 'closed', message: 'the transport is closed' });
    if (protocol === 'tcp') return this.#connectStream(address, CONNECT_LIMIT_MS);
    if (protocol !== 'udp') return err({ kind: 'unsupportedTransport', message: `${protocol} is not served yet` });
    // RFC 3261 §18.1.1: a large request goes by TCP; if that is refused, by UDP all the same.
    if ((options.messageSizeBytes ?? 0) > MAX_DATAGRAM_REQUEST_BYTES) {
      const stream = await this.#connectStream(address, FALLBACK_CONNECT_LIMIT_MS);
      if (stream.ok) return stream;
    }
    const point = this.#points.datagramPointFor(address);
    if (!point)
      return err({ kind: 'noListeningPoint', message: `no socket can reach ${formatSocketAddress(address)}` });
    await this.#adviseAddress(point, address);
    return ok(point.flowTo(address));
  }

  /** Sends `response` the way its request came; a lost connection is opened again. RFC 3261 §18.2.2. */
  sendResponse(response: SipResponse, requestFlow: Flow): void {
    if (requestFlow.isReliable) {
      if (requestFlow.isClosed) void this.#reconnectAndSend(response, requestFlow);
      else requestFlow.send(response);
      return;
    }
    const target = responseTarget(response, requestFlow);
    const flow = this.#points.datagramPointAt(requestFlow.local)?.flowTo(target) ?? requestFlow;
    flow.send(response);
  }

  /** The address for a Contact of dialogs on `flow`. */
  contactAddress(flow: Flow): SocketAddress {
    return flow.sentBy;
  }

  /** Pings `flow` every `intervalSec` (0 stops). With `isPongExpected`, a flow that does not answer is closed. */
  setKeepAlive(flow: Flow, intervalSec: number, isPongExpected = false): void {
    const raw = this.#rawFlow(flow);
    if (raw) this.#keepAlive.set(raw, intervalSec, isPongExpected);
  }

  /** Closes every socket and connection; may be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keepAlive.close();
    this.#streams.close();
    this.#points.close();
    this.trace.removeAll();
  }

  #flowOwner(): FlowOwner {
    return {
      onBytes: (bytes, flow) => this.#receiver.receive(bytes, flow),
      onSent: (flow, _message, bytes) => {
        this.#counters.sentMessages++;
        this.#traceMessage('outgoing', flow, bytes);
      },
      onSendFailed: (flow, message, reason) => this.#onSendFailed(flow, message, reason),
      onFlowClosed: (flow, reason) => {
        this.#keepAlive.stop(flow);
        this.#streams.remove(flow);
        if (!this.#isClosed) this.#user.onFlowClosed(flow, reason);
      },
    };
  }

  #onSendFailed(flow: Flow, message: SipMessage, reason: string): void {
    this.#counters.sendFailures++;
    if (!this.#isClosed) this.#user.onSendFailed(flow, message, reason);
  }

  #onKeepAlive(flow: RawFlow): void {
    this.#counters.keepAlives++;
    this.#keepAlive.onKeepAlive(flow);
  }

  #traceMessage(direction: 'incoming' | 'outgoing', flow: Flow, bytes: Uint8Array): void {
    this.trace.emit('message', new TraceRecord(this.#runtime.wallMs(), direction, flow, bytes));
  }

  async #connectStream(address: SocketAddress, limitMs: number): Promise<Result<Flow, TransportFailure>> {
    const opened = await this.#streams.connect(address, limitMs);
    return opened.ok ? opened : err({ kind: 'connectFailed', message: opened.error.message });
  }

  async #reconnectAndSend(response: SipResponse, requestFlow: Flow): Promise<void> {
    const opened = await this.#streams.connect(responseTarget(response, requestFlow), CONNECT_LIMIT_MS);
    if (opened.ok) opened.value.send(response);
    else this.#onSendFailed(requestFlow, response, opened.error.message);
  }

  /** A socket bound to every address learns from its first peer which one to give. */
  async #adviseAddress(point: DatagramPoint, remote: SocketAddress): Promise<void> {
    if (!isWildcard(point.sentBy.address)) return;
    const address = await this.#network.localAddressFor(remote);
    if (address !== undefined) point.sentBy = { address, port: point.sentBy.port };
  }

  /** RFC 3261 §18.1.2: the sent-by of a response is one that we put into requests. */
  #isOurs(via: Via, flow: RawFlow): boolean {
    const isSentBy = ({ sentBy }: { readonly sentBy: SocketAddress }): boolean =>
      isSameHost(sentBy.address, via.host) && sentBy.port === (via.port ?? defaultPort(flow.protocol));
    return isSentBy(flow) || this.#points.all.some(isSentBy) || this.#streams.has(isSentBy);
  }

  #rawFlow(flow: Flow): RawFlow | undefined {
    if (flow.protocol === 'udp') return this.#points.datagramPointAt(flow.local)?.flowTo(flow.remote);
    return this.#streams.find(flow.id);
  }
}

const isWildcard = (address: string): boolean => (isIpv6Address(address) ? address === '::' : address === '0.0.0.0');
