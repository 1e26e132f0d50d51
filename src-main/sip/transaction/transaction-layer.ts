// Every transaction in progress, and the way of each message to its own. RFC 3261 §17, RFC 6026 §7, §8.
import type { Logger } from '../../base/logger.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { buildResponse, Header, type SipMessage, type SipRequest, type SipResponse } from '../syntax/index.ts';
import { prepareOutgoingRequest, type Flow, type TransportLayer, type TransportUser } from '../transport/index.ts';
import { ClientTransaction, newBranch, type ClientTransactionUser } from './client-transaction.ts';
import { inviteClient } from './invite-client.ts';
import { inviteServer } from './invite-server.ts';
import { nonInviteClient } from './non-invite-client.ts';
import { nonInviteServer } from './non-invite-server.ts';
import { prependVia } from './derived-requests.ts';
import { ServerTransaction } from './server-transaction.ts';
import { sipTimers, type SipTimers } from './sip-timers.ts';
import { statelessTag } from './stateless-tag.ts';
import { clientKey, serverKey } from './transaction-key.ts';

/** The floor above: what comes in and belongs to no transaction yet, or to none at all. */
export interface TransactionUser {
  /** A new request, except ACK and CANCEL. It must be answered by `transaction.respond`. */
  onRequest(transaction: ServerTransaction): void;
  /** A CANCEL, to be answered by itself, and the INVITE that it means if there is one. RFC 3261 §9.2 */
  onCancel(cancel: ServerTransaction, invite: ServerTransaction | undefined): void;
  /** An ACK to a 2xx; it is never answered. */
  onAck(request: SipRequest, flow: Flow): void;
  /** A response that no transaction waits for, such as a 2xx of another branch after 64*T1. */
  onStrayResponse(response: SipResponse, flow: Flow): void;
  /** A connection ended; its transactions have been told. */
  onFlowClosed(flow: Flow, reason: string): void;
}

export interface TransactionLayerOptions {
  readonly runtime: Runtime;
  readonly logger: Logger;
  /** Opens the floor below with this layer as its user. */
  readonly openTransport: (user: TransportUser) => TransportLayer;
  readonly timers?: SipTimers;
  /** Most transactions of either kind at a time; a request beyond it is answered 503. */
  readonly maxTransactions?: number;
  /** Judges a new request, except ACK and CANCEL, before anything is kept of it. */
  readonly screen?: (request: SipRequest, flow: Flow) => ScreenVerdict;
}

/** What becomes of a request at the door; who is refused gets one answer and no repetition of it. */
export type ScreenVerdict = 'accept' | 'drop' | { readonly refuseWith: number };

export interface TransactionCounters {
  /** Requests refused because the table was full. */
  readonly refused: number;
  /** Requests that were turned away at the door. */
  readonly screened: number;
  /** Responses that nobody waited for. */
  readonly strayResponses: number;
  readonly clients: number;
  readonly servers: number;
}

/** Sends requests and answers reliably over any transport. Nothing that it is given by the network throws. */
export class TransactionLayer implements TransportUser {
  readonly timers: SipTimers;
  /** For locating, connecting and listening. */
  readonly transport: TransportLayer;
  readonly #runtime: Runtime;
  readonly #logger: Logger;
  readonly #maxTransactions: number;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  #user: TransactionUser | undefined;
  readonly #screen: TransactionLayerOptions['screen'];
  #refused = 0;
  #screened = 0;
  #strayResponses = 0;

  constructor(options: TransactionLayerOptions) {
    this.#runtime = options.runtime;
    this.#logger = options.logger;
    this.timers = options.timers ?? sipTimers();
    this.#maxTransactions = options.maxTransactions ?? 10_000;
    this.#screen = options.screen;
    this.transport = options.openTransport(this);
  }

  /** Names who gets what comes in; until then it is dropped. */
  setUser(user: TransactionUser): void {
    this.#user = user;
  }

  counters(): TransactionCounters {
    return {
      refused: this.#refused,
      screened: this.#screened,
      strayResponses: this.#strayResponses,
      clients: this.#clients.size,
      servers: this.#servers.size,
    };
  }

  /** Sends `request` over `flow` under a new branch; `request` is taken over and gets its Via here. */
  request(
    request: SipRequest,
    flow: Flow,
    user: ClientTransactionUser,
  ): Result<ClientTransaction, 'tooManyTransactions'> {
    prependVia(request, newBranch(this.#runtime));
    prepareOutgoingRequest(request, flow);
    return this.#startClient(request, flow, user);
  }

  /** Sends an ACK to a 2xx: under a branch of its own and without a transaction. RFC 3261 §13.2.2.4 */
  sendAck(ack: SipRequest, flow: Flow): void {
    prependVia(ack, newBranch(this.#runtime));
    prepareOutgoingRequest(ack, flow);
    flow.send(ack);
  }

  onMessage(message: SipMessage, flow: Flow): void {
    if (message.kind === 'response') this.#onResponse(message, flow);
    else if (message.method === 'ACK') this.#onAck(message, flow);
    else this.#onRequest(message, flow);
  }

  onSendFailed(flow: Flow, message: SipMessage, reason: string): void {
    this.#logger.warn('a message was not sent', { flow: flow.id, reason });
    if (message.kind === 'response') this.#servers.get(serverKey(message))?.transportError(reason);
    else this.#clients.get(clientKey(message) ?? '')?.transportError(reason);
  }

  onFlowClosed(flow: Flow, reason: string): void {
    for (const client of [...this.#clients.values()]) if (client.flow.id === flow.id) client.transportError(reason);
    this.#user?.onFlowClosed(flow, reason);
  }

  /** Stops every transaction without telling anybody; the transport stays. */
  close(): void {
    for (const client of this.#clients.values()) client.abandon();
    for (const server of this.#servers.values()) server.abandon();
    this.#clients.clear();
    this.#servers.clear();
    this.#user = undefined;
  }

  #startClient(
    request: SipRequest,
    flow: Flow,
    user: ClientTransactionUser,
  ): Result<ClientTransaction, 'tooManyTransactions'> {
    const key = clientKey(request);
    if (key === undefined || this.#clients.size >= this.#maxTransactions) return err('tooManyTransactions');
    const transaction = new ClientTransaction({
      request,
      flow,
      key,
      user,
      machine: request.method === 'INVITE' ? inviteClient : nonInviteClient,
      timers: this.timers,
      runtime: this.#runtime,
      // A CANCEL has the branch of its INVITE, and nobody asks what became of it.
      sendRequest: (cancel, sameFlow) => this.#startClient(cancel, sameFlow, IGNORE),
      onEnd: ({ key: ended }) => this.#clients.delete(ended),
    });
    this.#clients.set(key, transaction);
    transaction.start();
    return ok(transaction);
  }

  #onResponse(response: SipResponse, flow: Flow): void {
    const client = this.#clients.get(clientKey(response) ?? '');
    // RFC 3261 §8.1.3.3: a response with a second Via was meant for somebody else, and is dropped
    if (client && response.headers.all(Header.Via).length > 1) {
      this.#strayResponses++;
      return;
    }
    if (client) {
      client.receive(response);
      return;
    }
    this.#strayResponses++;
    this.#user?.onStrayResponse(response, flow);
  }

  #onAck(ack: SipRequest, flow: Flow): void {
    const invite = this.#servers.get(serverKey(ack));
    if (invite) invite.receiveAck(ack);
    else this.#user?.onAck(ack, flow);
  }

  #onRequest(request: SipRequest, flow: Flow): void {
    const key = serverKey(request);
    const known = this.#servers.get(key);
    if (known) {
      known.receiveRetransmission();
      return;
    }
    if (!this.#user) return;
    if (request.method !== 'CANCEL' && !this.#isLetIn(request, flow)) return;
    if (this.#servers.size >= this.#maxTransactions) {
      this.#refused++;
      this.#refuse(request, flow, 503);
      return;
    }
    const transaction = this.#openServer(request, flow, key);
    if (request.method !== 'CANCEL') {
      this.#user.onRequest(transaction);
      return;
    }
    // RFC 3261 §9.2: a CANCEL means the transaction that it would match if its method were INVITE
    this.#user.onCancel(transaction, this.#servers.get(serverKey(request, 'INVITE')));
  }

  #openServer(request: SipRequest, flow: Flow, key: string): ServerTransaction {
    const transaction = new ServerTransaction({
      request,
      flow,
      key,
      machine: request.method === 'INVITE' ? inviteServer : nonInviteServer,
      timers: this.timers,
      runtime: this.#runtime,
      send: (response, requestFlow) => this.transport.sendResponse(response, requestFlow),
      onAck: (ack, ackFlow) => this.#user?.onAck(ack, ackFlow),
      onEnd: ({ key: ended }) => this.#servers.delete(ended),
    });
    this.#servers.set(key, transaction);
    transaction.start();
    return transaction;
  }

  #isLetIn(request: SipRequest, flow: Flow): boolean {
    const verdict = this.#screen?.(request, flow) ?? 'accept';
    if (verdict === 'accept') return true;
    this.#screened++;
    if (verdict !== 'drop') this.#refuse(request, flow, verdict.refuseWith);
    return false;
  }

  /** One answer without any state: it is not sent again but for a request that is. RFC 3261 §8.2.7 */
  #refuse(request: SipRequest, flow: Flow, statusCode: number): void {
    const response = buildResponse(request, statusCode, undefined, { toTag: statelessTag(request) });
    // RFC 3261 §21.5.4: overload says when to come again
    if (statusCode === 503) response.headers.set('Retry-After', '10');
    this.transport.sendResponse(response, flow);
  }
}

const IGNORE: ClientTransactionUser = { onResponse: () => {}, onTimeout: () => {}, onTransportError: () => {} };
