// The user agent: calls and requests that go out, and the table of dialogs; user-agent-server.ts takes what comes. RFC 3261 §8.1, §12, §13.
import type { Logger } from '../../base/logger.ts';
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { NameAddress, type SipResponse } from '../syntax/index.ts';
import type { Flow, KeepAliveOptions, TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putBody } from './body.ts';
import type { CoreContext } from './core-context.ts';
import { dialogIdOf, dialogIdOfResponse, withoutHeaders, type Dialog } from './dialog.ts';
import { DialogTable } from './dialog-table.ts';
import type { IncomingInvite } from './incoming-invite.ts';
import { InviteSession } from './invite-session.ts';
import { LateSuccesses } from './late-successes.ts';
import { addExtraHeaders } from './new-request.ts';
import { fromOf, outOfDialogRequest, RequestSeries, type RequestOptions } from './out-of-dialog.ts';
import { OutgoingInvite, type InviteOptions } from './outgoing-invite.ts';
import { RequestSender } from './request-sender.ts';
import type { RequestFailure } from './send-options.ts';
import { UsageDialogs } from './usage-dialogs.ts';
import { UserAgentServer, type RequestHandler, type UserAgentServerParts } from './user-agent-server.ts';
import { USER_AGENT_DEFAULTS, type UserAgentSettings } from './user-agent-settings.ts';

export interface UserAgentCoreOptions {
  readonly transactions: TransactionLayer;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly settings?: Partial<UserAgentSettings>;
  readonly accountFor: UserAgentServerParts['accountFor'];
}

export interface UserAgentCoreEvents {
  /** A new call, ringing nowhere yet: `ring`, `accept` or `reject` it. */
  invite: IncomingInvite;
  /** A connection ended; registrations over it should be renewed. */
  flowClosed: { readonly flow: Flow; readonly reason: string };
}

export class UserAgentCore {
  readonly events: TypedEmitter<UserAgentCoreEvents>;
  /** Dialogs of subscriptions. */
  readonly usageDialogs: UsageDialogs;
  readonly #context: CoreContext;
  readonly #dialogs = new DialogTable<InviteSession>();
  readonly #server: UserAgentServer;
  readonly #late: LateSuccesses;
  /** Unanswered INVITEs. */
  readonly #outgoing = new Set<OutgoingInvite>();
  #isClosing = false;

  constructor({ transactions, runtime, logger, settings, accountFor }: UserAgentCoreOptions) {
    this.events = new TypedEmitter(logger);
    this.#context = {
      runtime,
      logger,
      transactions,
      timers: transactions.timers,
      settings: { ...USER_AGENT_DEFAULTS, ...settings },
      sender: new RequestSender({ transactions, runtime, logger }),
      allowedMethods: () => this.#server.allowedMethods,
    };
    this.usageDialogs = new UsageDialogs(this.#context);
    this.#server = new UserAgentServer({
      ...{ context: this.#context, dialogs: this.#dialogs, usageDialogs: this.usageDialogs, accountFor },
      openSession: (dialog, account) => this.#openSession(dialog, account),
      onInvite: (invite) => this.events.emit('invite', invite),
    });
    this.#late = new LateSuccesses({
      runtime,
      maxForks: this.#context.settings.maxForks,
      openSession: (dialog, account) => {
        if (this.#dialogs.size >= this.#context.settings.maxSessions) return undefined;
        return this.#openSession(dialog, account);
      },
    });
    transactions.setUser({
      onRequest: (transaction) => this.#server.take(transaction),
      onCancel: (cancel, invite) => this.#server.onCancel(cancel, invite),
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
    this.#server.handle(method, handler);
  }

  /** Ends every session and unanswered INVITE; waits at most `graceMs` for the peers, then stops all transactions. */
  async close(graceMs = 2000): Promise<void> {
    this.#isClosing = true;
    for (const invite of this.#outgoing) invite.cancel();
    this.#server.close();
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
