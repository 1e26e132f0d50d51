// The server half of the user agent: requests that come are checked, then answered or handed to whom they concern. RFC 3261 §8.2, §9.2, §11.2, §12.2.2, §13.3.
import { randomToken } from '../../base/runtime.ts';
import { buildResponse, type SipRequest } from '../syntax/index.ts';
import type { Flow, ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import { calleeDialog, dialogIdOf, type Dialog } from './dialog.ts';
import type { DialogTable } from './dialog-table.ts';
import { IncomingInvite } from './incoming-invite.ts';
import { IncomingRequest } from './incoming-request.ts';
import { checkInvite } from './invite-checks.ts';
import type { InviteSession } from './invite-session.ts';
import { MergedRequests } from './merged-requests.ts';
import { addExtraHeaders } from './new-request.ts';
import { findMeantSessions } from './replaces.ts';
import { refuseScheme } from './secured-uris.ts';
import { checkRequest } from './uas-checks.ts';
import type { UsageDialogs } from './usage-dialogs.ts';
import { SESSION_BODY_TYPE, SESSION_METHODS, SUPPORTED_OPTIONS } from './user-agent-settings.ts';

export type RequestHandler = (request: IncomingRequest) => void;

export interface UserAgentServerParts {
  readonly context: CoreContext;
  readonly dialogs: DialogTable<InviteSession>;
  readonly usageDialogs: UsageDialogs;
  /** As whom a call from outside is answered: the account that the Request-URI means, or any. */
  readonly accountFor: (request: SipRequest, flow: Flow) => AccountIdentity;
  readonly openSession: (dialog: Dialog, account: AccountIdentity) => InviteSession;
  readonly onInvite: (invite: IncomingInvite) => void;
}

export class UserAgentServer {
  readonly #parts: UserAgentServerParts;
  readonly #merged: MergedRequests;
  readonly #handlers = new Map<string, RequestHandler>();
  /** Unanswered INVITEs, by transaction for CANCEL. */
  readonly #incoming = new Map<ServerTransaction, IncomingInvite>();
  #isClosing = false;

  constructor(parts: UserAgentServerParts) {
    this.#parts = parts;
    const { runtime, timers } = parts.context;
    this.#merged = new MergedRequests(runtime, timers.giveUpMs);
  }

  get allowedMethods(): readonly string[] {
    return [...new Set([...SESSION_METHODS, ...this.#handlers.keys()])];
  }

  /** Serves a further method outside dialogs and names it in Allow; the last handler counts. */
  handle(method: string, handler: RequestHandler): void {
    this.#handlers.set(method, handler);
  }

  /** Rejects what rings, and from now on everything that is new. */
  close(): void {
    this.#isClosing = true;
    for (const invite of this.#incoming.values()) invite.reject(480);
  }

  /** RFC 3261 §9.2: 200 when there is an INVITE to cancel, whatever becomes of it, else 481. */
  onCancel(cancel: ServerTransaction, invite: ServerTransaction | undefined): void {
    const incoming = invite && this.#incoming.get(invite);
    const session = this.#parts.dialogs.find(dialogIdOf(cancel.request)) ?? incoming?.session;
    const toTag = session?.dialog.id.localTag ?? randomToken(this.#parts.context.runtime);
    cancel.respond(buildResponse(cancel.request, invite ? 200 : 481, undefined, { toTag }));
    if (incoming) incoming.onCancel(cancel.request);
    else if (invite && invite.finalStatusCode === undefined) session?.onCancel();
  }

  take(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { allowedMethods } = this;
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
    const scheme = refuseScheme(request, transaction.flow, this.#parts.accountFor(request, transaction.flow));
    if (scheme) {
      this.#refuse(transaction, scheme.statusCode, scheme.headers);
      return;
    }
    const handler = this.#handlers.get(request.method);
    if (request.method === 'INVITE') this.#onInvite(transaction);
    else if (handler) handler(new IncomingRequest({ context: this.#parts.context, transaction }));
    else if (request.method === 'OPTIONS') this.#onOptions(transaction);
    // RFC 3261 §12.2.2: what makes sense only within a dialog gets 481 without one
    else this.#refuse(transaction, 481);
  }

  #onInDialog(transaction: ServerTransaction): void {
    const { request } = transaction;
    const session = this.#parts.dialogs.find(dialogIdOf(request)) ?? this.#parts.usageDialogs.find(request);
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
    if (method === 'NOTIFY' && this.#parts.usageDialogs.takeExpected(transaction)) return;
    const handler = method === 'NOTIFY' || method === 'MESSAGE' ? this.#handlers.get(method) : undefined;
    if (handler) handler(new IncomingRequest({ context: this.#parts.context, transaction }));
    else this.#refuse(transaction, 481);
  }

  #onInvite(transaction: ServerTransaction): void {
    const { request, flow } = transaction;
    const account = this.#parts.accountFor(request, flow);
    const { maxSessions, minSessionExpiresSec } = this.#parts.context.settings;
    const isFull = this.#parts.dialogs.size >= maxSessions;
    const rejection = checkInvite(request, { account, isFull, minSessionExpiresSec });
    if (rejection) {
      this.#refuse(transaction, rejection.statusCode, rejection.headers);
      return;
    }
    const meant = findMeantSessions(request, (id) => this.#parts.dialogs.find(id));
    if (meant.kind === 'refused') {
      this.#refuse(transaction, meant.statusCode);
      return;
    }
    const dialog = calleeDialog(request, randomToken(this.#parts.context.runtime));
    const invite = new IncomingInvite({
      context: this.#parts.context,
      transaction,
      session: this.#parts.openSession(dialog, account),
      meant,
      onOver: () => this.#incoming.delete(transaction),
    });
    this.#incoming.set(transaction, invite);
    this.#parts.onInvite(invite);
  }

  /** RFC 3261 §11.2: what we can do, as a 2xx to INVITE would say. */
  #onOptions(transaction: ServerTransaction): void {
    const toTag = randomToken(this.#parts.context.runtime);
    const response = buildResponse(transaction.request, 200, undefined, { toTag });
    putCapabilities(response, this.#parts.context, SUPPORTED_OPTIONS);
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
    const toTag = randomToken(this.#parts.context.runtime);
    const response = buildResponse(transaction.request, statusCode, undefined, { toTag });
    addExtraHeaders(response, headers);
    transaction.respond(response);
  }
}
