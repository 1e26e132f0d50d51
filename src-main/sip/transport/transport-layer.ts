// All transports behind one face: listening, locating, connecting, sending responses. RFC 3261 §18, RFC 3263, RFC 3581, RFC 5626 §4.4.
import { type Result, err, ok } from '../../base/result.ts';
import { type Runtime, randomToken } from '../../base/runtime.ts';
import { type SocketAddress, formatSocketAddress, withoutZone } from '../../base/socket-address.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { type SipMessage, type SipResponse, type Uri, type Via, isSameHost } from '../syntax/index.ts';
import { STRICT_TRUST, judgeCertificate } from './certificate.ts';
import type { FlowOwner } from './datagram-point.ts';
import { type Flow, type Hop, type RawFlow, type TransportUser, defaultPort, isWebSocket } from './flow.ts';
import { KeepAlive, type KeepAliveOptions } from './keep-alive.ts';
import { FailedTargets } from './failed-targets.ts';
import { type ListenOptions, type ListeningPoint, ListeningPoints } from './listening-points.ts';
import { type LocateOptions, type Located, Locator } from './locator.ts';
import type { NetworkFailure, SipNetwork, StreamConnection, StreamProtocol } from './network.ts';
import { OwnListeners, type OwnWish } from './own-listeners.ts';
import { Receiver } from './receiver.ts';
import { SourceGate } from './source-gate.ts';
import { type StreamHop, StreamFlows } from './stream-flows.ts';
import { isStun } from './stun-binding.ts';
import { type TransportCounters, zeroCounters } from './transport-counters.ts';
import {
  type ConnectOptions,
  type TransportEvents,
  type TransportFailure,
  type TransportOptions,
  refusalMessage,
} from './transport-options.ts';
import { responseTarget } from './via-fixup.ts';
import { type TraceEvents, TraceRecord } from './wire-trace.ts';

/** RFC 3261 §18.1.1: above this, and with an unknown path MTU, a request does not go by UDP. */
export const MAX_DATAGRAM_REQUEST_BYTES = 1_300;
const CONNECT_LIMIT_MS = 10_000;
/** ICMP answers at once or not at all. */
const REFUSAL_LIMIT_MS = 1_000;
/** Something else is still there when this one does not answer, so it gets less time. */
const ALTERNATIVE_CONNECT_LIMIT_MS = 3_000;

export class TransportLayer {
  /** Every message in and out, secrets masked. */
  readonly trace: TypedEmitter<TraceEvents>;
  readonly events: TypedEmitter<TransportEvents>;
  readonly #runtime: Runtime;
  readonly #user: TransportUser;
  readonly #network: SipNetwork;
  readonly #counters = zeroCounters();
  readonly #points: ListeningPoints;
  readonly #own: OwnListeners;
  readonly #streams: StreamFlows;
  readonly #locator: Locator;
  readonly #failedTargets: FailedTargets;
  readonly #receiver: Receiver;
  readonly #keepAlive: KeepAlive;
  /** RFC 7118 §5.2: the host of Via and Contact on WebSockets is random and reaches nobody. */
  readonly #invalidHost: string;
  #isClosed = false;

  constructor({ network, runtime, logger, user, trust = STRICT_TRUST, receiveLimits }: TransportOptions) {
    this.trace = new TypedEmitter(logger);
    this.events = new TypedEmitter(logger);
    this.#runtime = runtime;
    this.#user = user;
    this.#network = network;
    this.#invalidHost = `${randomToken(runtime, 6)}.invalid`;
    this.#locator = new Locator(network, runtime);
    this.#failedTargets = new FailedTargets(runtime);
    this.#keepAlive = new KeepAlive(runtime);
    const onReceived = (flow: RawFlow, bytes: Uint8Array): void => this.#traceMessage('incoming', flow, bytes);
    const isOurs = (via: Via, flow: RawFlow): boolean => this.#isOurs(via, flow);
    const onAlias = (flow: RawFlow, address: SocketAddress): void => this.#streams.noteAlias(flow, address);
    const gate = receiveLimits && new SourceGate(receiveLimits);
    const counters = this.#counters;
    this.#receiver = new Receiver({ runtime, logger, user, counters, gate, onReceived, isOurs, onAlias });
    const owner = this.#flowOwner();
    this.#streams = new StreamFlows({
      network,
      runtime,
      owner,
      isListening: (protocol, listener) =>
        this.#points.all.some((point) => point.protocol === protocol && point.listener === listener),
      sentByFor: (protocol, connection, listener) => this.#streamSentBy(protocol, connection, listener),
      judge: (certificate, host, port) => judgeCertificate(certificate, { host, port, nowMs: runtime.wallMs() }, trust),
      onKeepAlive: (flow) => this.#onKeepAlive(flow),
      onRefused: () => this.#counters.refusedConnections++,
    });
    this.#points = new ListeningPoints(network, owner, (connection, protocol, listener) =>
      this.#streams.accept(connection, protocol, listener),
    );
    this.#own = new OwnListeners(this.#points);
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

  /** Sockets for what is sent with this `listener` alone; the failure is in words, and each use tries again. */
  async listenFor(listener: string, wishes: readonly OwnWish[]): Promise<Result<undefined, NetworkFailure>> {
    if (this.#isClosed) return err({ kind: 'failed', message: 'the transport is closed' });
    return this.#own.claim(listener, wishes);
  }

  /** Closes the sockets of `listener`; it shares those of all others from now on. */
  stopListeningFor(listener: string): void {
    this.#own.release(listener);
  }

  /** The hops to try for `uri`, in order; those that failed lately come last. RFC 3263 §4. */
  async locate(uri: Uri, options?: LocateOptions): Promise<Located> {
    const located = await this.#locator.locate(uri, options);
    return located.ok ? ok(this.#failedTargets.order(located.value)) : located;
  }

  /** The server at `hop` did not answer, or said 503: others are tried before it for a while. RFC 3263 §4.3 */
  avoid(hop: Hop, forSec?: number): void {
    this.#failedTargets.add(hop, forSec);
  }

  /** A flow to `hop`: the connection there is, a new one, or the datagram flow of a fitting listening point. */
  async connect(hop: Hop, options: ConnectOptions = {}): Promise<Result<Flow, TransportFailure>> {
    if (this.#isClosed) return err({ kind: 'closed', message: 'the transport is closed' });
    const { protocol, address } = hop;
    const { listener } = options;
    const owned = listener === undefined ? undefined : await this.#own.ensure(listener);
    if (owned?.ok === false) return err({ kind: 'noOwnSocket', message: owned.error.message });
    if (protocol !== 'udp') {
      const limitMs = options.hasAlternative === true ? ALTERNATIVE_CONNECT_LIMIT_MS : CONNECT_LIMIT_MS;
      const opened = await this.#connectStream({ ...hop, listener }, protocol, limitMs);
      if (!opened.ok) this.#failedTargets.add(hop);
      return opened;
    }
    // RFC 3261 §18.1.1: a large request goes by TCP; if that is refused, by UDP all the same.
    if ((options.messageSizeBytes ?? 0) > MAX_DATAGRAM_REQUEST_BYTES) {
      const stream = await this.#connectStream({ ...hop, listener }, 'tcp', ALTERNATIVE_CONNECT_LIMIT_MS);
      if (stream.ok) return stream;
    }
    const flow = await this.#points.datagramFlowTo(address, listener);
    return flow
      ? ok(flow)
      : err({ kind: 'noListeningPoint', message: `no socket can reach ${formatSocketAddress(address)}` });
  }

  /** Whether the peer's machine says, asked now, that nobody listens there; undefined answers count as no. RFC 3261 §18.4 */
  async isRefusing({ protocol, remote }: Flow): Promise<boolean> {
    if (protocol !== 'udp' || this.#isClosed) return false;
    const abort = new AbortController();
    const limit = this.#runtime.setTimer(REFUSAL_LIMIT_MS, () => abort.abort());
    const isRefusing = await this.#network.refusesDatagrams(remote, abort.signal);
    limit.cancel();
    return isRefusing;
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

  /** Pings `flow` from now on, or stops; a flow that turns out to be dead is reported by `TransportUser.onFlowClosed`. */
  keepAlive(flow: Flow, options: KeepAliveOptions): void {
    const raw = this.#rawFlow(flow);
    if (raw) this.#keepAlive.set(raw, options);
  }

  /**
   * The network changed, or the machine slept: every socket is opened anew, every connection ended, what was learnt of names
   * and servers is forgotten. The failures are of sockets that could not be had again.
   */
  async rebind(): Promise<readonly NetworkFailure[]> {
    if (this.#isClosed) return [];
    this.#failedTargets.clear();
    this.#locator.forget();
    this.#keepAlive.close();
    this.#streams.closeAll('the network changed');
    const failures = [...(await this.#points.rebind()), ...(await this.#own.ensureAll())];
    this.events.emit('rebound', undefined);
    return failures;
  }

  /** Closes every socket and connection; may be called again. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#keepAlive.close();
    this.#streams.close();
    this.#points.close();
    this.trace.removeAll();
    this.events.removeAll();
  }

  #flowOwner(): FlowOwner {
    return {
      onBytes: (bytes, flow) => {
        if (!flow.isReliable && isStun(bytes)) this.#onStun(flow, bytes);
        else this.#receiver.receive(bytes, flow);
      },
      onSent: (flow, _message, bytes) => {
        this.#counters.sentMessages++;
        this.#traceMessage('outgoing', flow, bytes);
      },
      onSendFailed: (flow, message, reason) => this.#onSendFailed(flow, message, reason),
      onFlowClosed: (flow, reason) => {
        this.#keepAlive.stop(flow);
        if (flow.isReliable) this.#streams.remove(flow);
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

  #onStun(flow: RawFlow, bytes: Uint8Array): void {
    this.#counters.foreignDatagrams++;
    this.#keepAlive.onStun(flow, bytes);
  }

  #traceMessage(direction: 'incoming' | 'outgoing', flow: Flow, bytes: Uint8Array): void {
    this.trace.emit('message', new TraceRecord(this.#runtime.wallMs(), direction, flow, bytes));
  }

  async #connectStream(
    { address, serverName, listener }: Omit<Hop, 'protocol'> & Pick<StreamHop, 'listener'>,
    protocol: StreamProtocol,
    limitMs: number,
  ): Promise<Result<Flow, TransportFailure>> {
    const hop: StreamHop = { ...address, protocol, listener, ...(serverName !== undefined && { serverName }) };
    const opened = await this.#streams.connect(hop, limitMs);
    if (opened.ok) return opened;
    if (opened.error.kind === 'network') return err({ kind: 'connectFailed', message: opened.error.failure.message });
    const { refusal } = opened.error;
    this.events.emit('certificateRefused', refusal);
    return err({ kind: 'untrustedCertificate', message: refusalMessage(refusal), refusal });
  }

  async #reconnectAndSend(response: SipResponse, requestFlow: Flow): Promise<void> {
    const { protocol, listener } = requestFlow;
    const address = responseTarget(response, requestFlow);
    // RFC 7118 §5.3: the server of a WebSocket cannot be called back; RFC 3261 §26.2.1: nor is a secured way left.
    const opened =
      protocol === 'udp' || isWebSocket(protocol)
        ? err({ kind: 'closed', message: 'the connection is closed' } as const)
        : await this.#connectStream({ address, listener }, protocol, CONNECT_LIMIT_MS);
    if (opened.ok) opened.value.send(response);
    else this.#onSendFailed(requestFlow, response, opened.error.message);
  }

  #streamSentBy(protocol: StreamProtocol, { local }: StreamConnection, listener: string | undefined): SocketAddress {
    if (isWebSocket(protocol)) return { address: this.#invalidHost, port: defaultPort(protocol) };
    const { address, port } = this.#points.streamSentBy(protocol, local, listener) ?? local;
    return { address: withoutZone(address), port };
  }

  /** RFC 3261 §18.1.2: the sent-by of a response is one that we put into requests. */
  #isOurs(via: Via, flow: RawFlow): boolean {
    const port = via.port ?? defaultPort(flow.protocol);
    const isSentBy = ({ sentBy }: { readonly sentBy: SocketAddress }): boolean =>
      isSameHost(sentBy.address, via.host) && sentBy.port === port;
    return isSentBy(flow) || this.#points.isSentBy(via.host, port) || this.#streams.has(isSentBy);
  }

  #rawFlow(flow: Flow): RawFlow | undefined {
    if (flow.protocol === 'udp') return this.#points.datagramPointAt(flow.local)?.flowTo(flow.remote);
    return this.#streams.find(flow.id);
  }
}
