// A whole user agent on a virtual network, and a bare socket that speaks SIP as a test tells it.
import { Logger, type LogRecord } from '../../src-main/base/logger.ts';
import type { SocketAddress } from '../../src-main/base/socket-address.ts';
import {
  textBody,
  UserAgentCore,
  type AccountIdentity,
  type Body,
  type IncomingInvite,
  type InviteFailure,
  type InviteSession,
  type OutgoingInvite,
  type SessionEnd,
  type UserAgentSettings,
} from '../../src-main/sip/core/index.ts';
import {
  buildResponse,
  formatUri,
  Header,
  parseMessage,
  serializeMessage,
  SipUri,
  type SipMessage,
  type SipRequest,
  type SipResponse,
} from '../../src-main/sip/syntax/index.ts';
import { TransactionLayer } from '../../src-main/sip/transaction/index.ts';
import { TransportLayer, type DatagramSocket } from '../../src-main/sip/transport/index.ts';
import { sipUriOf } from './message-builders.ts';
import type { VirtualNetwork } from './virtual-network.ts';

export interface SipAgentOptions {
  readonly name: string;
  readonly address: string;
  readonly account?: Partial<AccountIdentity>;
  readonly settings?: Partial<UserAgentSettings>;
  readonly maxTransactions?: number;
}

export const sdp = (text: string): Body => textBody('application/sdp', text);

/** Keeps what its core tells, so that a test can look at it afterwards. */
export class SipAgent {
  readonly core: UserAgentCore;
  readonly transport: TransportLayer;
  readonly transactions: TransactionLayer;
  readonly invites: IncomingInvite[] = [];
  /** What was logged as an error: listeners that threw. */
  readonly errors: LogRecord[] = [];
  account: AccountIdentity;

  private constructor(network: VirtualNetwork, options: SipAgentOptions) {
    const { runtime } = network;
    const host = network.host(options.address);
    const logger = new Logger((record) => {
      if (record.level === 'error') this.errors.push(record);
    });
    this.transactions = new TransactionLayer({
      runtime,
      logger,
      ...(options.maxTransactions !== undefined && { maxTransactions: options.maxTransactions }),
      openTransport: (user) => new TransportLayer({ network: host, runtime, logger, user }),
    });
    this.transport = this.transactions.transport;
    this.account = {
      address: sipUriOf(`sip:${options.name}@${options.address}`),
      contactUser: options.name,
      outboundProxies: [],
      ...options.account,
    };
    this.core = new UserAgentCore({
      transactions: this.transactions,
      runtime,
      logger,
      accountFor: () => this.account,
      ...(options.settings && { settings: options.settings }),
    });
    this.core.events.on('invite', (invite) => this.invites.push(invite));
  }

  static async open(network: VirtualNetwork, options: SipAgentOptions): Promise<SipAgent> {
    const agent = new SipAgent(network, options);
    for (const protocol of ['udp', 'tcp'] as const) {
      const opened = await agent.transport.listen({ protocol, address: options.address, port: 5060 });
      if (!opened.ok) throw new Error(opened.error.message);
    }
    return agent;
  }

  get uri(): SipUri {
    return this.account.address as SipUri;
  }

  /** The only INVITE that came so far. */
  get invite(): IncomingInvite {
    const [invite] = this.invites;
    if (!invite) throw new Error('no INVITE came');
    return invite;
  }

  call(target: SipUri, offer: Body = sdp('offer')): CallSpy {
    return new CallSpy(this.core.invite({ target, account: this.account, offer }));
  }
}

/** What became of an outgoing INVITE. */
export class CallSpy {
  readonly invite: OutgoingInvite;
  readonly progress: number[] = [];
  readonly early: InviteSession[] = [];
  session: InviteSession | undefined;
  answer: Body | undefined;
  failure: InviteFailure | undefined;
  redirected: readonly string[] | undefined;
  ended: SessionEnd | undefined;

  constructor(invite: OutgoingInvite) {
    this.invite = invite;
    invite.events.on('progress', ({ response, session }) => {
      this.progress.push(response.statusCode);
      if (session) this.early.push(session);
    });
    invite.events.on('answered', ({ session, body }) => {
      this.session = session;
      this.answer = body;
      session.events.on('ended', (end) => (this.ended = end));
    });
    invite.events.on('failed', (failure) => (this.failure = failure));
    invite.events.on('redirected', ({ contacts }) => (this.redirected = contacts.map(({ uri }) => formatUri(uri))));
  }

  get established(): InviteSession {
    if (!this.session) throw new Error('the call was not answered');
    return this.session;
  }
}

/** The end of a session once it has come. */
export function watchEnd(session: InviteSession): { end: SessionEnd | undefined } {
  const watched: { end: SessionEnd | undefined } = { end: undefined };
  session.events.on('ended', (end) => (watched.end = end));
  return watched;
}

/** A UDP socket that answers requests as `respond` says and keeps every message it got. */
export class RawPeer {
  readonly received: SipMessage[] = [];
  readonly local: SocketAddress;
  respond: (request: SipRequest, peer: RawPeer) => void = () => {};
  readonly #socket: DatagramSocket;
  #remote: SocketAddress | undefined;

  private constructor(socket: DatagramSocket) {
    this.#socket = socket;
    this.local = socket.local;
    socket.start({
      onDatagram: (bytes, from) => {
        // RFC 5626 §4.4.1: line ends alone are a sign of life.
        if (bytes.every((byte) => byte === 13 || byte === 10)) return;
        const parsed = parseMessage(bytes);
        if (!parsed.ok) throw new Error(parsed.error.message);
        this.#remote = from;
        this.received.push(parsed.value);
        if (parsed.value.kind === 'request') this.respond(parsed.value, this);
      },
      onError: () => {},
    });
  }

  static async open(network: VirtualNetwork, address: string, port = 5060): Promise<RawPeer> {
    const opened = await network.host(address).bindDatagram({ address, port });
    if (!opened.ok) throw new Error(opened.error.message);
    return new RawPeer(opened.value);
  }

  get uri(): SipUri {
    return new SipUri({ scheme: 'sip', user: 'peer', host: this.local.address, port: this.local.port });
  }

  /** Requests of a method, repetitions included. */
  requests(method: string): SipRequest[] {
    return this.received.filter(
      (message): message is SipRequest => message.kind === 'request' && message.method === method,
    );
  }

  responses(method: string): SipResponse[] {
    return this.received.filter(
      (message): message is SipResponse => message.kind === 'response' && message.cseq.method === method,
    );
  }

  /** Sends to `remote`, or to whom wrote last. */
  send(message: SipMessage, remote: SocketAddress | undefined = this.#remote): void {
    if (!remote) throw new Error('nobody to send to');
    this.sendBytes(serializeMessage(message), remote);
  }

  sendBytes(bytes: Uint8Array, remote: SocketAddress): void {
    this.#socket.send(bytes, remote, () => {});
  }

  /** A response with our Contact and To tag. */
  reply(
    request: SipRequest,
    statusCode: number,
    options: { tag?: string; body?: string; headers?: readonly (readonly [string, string])[] } = {},
  ): void {
    const { tag = 'peer', body, headers = [] } = options;
    const response = buildResponse(request, statusCode, undefined, {
      toTag: tag,
      headers,
      ...(body !== undefined && { body, contentType: 'application/sdp' }),
    });
    if (statusCode < 300 && statusCode > 100 && !response.headers.has('Contact')) {
      response.headers.set('Contact', `<${this.uri.toString()}>`);
    }
    this.send(response);
  }

  /** A request within the dialog that `invite` (theirs) and our tag made. */
  inDialog(
    invite: SipRequest,
    method: string,
    sequence: number,
    options: { tag?: string; body?: string; branch?: string; headers?: readonly (readonly [string, string])[] } = {},
  ): SipRequest {
    const { tag = 'peer', body, branch = `z9hG4bK${method}${sequence}`, headers = [] } = options;
    const request = invite.withRequestUri(invite.headers.get(Header.Contact)!.uri);
    const next = requestLike(request, method);
    next.headers.remove('Record-Route');
    next.headers.set('Via', `SIP/2.0/UDP ${this.local.address}:${this.local.port};branch=${branch};rport`);
    next.headers.set('From', invite.to.withTag(tag).toString());
    next.headers.set('To', invite.from.toString());
    next.headers.set('CSeq', `${sequence} ${method}`);
    next.headers.set('Contact', `<${this.uri.toString()}>`);
    for (const name of ['Content-Type', 'Session-Expires', 'Min-SE', 'Authorization', 'Proxy-Authorization'])
      next.headers.remove(name);
    for (const [name, value] of headers) next.headers.set(name, value);
    next.body = new TextEncoder().encode(body ?? '');
    if (body !== undefined) next.headers.set('Content-Type', 'application/sdp');
    return next;
  }
}

function requestLike(request: SipRequest, method: string): SipRequest {
  const text = Buffer.from(serializeMessage(request))
    .toString()
    .replace(/^\S+/, method)
    .replace(/^CSeq: (\d+) \S+/m, `CSeq: $1 ${method}`);
  const parsed = parseMessage(Buffer.from(text));
  if (!parsed.ok || parsed.value.kind !== 'request') throw new Error('not a request');
  return parsed.value;
}
