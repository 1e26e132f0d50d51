// The connections there are: accepted, opened, and opened once only for who asks twice. RFC 3261 §18.1.1, RFC 5923 §5.
import { type Result, err, ok } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { type SocketAddress, formatSocketAddress, isSameSocketAddress } from '../../base/socket-address.ts';
import type { CertificateRefusal, PeerCertificate } from './certificate.ts';
import type { FlowOwner } from './datagram-point.ts';
import { type RawFlow, isSecureProtocol } from './flow.ts';
import type { NetworkFailure, SipNetwork, StreamConnection, StreamProtocol, StreamTarget } from './network.ts';
import { sourceOf } from './source.ts';
import { StreamFlow, type StreamFlowOptions } from './stream-flow.ts';

/** Connections at a time, whoever opened them. */
export const MAX_CONNECTIONS = 256;
/** Connections at a time that one source opened. */
export const MAX_CONNECTIONS_PER_SOURCE = 64;

/** A hop of a connection's protocol. */
export interface StreamHop extends StreamTarget {
  readonly protocol: StreamProtocol;
  /** Whose connection it is; absent: of all who share. */
  readonly listener?: string | undefined;
}

export type OpenFailure =
  | { readonly kind: 'network'; readonly failure: NetworkFailure }
  | { readonly kind: 'untrusted'; readonly refusal: CertificateRefusal };

export interface StreamFlowsOptions {
  readonly network: SipNetwork;
  readonly runtime: Runtime;
  readonly owner: FlowOwner;
  /** Whether we listen for `protocol`, so that a peer might otherwise open a connection of its own to us. */
  readonly isListening: (protocol: StreamProtocol, listener: string | undefined) => boolean;
  /** What goes into Via on a connection: where we listen, if we do. */
  readonly sentByFor: (
    protocol: StreamProtocol,
    connection: StreamConnection,
    listener: string | undefined,
  ) => SocketAddress;
  /** Whether a certificate is good for the domain that was to be reached. */
  readonly judge: (certificate: PeerCertificate, host: string, port: number) => CertificateRefusal | undefined;
  readonly onKeepAlive: (flow: RawFlow) => void;
  readonly onRefused: () => void;
}

type Opened = Promise<Result<RawFlow, OpenFailure>>;

export class StreamFlows {
  readonly #options: StreamFlowsOptions;
  readonly #flows = new Set<StreamFlow>();
  readonly #opening = new Map<string, { readonly opened: Opened; readonly abort: AbortController }>();
  #count = 0;
  #isClosed = false;

  constructor(options: StreamFlowsOptions) {
    this.#options = options;
  }

  accept(connection: StreamConnection, protocol: StreamProtocol, listener?: string): void {
    if (this.#isClosed || this.#flows.size >= MAX_CONNECTIONS || this.#isGreedy(connection.remote)) {
      this.#options.onRefused();
      connection.start({ onData: () => {}, onClosed: () => {} });
      connection.close(true);
      return;
    }
    this.#add(connection, { protocol, isIncoming: true, listener });
  }

  /** The connection to `hop`: one that is there, or a new one within `limitMs`. */
  connect(hop: StreamHop, limitMs: number): Opened {
    const known = this.#reusable(hop);
    if (known) return Promise.resolve(ok(known));
    const key = `${hop.protocol}/${formatSocketAddress(hop)}/${hop.serverName ?? ''}/${hop.listener ?? ''}`;
    const opening = this.#opening.get(key);
    if (opening) return opening.opened;
    if (this.#isClosed || this.#flows.size + this.#opening.size >= MAX_CONNECTIONS) {
      return Promise.resolve(networkError('failed', 'there are too many connections'));
    }
    const abort = new AbortController();
    const opened = this.#open(hop, limitMs, abort).finally(() => this.#opening.delete(key));
    this.#opening.set(key, { opened, abort });
    return opened;
  }

  /**
   * RFC 5923 §5: an incoming connection leads back to where the peer's Via says that it listens, when the peer asks for that
   * and a certificate proved who it is.
   */
  noteAlias(flow: RawFlow, address: SocketAddress): void {
    for (const known of this.#flows) {
      if (known.id === flow.id && known.isIncoming && known.isSecure && known.isPeerVerified) known.alias = address;
    }
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

  /** Ends every connection; new ones may be opened. */
  closeAll(reason: string): void {
    for (const { abort } of this.#opening.values()) abort.abort();
    for (const flow of [...this.#flows]) flow.close(reason);
  }

  close(): void {
    this.#isClosed = true;
    this.closeAll('the transport closes');
  }

  #reusable(hop: StreamHop): StreamFlow | undefined {
    for (const flow of this.#flows) if (!flow.isClosed && isFitting(flow, hop)) return flow;
    return undefined;
  }

  /** WHY: one source must not take every place from the others; our own server may open as many as it likes. */
  #isGreedy({ address }: SocketAddress): boolean {
    const source = sourceOf(address);
    let count = 0;
    for (const flow of this.#flows) if (flow.isIncoming && sourceOf(flow.remote.address) === source) count++;
    return count >= MAX_CONNECTIONS_PER_SOURCE;
  }

  async #open(hop: StreamHop, limitMs: number, abort: AbortController): Opened {
    const { network, runtime, judge } = this.#options;
    const timer = runtime.setTimer(limitMs, () => abort.abort());
    const connected = await network.connectStream(hop, abort.signal);
    timer.cancel();
    if (!connected.ok) return err({ kind: 'network', failure: connected.error });
    const connection = connected.value;
    if (this.#isClosed) {
      connection.close(true);
      return networkError('failed', 'the transport closes');
    }
    if (isSecureProtocol(hop.protocol)) {
      // RFC 5922 §7.4: the identity is checked before anything of SIP is sent.
      const { certificate } = connection;
      const refusal = certificate && judge(certificate, hop.serverName ?? hop.address, hop.port);
      if (!certificate || refusal) {
        connection.close(true);
        return refusal ? err({ kind: 'untrusted', refusal }) : networkError('failed', 'the peer has no certificate');
      }
    }
    const { protocol, serverName, listener } = hop;
    return ok(
      this.#add(connection, { protocol, isIncoming: false, listener, ...(serverName !== undefined && { serverName }) }),
    );
  }

  #add(
    connection: StreamConnection,
    about: Pick<StreamFlowOptions, 'protocol' | 'isIncoming' | 'serverName' | 'listener'>,
  ): StreamFlow {
    const { network, runtime, owner, sentByFor, isListening, onKeepAlive } = this.#options;
    const { protocol, isIncoming, listener } = about;
    const { local, remote } = connection;
    const flow = new StreamFlow({
      ...about,
      id: `${protocol}/${formatSocketAddress(local)}/${formatSocketAddress(remote)}/${++this.#count}`,
      connection,
      sentBy: sentByFor(protocol, connection, listener),
      // RFC 5923 §5: only who shows a certificate, and listens, may have a TLS connection used both ways
      isReusable: protocol === 'tls' && !isIncoming && network.hasCertificate && isListening(protocol, listener),
      runtime,
      owner,
      onKeepAlive,
    });
    this.#flows.add(flow);
    return flow;
  }
}

/** Whether what is for `hop` may go by `flow`. */
function isFitting(flow: StreamFlow, hop: StreamHop): boolean {
  const leadsThere = isSameSocketAddress(flow.remote, hop) || (flow.alias && isSameSocketAddress(flow.alias, hop));
  if (leadsThere !== true || flow.listener !== hop.listener) return false;
  // RFC 7118 §5.3: `transport=ws` is written for both kinds of WebSocket, so the secured one that is there will do.
  const isSameKind = flow.protocol === hop.protocol || (flow.protocol === 'wss' && hop.protocol === 'ws');
  // RFC 5923 §8.2: a connection that was secured for one domain is not used for another.
  const isProven = !flow.isSecure || hop.serverName === flow.serverName || isNumberOf(hop) || flow.isIncoming;
  return isSameKind && isProven;
}

/** A route that names the very address of the connection, as proxies' Record-Route does. */
const isNumberOf = ({ serverName, address }: StreamHop): boolean => serverName === undefined || serverName === address;

const networkError = (
  kind: NetworkFailure['kind'],
  message: string,
): { readonly ok: false; readonly error: OpenFailure } => err({ kind: 'network', failure: { kind, message } });
