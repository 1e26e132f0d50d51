// The peer's requests within a session, BYE and ACK apart: re-INVITE, UPDATE, PRACK, INFO and others. RFC 3261 §14.2, RFC 3311 §5.2.
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import { buildResponse, Header, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { Body } from './body.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { tooEarlyRetrySec } from './glare.ts';
import { IncomingReInvite } from './incoming-re-invite.ts';
import { IncomingRequest } from './incoming-request.ts';
import type { PendingOffers } from './pending-offers.ts';
import type { InviteSessionEvents } from './session-events.ts';
import { answerTimer, isIntervalTooSmall, type SessionTimer, type SessionTimerWish } from './session-timer.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

/** What of the session these requests concern. */
export interface RequestedSession {
  readonly events: TypedEmitter<InviteSessionEvents>;
  readonly dialog: Dialog;
  readonly timer: SessionTimer;
  readonly timerWish: SessionTimerWish;
  readonly acks: { readonly isFull: boolean };
  readonly state: 'early' | 'confirmed' | 'ended';
  sendSuccess(
    transaction: ServerTransaction,
    response: SipResponse,
    onAcknowledged: (body: Body | undefined) => void,
  ): void;
}

export interface InDialogRequestsOptions {
  readonly context: CoreContext;
  readonly account: AccountIdentity;
  readonly offers: PendingOffers;
  readonly session: RequestedSession;
  /** Whether a PRACK acknowledges something. */
  readonly onPrack: (prack: SipRequest) => boolean;
  readonly onLocalBody: (body: Body) => void;
}

export class InDialogRequests {
  readonly #options: InDialogRequestsOptions;

  constructor(options: InDialogRequestsOptions) {
    this.#options = options;
  }

  take(transaction: ServerTransaction): void {
    const { events } = this.#options.session;
    switch (transaction.request.method) {
      case 'INVITE': {
        this.#onReInvite(transaction);
        return;
      }
      case 'UPDATE': {
        this.#onUpdate(transaction);
        return;
      }
      case 'PRACK': {
        this.#onPrack(transaction);
        return;
      }
      case 'INFO': {
        events.emit('info', this.#incoming(transaction));
        return;
      }
      case 'REFER': {
        events.emit('refer', this.#incoming(transaction));
        return;
      }
      case 'NOTIFY': {
        events.emit('notify', this.#incoming(transaction));
        return;
      }
      case 'MESSAGE': {
        events.emit('message', this.#incoming(transaction));
        return;
      }
      default: {
        this.#answerCapabilities(transaction);
        return;
      }
    }
  }

  #onReInvite(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { context, account, session, offers, onLocalBody } = this.#options;
    if (isIntervalTooSmall(request, session.timerWish)) {
      this.#refuseInterval(transaction);
      return;
    }
    // RFC 3261 §14.2: while an INVITE of ours is pending another is 491, while theirs is pending it is 500
    if (offers.isLocal) {
      transaction.respond(buildResponse(request, 491));
      return;
    }
    if (session.state === 'early' || offers.isRemote || session.acks.isFull) {
      this.#refuseTooEarly(transaction);
      return;
    }
    offers.remoteInvite = new IncomingReInvite({
      context,
      account,
      transaction,
      sendSuccess: (_, response, onAcknowledged) => {
        // RFC 6141 §3.4: a re-INVITE that is refused moves nothing, neither the session nor the remote target
        session.dialog.refreshTarget(request);
        this.#answerTimer(request, response);
        session.sendSuccess(transaction, response, onAcknowledged);
      },
      onAnswered: () => (offers.remoteInvite = undefined),
      onLocalBody,
    });
    session.events.emit('reInvite', offers.remoteInvite);
  }

  #onUpdate(transaction: ServerTransaction): void {
    const { request } = transaction;
    const { session, offers } = this.#options;
    if (isIntervalTooSmall(request, session.timerWish)) {
      this.#refuseInterval(transaction);
      return;
    }
    const hasOffer = request.body.length > 0;
    // RFC 3311 §5.2: an offer that crosses ours is 491, one that comes before we answered the last is 500
    if (hasOffer && offers.isLocal && session.state === 'confirmed') {
      transaction.respond(buildResponse(request, 491));
      return;
    }
    if (hasOffer && offers.isRemote) {
      this.#refuseTooEarly(transaction);
      return;
    }
    const update = this.#incoming(transaction, (response) => {
      if (offers.remoteUpdate === update) offers.remoteUpdate = undefined;
      if (response.statusCode >= 300) return;
      session.dialog.refreshTarget(request);
      this.#answerTimer(request, response);
    });
    if (!hasOffer) {
      update.respond(200);
      return;
    }
    offers.remoteUpdate = update;
    session.events.emit('update', update);
  }

  #onPrack(transaction: ServerTransaction): void {
    // RFC 3262 §3: a PRACK that acknowledges nothing is 481
    if (!this.#options.onPrack(transaction.request)) {
      transaction.respond(buildResponse(transaction.request, 481));
      return;
    }
    const prack = this.#incoming(transaction);
    if (prack.body) this.#options.session.events.emit('update', prack);
    else prack.respond(200);
  }

  #answerCapabilities(transaction: ServerTransaction): void {
    const response = buildResponse(transaction.request, 200);
    putCapabilities(response, this.#options.context, SUPPORTED_OPTIONS);
    transaction.respond(response);
  }

  #incoming(
    transaction: ServerTransaction,
    beforeResponse: (response: SipResponse) => void = () => {},
  ): IncomingRequest {
    const { context, account } = this.#options;
    return new IncomingRequest({ context, transaction, account, beforeResponse });
  }

  #refuseInterval(transaction: ServerTransaction): void {
    const response = buildResponse(transaction.request, 422);
    response.headers.put(Header.MinSe, { deltaSec: this.#options.session.timerWish.minSec });
    transaction.respond(response);
  }

  #refuseTooEarly(transaction: ServerTransaction): void {
    const response = buildResponse(transaction.request, 500);
    response.headers.set('Retry-After', String(tooEarlyRetrySec(this.#options.context.runtime)));
    transaction.respond(response);
  }

  #answerTimer(request: SipRequest, response: SipResponse): void {
    const { session } = this.#options;
    if (request.headers.has('Session-Expires') || session.timer.agreement) {
      session.timer.restart(answerTimer(request, response, session.timerWish));
    }
  }
}
