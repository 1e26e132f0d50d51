// The user agent: takes what the transactions bring, checks it, and hands it to dialogs and users. RFC 3261 §8, §9, §11, §12, §13.
import type { Logger } from '../../base/logger.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { buildResponse, NameAddress, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { Flow, KeepAliveOptions, ServerTransaction, TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putBody } from './body.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import { calleeDialog, dialogIdOf, dialogIdOfResponse, withoutHeaders, type Dialog } from './dialog.ts';
import { DialogTable } from './dialog-table.ts';
import { IncomingInvite } from './incoming-invite.ts';
import { IncomingRequest } from './incoming-request.ts';
import { checkInvite } from './invite-checks.ts';
import { InviteSession } from './invite-session.ts';
import { LateSuccesses } from './late-successes.ts';
import { MergedRequests } from './merged-requests.ts';
import { addExtraHeaders } from './new-request.ts';
import { fromOf, outOfDialogRequest, RequestSeries, type RequestOptions } from './out-of-dialog.ts';
import { OutgoingInvite, type InviteOptions } from './outgoing-invite.ts';
import { findMeantSessions } from './replaces.ts';
import { RequestSender } from './request-sender.ts';
import { refuseScheme } from './secured-uris.ts';
import type { RequestFailure } from './sent-request.ts';
import { checkRequest } from './uas-checks.ts';
import { UsageDialogs } from './usage-dialogs.ts';
import {
  SESSION_BODY_TYPE,
  SESSION_METHODS,
  SUPPORTED_OPTIONS,
  USER_AGENT_DEFAULTS,
  type UserAgentSettings,
} from './user-agent-settings.ts';

export interface UserAgentCoreOptions {
  readonly transactions: TransactionLayer;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly settings?: Partial<UserAgentSettings>;
  /** As whom a call from outside is answered: the account that the Request-URI means, or any. */
  readonly accountFor: (request: SipRequest, flow: Flow) => AccountIdentity;
}

export interface UserAgentCoreEvents {
  /** A new call, ringing nowhere yet: `ring`, `accept` or `reject` it. */
  invite: IncomingInvite;
  /** A connection ended; registrations over it should be renewed. */
  flowClosed: { readonly flow: Flow; readonly reason: string };
}

export type RequestHandler = (request: IncomingRequest) => void;

export class UserAgentCore {
  readonly events: TypedEmitter<UserAgentCoreEvents>;
  /** Dialogs of subscriptions. */
  readonly usageDialogs: UsageDialogs;
  readonly #context: CoreContext;
  readonly #accountFor: UserAgentCoreOptions['accountFor'];
  readonly #dialogs = new DialogTable<InviteSession>();
  readonly #merged: MergedRequests;
  readonly #late: LateSuccesses;
  readonly #handlers = new Map<string, RequestHandler>();
  /** Unanswered INVITEs of either direction, by transaction for CANCEL. */
  readonly #incoming = new Map<ServerTransaction, IncomingInvite>();
  readonly #outgoing = new Set<OutgoingInvite>();
  #isClosing = false;

  constructor({ transactions, runtime, logger, settings, accountFor }: UserAgentCoreOptions) {
    this.events = new TypedEmitter(logger);
    this.#accountFor = accountFor;
    this.#context = {
      runtime,
      logger,
      transactions,
      timers: transactions.timers,
      settings: { ...USER_AGENT_DEFAULTS, ...settings },
      sender: new RequestSender({ transactions, runtime, logger }),
      allowedMethods: () => [...new Set([...SESSION_METHODS, ...this.#handlers.keys()])],
    };
    this.usageDialogs = new UsageDialogs(this.#context);
    this.#merged = new MergedRequests(runtime, transactions.timers.giveUpMs);
    this.#late = new LateSuccesses({
      runtime,
      maxForks: this.#context.settings.maxForks,
      openSession: (dialog, account) => {
        if (this.#dialogs.size >= this.#context.settings.maxSessions) return undefined;
        return this.#openSession(dialog, account);
      },
    });
    transactions.setUser({
      onRequest: (transaction) => this.#onIncoming(transaction),
      onCancel: (cancel, invite) => this.#onCancel(cancel, invite),
      onAck: (ack) => this.#dialogs.find(dialogIdOf(ack))?.onAck(ack),
      onStrayResponse: (response) => {
        logger.debug('a response that nobody waits for', { statusCode: response.statusCode });
        if (!this.#isClosing) this.#late.take(response, this.#dialogs.find(dialogIdOfResponse(response)));
      },
      onFlowClosed: (flow, reason) => this.events.emit('flowClosed', { flow, reason }),
    });
  }

  /** Dialogs in the table: early ones and those whose BYE is unanswered included. */
  get sessionCount(): number {
    return this.#dialogs.size;
  }

  /** For the usages above: time and log. */
  get runtime(): Runtime {
    return this.#context.runtime;
  }

  get logger(): Logger {
    return this.#context.logger;
  }

  /** Keeps `flow` open; when it is found dead, `flowClosed` tells. RFC 5626 §4.4 */
  keepAlive(flow: Flow, options: KeepAliveOptions): void {
    this.#context.transactions.transport.keepAlive(flow, options);
  }

  // ---- calling out ----

  /** Starts a call; listen to the result's events before the next turn of the event loop. */
  invite(options: InviteOptions): OutgoingInvite {
    const series = new RequestSeries(this.#context.runtime);
    const target = withoutHeaders(options.target);
    // RFC 3261 §8.1.3.4: a redirected request keeps To, From and Call-ID, and takes the next CSeq number
    const earlier = options.redirectedFrom?.request;
    const invite = new OutgoingInvite({
      ...options,
      target,
      context: this.#context,
      from: earlier?.from ?? fromOf(options.account, series.fromTag),
      to: earlier?.to ?? new NameAddress({ uri: target }),
      callId: earlier?.callId ?? series.callId,
      sequence: earlier ? earlier.cseq.sequence + 1 : series.nextSequence(),
      routeSets: this.#context.sender.routeSetsFor(options.account),
      openSession: (dialog, account) => this.#openSession(dialog, account),
    });
    const forget = (): void => {
      this.#outgoing.delete(invite);
      this.#late.remember(invite.request, options.account);
    };
    this.#outgoing.add(invite);
    invite.events.on('answered', forget);
    invite.events.on('redirected', forget);
    invite.events.on('failed', forget);
    return invite;
  }

  /** A request outside any dialog and its final response; next hops and credentials are seen to. Never rejects. */
  request(options: RequestOptions): Promise<Result<SipResponse, RequestFailure>> {
    const { runtime, sender, settings } = this.#context;
    const series = options.series ?? new RequestSeries(runtime);
    const routeSets = sender.routeSetsFor(options.account);
    const request = outOfDialogRequest(options, series, routeSets[0] ?? []);
    request.headers.set('User-Agent', settings.userAgent);
    addExtraHeaders(request, options.headers);
    putBody(request, options.body);
    const { contactParameters, account } = options;
    return new Promise((resolve) => {
      sender.send({
        request,
        nextHop: routeSets[0]?.[0]?.uri ?? options.target,
        routeSets,
        account,
        hasContact: contactParameters !== undefined,
        ...(contactParameters && { contactParameters }),
        nextSequence: () => series.nextSequence(),
        user: {
          onSent: (sent, flow) => options.onSent?.(sent, flow),
          onFinal: (response) => resolve(ok(response)),
          onFailure: (failure) => resolve(err(failure)),
        },
      });
    });
  }

  /** Serves a further method outside dialogs (MESSAGE, NOTIFY, …) and names it in Allow; the last handler counts. */
  onRequest(method: string, handler: RequestHandler): void {
    this.#handlers.set(method, handler);
  }

  /** Ends every session and unanswered INVITE; waits at most `graceMs` for the peers, then stops all transactions. */
  async close(graceMs = 2000): Promise<void> {
    this.#isClosing = true;
    for (const invite of this.#outgoing) invite.cancel();
    for (const invite of this.#incoming.values()) invite.reject(480);
    for (const session of this.#dialogs.owners()) session.bye();
    const { runtime, transactions } = this.#context;
    const untilMs = runtime.nowMs() + graceMs;
    while (this.#dialogs.size + this.#outgoing.size > 0 && runtime.nowMs() < untilMs) {
      await new Promise<void>((resolve) => void runtime.setTimer(20, resolve));
    }
    for (const session of this.#dialogs.owners()) session.acks.stopWaiting();
    transactions.close();
    this.events.removeAll();
  }

  // ---- from the transactions ----

  /** RFC 3261 §9.2: 200 when there is an INVITE to cancel, whatever becomes of it, else 481. */
  #onCancel(cancel: ServerTransaction, invite: ServerTransaction | undefined): void {
    const incoming = invite && this.#incoming.get(invite);
    const session = this.#dialogs.find(dialogIdOf(cancel.request)) ?? incoming?.session;
    const toTag = session?.dialog.id.localTag ?? randomToken(this.#context.runtime);
    cancel.respond(buildResponse(cancel.request, invite ? 200 : 481, undefined, { toTag }));
    if (incoming) incoming.onCancel(cancel.request);
    else if (invite && invite.finalStatusCode === undefined) session?.onCancel();
  }

  // ---- incoming requests ----

  #onIncoming(transaction: ServerTransaction): void {
    const { request } = transaction;
    const allowedMethods = this.#context.allowedMethods();
    const rejection = checkRequest(request, { allowedMethods, isMerged: this.#merged.isMerged(request) });
    if (rejection) {
      this.#refuse(transaction, rejection.statusCode, rejection.headers);
      return;
    }
    if (request.to.tag !== undefined) {
      this.#onInDialog(transaction);
      return;
    }
    if (this.#isClosing) {
      this.#refuse(transaction, 480);
      return;
    }
    const scheme = refuseScheme(request, transaction.flow, this.#accountFor(request, transaction.flow));
    if (scheme) {
      this.#refuse(transaction, scheme.statusCode, scheme.headers);
      return;
    }
    const handler = this.#handlers.get(request.method);
    if (request.method === 'INVITE') this.#onInvite(transaction);
    else if (handler) handler(new IncomingRequest({ context: this.#context, transaction }));
    else if (request.method === 'OPTIONS') this.#onOptions(transaction);
    // RFC 3261 §12.2.2: what makes sense only within a dialog gets 481 without one
    else this.#refuse(transaction, 481);
  }

  #onInDialog(transaction: ServerTransaction): void {
    const { request } = transaction;
    const session = this.#dialogs.find(dialogIdOf(request)) ?? this.usageDialogs.find(request);
    // RFC 3261 §12.2.2: a To tag that names no dialog of ours is 481
    if (!session) {
      this.#onUnknownDialog(transaction);
      return;
    }
    // RFC 3261 §12.2.2: a number lower than the last is 500
    if (!session.takeSequence(request)) {
      this.#refuse(transaction, 500);
      return;
    }
    session.onRequest(transaction);
  }

  /** INTEROP: some registrars send unsolicited NOTIFY and OPTIONS with a To tag; a handler may take them. */
  #onUnknownDialog(transaction: ServerTransaction): void {
    const { method } = transaction.request;
    if (method === 'NOTIFY' && this.usageDialogs.takeExpected(transaction)) return;
    const handler = method === 'NOTIFY' || method === 'MESSAGE' ? this.#handlers.get(method) : undefined;
    if (handler) handler(new IncomingRequest({ context: this.#context, transaction }));
    else this.#refuse(transaction, 481);
  }

  #onInvite(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const account = this.#accountFor(request, flow);
    const { maxSessions, minSessionExpiresSec } = this.#context.settings;
    const isFull = this.#dialogs.size >= maxSessions;
    const rejection = checkInvite(request, { account, isFull, minSessionExpiresSec });
    if (rejection) {
      this.#refuse(transaction, rejection.statusCode, rejection.headers);
      return;
    }
    const meant = findMeantSessions(request, (id) => this.#dialogs.find(id));
    if (meant.kind === 'refused') {
      this.#refuse(transaction, meant.statusCode);
      return;
    }
    const dialog = calleeDialog(request, randomToken(this.#context.runtime));
    const invite = new IncomingInvite({
      context: this.#context,
      transaction,
      session: this.#openSession(dialog, account),
      meant,
      onOver: () => this.#incoming.delete(transaction),
    });
    this.#incoming.set(transaction, invite);
    this.events.emit('invite', invite);
  }

  /** RFC 3261 §11.2: what we can do, as a 2xx to INVITE would say. */
  #onOptions(transaction: ServerTransaction): void {
    const toTag = randomToken(this.#context.runtime);
    const response = buildResponse(transaction.request, 200, undefined, { toTag });
    putCapabilities(response, this.#context, SUPPORTED_OPTIONS);
    response.headers.set('Accept', SESSION_BODY_TYPE);
    response.headers.set('Accept-Encoding', 'identity');
    response.headers.set('Accept-Language', 'en');
    transaction.respond(response);
  }

  #refuse(
    transaction: ServerTransaction,
    statusCode: number,
    headers: readonly (readonly [string, string])[] = [],
  ): void {
    const toTag = randomToken(this.#context.runtime);
    const response = buildResponse(transaction.request, statusCode, undefined, { toTag });
    addExtraHeaders(response, headers);
    transaction.respond(response);
  }

  #openSession(dialog: Dialog, account: AccountIdentity): InviteSession {
    const session = new InviteSession({
      context: this.#context,
      dialog,
      account,
      onGone: () => this.#dialogs.remove(dialog.id),
    });
    this.#dialogs.add(dialog.id, session);
    return session;
  }
}
