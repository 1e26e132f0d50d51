// An INVITE session within its dialog: re-INVITE, UPDATE, BYE and every other request. RFC 3261 §12.2, §14, §15; RFC 3311; RFC 4028.
import { err, ok, type Result } from '../../base/result.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { buildResponse, Header, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { Flow, ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putBody, type Body } from './body.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { InDialogRequests } from './in-dialog-requests.ts';
import { addExtraHeaders, type ExtraHeaders } from './new-request.ts';
import { PendingOffers } from './pending-offers.ts';
import { runReInvite, type ReInvitePort } from './re-invite.ts';
import type { RequestFailure } from './sent-request.ts';
import { SessionAcks } from './session-acks.ts';
import type { InviteSessionEvents, ReInviteOptions, ReInviteOutcome, SessionEnd } from './session-events.ts';
import {
  announceIdentity,
  refreshSession,
  type AnnouncedIdentity,
  type AnnouncementOutcome,
  type RefreshedSession,
} from './session-refresh.ts';
import { sessionFate } from './response-effect.ts';
import { putTimerRequest, readTimerAnswer, SessionTimer, type SessionTimerWish } from './session-timer.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

export interface InviteSessionOptions {
  readonly context: CoreContext;
  readonly dialog: Dialog;
  readonly account: AccountIdentity;
  /** Takes the dialog out of the table. */
  readonly onGone: (session: InviteSession) => void;
}

/** What the INVITE that is still unanswered does for its early session. */
export interface EarlySessionOwner {
  /** The user wants no session after all: CANCEL, or a rejection. */
  giveUp(headers: ExtraHeaders): void;
  /** A BYE came while the INVITE is unanswered. */
  onEarlyBye(bye: SipRequest): void;
  /** Whether a PRACK acknowledges something. */
  onPrack(prack: SipRequest): boolean;
}

export interface InDialogRequestOptions {
  readonly headers?: ExtraHeaders;
  readonly body?: Body;
  readonly hasContact?: boolean;
}

export class InviteSession {
  readonly events: TypedEmitter<InviteSessionEvents>;
  readonly dialog: Dialog;
  readonly account: AccountIdentity;
  readonly acks: SessionAcks;
  readonly timer: SessionTimer;
  readonly #context: CoreContext;
  readonly #onGone: (session: InviteSession) => void;
  #state: 'early' | 'confirmed' | 'ended' = 'early';
  #owner: EarlySessionOwner | undefined;
  readonly #offers = new PendingOffers();
  readonly #requests: InDialogRequests;
  #remoteAllow: readonly string[] = [];
  #remoteSupported: readonly string[] = [];
  #byeWhenAcknowledged: ExtraHeaders | undefined;
  #lastLocalBody: Body | undefined;

  constructor({ context, dialog, account, onGone }: InviteSessionOptions) {
    this.#context = context;
    this.dialog = dialog;
    this.account = account;
    this.#onGone = onGone;
    this.events = new TypedEmitter(context.logger);
    this.acks = new SessionAcks(context, dialog, account);
    this.#requests = new InDialogRequests({
      context,
      account,
      offers: this.#offers,
      session: this,
      onPrack: (prack) => this.#owner?.onPrack(prack) === true,
      onLocalBody: (body) => (this.#lastLocalBody = body),
    });
    this.timer = new SessionTimer(context.runtime, {
      onRefreshDue: () => void refreshSession(this.#refreshed(), context.runtime),
      onSessionExpired: () => this.#endByTimeout('session expired'),
    });
  }

  get state(): 'early' | 'confirmed' | 'ended' {
    return this.#state;
  }

  /** Methods in the peer's last Allow. */
  get remoteAllow(): readonly string[] {
    return this.#remoteAllow;
  }

  /** Extensions in the peer's last Supported. */
  get remoteSupported(): readonly string[] {
    return this.#remoteSupported;
  }

  get timerWish(): SessionTimerWish {
    return {
      expiresSec: this.account.sessionExpiresSec ?? 0,
      minSec: this.#context.settings.minSessionExpiresSec,
    };
  }

  // ---- for the INVITE that made the session ----

  setOwner(owner: EarlySessionOwner): void {
    this.#owner = owner;
  }

  /** The 2xx was sent or received. */
  confirm(localBody: Body | undefined): void {
    if (this.#state !== 'early') return;
    this.#state = 'confirmed';
    this.#owner = undefined;
    this.#lastLocalBody = localBody;
  }

  /** Remembers what the peer says it understands. */
  noteRemote(message: SipRequest | SipResponse): void {
    const allow = message.headers.all(Header.Allow);
    if (allow.length > 0) this.#remoteAllow = allow;
    const supported = message.headers.all(Header.Supported);
    if (supported.length > 0) this.#remoteSupported = supported;
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
      if (this.#byeWhenAcknowledged) this.#sendBye(this.#byeWhenAcknowledged);
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
        this.#endByTimeout('no ACK');
      },
    );
  }

  // ---- for the user ----

  /** Renegotiates; glare is waited out. Never rejects. */
  async reInvite(options: ReInviteOptions = {}): Promise<ReInviteOutcome> {
    let invite: SipRequest | undefined;
    const port: ReInvitePort = {
      ownsCallId: this.dialog.isCaller,
      isConfirmed: () => this.#state === 'confirmed',
      isOfferPending: () => this.#offers.isAny || this.acks.isWaiting,
      send: (body) => this.#sendReInvite(body, (sent) => (invite = sent)),
      acknowledge: (answer) => {
        if (invite) void this.acks.send(invite, answer);
      },
      judge: (outcome) => this.#judge('INVITE', outcome),
    };
    return runReInvite(port, this.#context.runtime, options);
  }

  /** Ends the session; an early one by CANCEL or rejection. Harmless when it is over. */
  bye(headers: ExtraHeaders = []): void {
    if (this.#state === 'early') return this.#owner?.giveUp(headers);
    if (this.#state === 'ended') return;
    this.#end({ by: 'local', reason: 'hung up' }, headers);
  }

  /** Any other request within the dialog. What ends the session is told by `sessionFate`. */
  async request(method: string, options: InDialogRequestOptions = {}): Promise<Result<SipResponse, RequestFailure>> {
    if (this.#state === 'ended') return err({ kind: 'ended', message: 'the session is over' });
    const request = this.dialog.buildRequest(method);
    addExtraHeaders(request, options.headers);
    putBody(request, options.body);
    const hasContact = options.hasContact ?? ['REFER', 'UPDATE', 'SUBSCRIBE', 'NOTIFY'].includes(method);
    const result = await this.#exchange(request, hasContact);
    if (method !== 'PRACK') this.#judge(method, result);
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
    if (this.#state === 'ended') {
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
    this.#end(end);
  }

  // ---- incoming ----

  #onBye(transaction: ServerTransaction): void {
    const { request } = transaction;
    transaction.respond(buildResponse(request, 200));
    if (this.#state === 'early') return this.#owner?.onEarlyBye(request);
    // RFC 3261 §15.1.2: requests that are still pending are answered 487
    this.#offers.remoteInvite?.reject(487);
    this.#end({ by: 'remote', reason: 'BYE', request });
  }

  // ---- outgoing ----

  #sendReInvite(body: Body | undefined, onSent: (invite: SipRequest) => void): Promise<SipResponse | RequestFailure> {
    const request = this.dialog.buildRequest('INVITE');
    putCapabilities(request, this.#context, SUPPORTED_OPTIONS);
    putTimerRequest(request, this.timerWish, this.timer.agreement);
    putBody(request, body);
    return new Promise((resolve) => {
      let hasFinal = false;
      const settle = (result: SipResponse | RequestFailure): void => {
        hasFinal = true;
        this.#offers.localInvite = undefined;
        resolve(result);
      };
      const sent = this.#context.sender.send({
        request,
        nextHop: this.dialog.nextHop,
        account: this.account,
        hasContact: true,
        nextSequence: () => this.dialog.nextSequence(),
        user: {
          onFinal: (response, flow) => {
            if (hasFinal) {
              this.acks.repeat(sent.request.cseq.sequence);
              return;
            }
            onSent(sent.request);
            if (response.statusCode < 300) this.#onReInviteAccepted(response, body, flow);
            settle(response);
          },
          onFailure: settle,
        },
      });
      this.#offers.localInvite = sent;
    });
  }

  #onReInviteAccepted(response: SipResponse, body: Body | undefined, flow: Flow): void {
    this.dialog.refreshTarget(response);
    this.noteRemote(response);
    if (body) this.#lastLocalBody = body;
    this.events.emit('identity', { message: response, flow });
    this.timer.restart(readTimerAnswer(response));
  }

  #exchange(request: SipRequest, hasContact: boolean): Promise<Result<SipResponse, RequestFailure>> {
    return new Promise((resolve) => {
      this.#context.sender.send({
        request,
        nextHop: this.dialog.nextHop,
        account: this.account,
        hasContact,
        nextSequence: () => this.dialog.nextSequence(),
        user: {
          onFinal: (response, flow) => {
            if (request.method === 'UPDATE') this.events.emit('identity', { message: response, flow });
            resolve(ok(response));
          },
          onFailure: (failure) => resolve(err(failure)),
        },
      });
    });
  }

  /** RFC 3261 §12.2.1.2, RFC 5057 §5: some answers, and none, mean that the session is gone. */
  #judge(method: string, result: Result<SipResponse, RequestFailure>): void {
    const fate = sessionFate(method, result);
    if (fate === 'goesOn') return;
    const isSilent = !result.ok || result.value.statusCode === 408;
    const reason = isSilent ? `no response to ${method}` : `${method} answered ${result.value.statusCode}`;
    if (fate === 'gone') this.#end({ by: 'remote', reason });
    else if (isSilent) this.#endByTimeout(reason);
    // WHY: an early session has an INVITE that will tell what becomes of it.
    else if (this.#state === 'confirmed') this.#end({ by: 'remote', reason }, []);
  }

  #refreshed(): RefreshedSession {
    const { dialog, timer, timerWish } = this;
    const state = (): 'early' | 'confirmed' | 'ended' => this.#state;
    return {
      ...{ dialog, timer, timerWish, remoteAllow: this.#remoteAllow, remoteSupported: this.#remoteSupported },
      get state() {
        return state();
      },
      exchange: async (request) => {
        const result = await this.#exchange(request, true);
        this.#judge(request.method, result);
        return result;
      },
      reInviteAsAgreed: () => this.reInvite(this.#lastLocalBody ? { body: this.#lastLocalBody } : {}),
    };
  }

  // ---- the end ----

  #endByTimeout(reason: string): void {
    // RFC 3326 §2: the BYE says why, as nobody hung up
    if (this.#state === 'confirmed') this.#end({ by: 'timeout', reason }, [['Reason', 'SIP;cause=408']]);
  }

  /** With `byeHeaders` a BYE goes out, as soon as the RFC allows it. */
  #end(end: SessionEnd, byeHeaders?: ExtraHeaders): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    this.#owner = undefined;
    this.timer.close();
    this.#offers.giveUpLocalInvite(this.#context.runtime, this.#context.timers.giveUpMs);
    if (!byeHeaders) {
      this.acks.stopWaiting();
      this.#onGone(this);
    } else if (this.acks.isWaiting) {
      // RFC 3261 §15: the callee sends no BYE before the ACK has come or its wait has ended
      this.#byeWhenAcknowledged = byeHeaders;
    } else {
      this.#sendBye(byeHeaders);
    }
    this.events.emit('ended', end);
  }

  #sendBye(headers: ExtraHeaders): void {
    this.#byeWhenAcknowledged = undefined;
    const bye = this.dialog.buildRequest('BYE');
    addExtraHeaders(bye, headers);
    // RFC 3261 §15.1.1: whatever answers the BYE, or nothing, the session is over
    void this.acks
      .whenSent()
      .then(() => this.#exchange(bye, false))
      .then(() => this.#onGone(this));
  }
}
