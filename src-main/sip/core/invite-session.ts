// An INVITE session within its dialog: re-INVITE, UPDATE, BYE and every other request. RFC 3261 §12.2, §14, §15; RFC 3311; RFC 4028.
import { err, type Result } from '../../base/result.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { buildResponse, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { Flow, ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { Body } from './body.ts';
import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { buildInDialogRequest, exchangeInDialog, type InDialogRequestOptions } from './in-dialog-exchange.ts';
import { InDialogRequests } from './in-dialog-requests.ts';
import type { ExtraHeaders } from './new-request.ts';
import { reInvite } from './outgoing-re-invite.ts';
import { PendingOffers } from './pending-offers.ts';
import { RemoteCapabilities } from './remote-capabilities.ts';
import type { RequestFailure } from './send-options.ts';
import { SessionAcks } from './session-acks.ts';
import type { InviteSessionEvents, ReInviteOptions, ReInviteOutcome, SessionEnd } from './session-events.ts';
import { SessionLife, type EarlySessionOwner, type SessionState } from './session-life.ts';
import {
  announceIdentity,
  refreshSession,
  type AnnouncedIdentity,
  type AnnouncementOutcome,
  type RefreshedSession,
} from './session-refresh.ts';
import { SessionTimer, type SessionTimerWish } from './session-timer.ts';

export interface InviteSessionOptions {
  readonly context: CoreContext;
  readonly dialog: Dialog;
  readonly account: AccountIdentity;
  /** Takes the dialog out of the table. */
  readonly onGone: (session: InviteSession) => void;
}

export class InviteSession {
  readonly events: TypedEmitter<InviteSessionEvents>;
  readonly dialog: Dialog;
  readonly account: AccountIdentity;
  readonly acks: SessionAcks;
  readonly timer: SessionTimer;
  readonly #context: CoreContext;
  readonly #life: SessionLife;
  readonly #remote = new RemoteCapabilities();
  readonly #offers = new PendingOffers();
  readonly #requests: InDialogRequests;
  #lastLocalBody: Body | undefined;

  constructor({ context, dialog, account, onGone }: InviteSessionOptions) {
    this.#context = context;
    this.dialog = dialog;
    this.account = account;
    this.events = new TypedEmitter(context.logger);
    this.acks = new SessionAcks(context, dialog, account);
    this.#requests = new InDialogRequests({
      context,
      account,
      offers: this.#offers,
      session: this,
      onPrack: (prack) => this.#life.owner?.onPrack(prack) === true,
      onLocalBody: (body) => (this.#lastLocalBody = body),
    });
    this.timer = new SessionTimer(context.runtime, {
      onRefreshDue: () => void refreshSession(this.#refreshed(), context.runtime),
      onSessionExpired: () => this.#life.endByTimeout('session expired'),
    });
    this.#life = new SessionLife({
      ...{ context, dialog, acks: this.acks, offers: this.#offers, timer: this.timer },
      exchange: (bye) => this.#exchange(bye, false),
      onEnded: (end) => this.events.emit('ended', end),
      onGone: () => onGone(this),
    });
  }

  get state(): SessionState {
    return this.#life.state;
  }

  /** Methods in the peer's last Allow. */
  get remoteAllow(): readonly string[] {
    return this.#remote.allow;
  }

  /** Extensions in the peer's last Supported. */
  get remoteSupported(): readonly string[] {
    return this.#remote.supported;
  }

  get timerWish(): SessionTimerWish {
    return {
      expiresSec: this.account.sessionExpiresSec ?? 0,
      minSec: this.#context.settings.minSessionExpiresSec,
    };
  }

  // ---- for the INVITE that made the session ----

  setOwner(owner: EarlySessionOwner): void {
    this.#life.setOwner(owner);
  }

  /** The 2xx was sent or received. */
  confirm(localBody: Body | undefined): void {
    if (this.#life.confirm()) this.#lastLocalBody = localBody;
  }

  /** Remembers what the peer says it understands. */
  noteRemote(message: SipRequest | SipResponse): void {
    this.#remote.note(message);
  }

  /** Sends a 2xx to the first INVITE or a re-INVITE until its ACK comes. */
  sendSuccess(
    transaction: ServerTransaction,
    response: SipResponse,
    onAcknowledged: (body: Body | undefined) => void,
  ): void {
    this.#offers.isLocalOfferPending = transaction.request.body.length === 0 && response.body.length > 0;
    const settle = (): void => {
      this.#offers.isLocalOfferPending = false;
      this.#life.onAckSettled();
    };
    this.acks.sendSuccess(
      transaction,
      response,
      (body) => {
        settle();
        onAcknowledged(body);
      },
      () => {
        settle();
        // RFC 3261 §13.3.1.4: without an ACK in 64*T1 the dialog is confirmed, and ended with BYE
        this.#life.endByTimeout('no ACK');
      },
    );
  }

  // ---- for the user ----

  /** Renegotiates; glare is waited out. Never rejects. */
  reInvite(options: ReInviteOptions = {}): Promise<ReInviteOutcome> {
    const { dialog, account, events, acks, timer, timerWish } = this;
    const onLocalBody = (body: Body): void => void (this.#lastLocalBody = body);
    return reInvite(
      {
        ...{ context: this.#context, dialog, account, events, acks, timer, timerWish, onLocalBody },
        ...{ offers: this.#offers, remote: this.#remote, life: this.#life },
      },
      options,
    );
  }

  /** Ends the session; an early one by CANCEL or rejection. Harmless when it is over. */
  bye(headers: ExtraHeaders = []): void {
    this.#life.bye(headers);
  }

  /** Any other request within the dialog. What ends the session is told by `sessionFate`. */
  async request(method: string, options: InDialogRequestOptions = {}): Promise<Result<SipResponse, RequestFailure>> {
    if (this.state === 'ended') return err({ kind: 'ended', message: 'the session is over' });
    const { request, hasContact } = buildInDialogRequest(this.dialog, method, options);
    const result = await this.#exchange(request, hasContact);
    if (method !== 'PRACK') this.#life.judge(method, result);
    return result;
  }

  /** Tells the peer who speaks to it now, where it can bear that. RFC 4916 §4.4 */
  announceIdentity(identity: AnnouncedIdentity): Promise<AnnouncementOutcome> {
    return announceIdentity(this.#refreshed(), identity, this.#context.runtime);
  }

  // ---- from the core ----

  takeSequence(request: SipRequest): boolean {
    return this.dialog.takeRequest(request) === 'inOrder';
  }

  onAck(ack: SipRequest): void {
    this.acks.receive(ack);
  }

  /** A CANCEL for a re-INVITE. RFC 3261 §9.2 */
  onCancel(): void {
    this.#offers.remoteInvite?.reject(487);
  }

  /** RFC 3261 §12.2.2: a request within the dialog, its number in order. */
  onRequest(transaction: ServerTransaction): void {
    const { request } = transaction;
    if (request.method === 'BYE') {
      this.#onBye(transaction);
      return;
    }
    if (this.state === 'ended') {
      transaction.respond(buildResponse(request, 481));
      return;
    }
    this.noteRemote(request);
    this.#requests.take(transaction);
    if ((transaction.finalStatusCode ?? 200) < 300) this.#noteIdentity(request, transaction.flow);
  }

  /** RFC 4916 §4.5.2: target refreshes may say that the peer is somebody else now. */
  #noteIdentity(request: SipRequest, flow: Flow): void {
    if (request.method !== 'INVITE' && request.method !== 'UPDATE') return;
    this.dialog.renameRemote(request.from);
    this.events.emit('identity', { message: request, flow });
  }

  /** The first INVITE failed, or another branch won: no BYE is due. */
  endEarly(end: SessionEnd): void {
    this.#life.end(end);
  }

  #onBye(transaction: ServerTransaction): void {
    const { request } = transaction;
    transaction.respond(buildResponse(request, 200));
    if (this.state === 'early') return this.#life.owner?.onEarlyBye(request);
    // RFC 3261 §15.1.2: requests that are still pending are answered 487
    this.#offers.remoteInvite?.reject(487);
    this.#life.end({ by: 'remote', reason: 'BYE', request });
  }

  #exchange(request: SipRequest, hasContact: boolean): Promise<Result<SipResponse, RequestFailure>> {
    const { dialog, account, events } = this;
    return exchangeInDialog({ context: this.#context, dialog, account, events }, request, hasContact);
  }

  #refreshed(): RefreshedSession {
    const { dialog, timer, timerWish, remoteAllow, remoteSupported } = this;
    const life = this.#life;
    return {
      ...{ dialog, timer, timerWish, remoteAllow, remoteSupported },
      get state() {
        return life.state;
      },
      exchange: async (request) => {
        const result = await this.#exchange(request, true);
        life.judge(request.method, result);
        return result;
      },
      reInviteAsAgreed: () => this.reInvite(this.#lastLocalBody ? { body: this.#lastLocalBody } : {}),
    };
  }
}
