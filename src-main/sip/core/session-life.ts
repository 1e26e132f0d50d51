// The states of an INVITE session, early, confirmed and ended, and the BYE that ends it. RFC 3261 §12.2.1.2, §15.
import type { Result } from '../../base/result.ts';
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { addExtraHeaders, type ExtraHeaders } from './new-request.ts';
import type { PendingOffers } from './pending-offers.ts';
import { sessionFate } from './response-effect.ts';
import type { RequestFailure } from './send-options.ts';
import type { SessionAcks } from './session-acks.ts';
import type { SessionEnd } from './session-events.ts';
import type { SessionTimer } from './session-timer.ts';

export type SessionState = 'early' | 'confirmed' | 'ended';

/** What the INVITE that is still unanswered does for its early session. */
export interface EarlySessionOwner {
  /** The user wants no session after all: CANCEL, or a rejection. */
  giveUp(headers: ExtraHeaders): void;
  /** A BYE came while the INVITE is unanswered. */
  onEarlyBye(bye: SipRequest): void;
  /** Whether a PRACK acknowledges something. */
  onPrack(prack: SipRequest): boolean;
}

export interface SessionLifeOptions {
  readonly context: CoreContext;
  readonly dialog: Dialog;
  readonly acks: SessionAcks;
  readonly offers: PendingOffers;
  readonly timer: SessionTimer;
  readonly exchange: (bye: SipRequest) => Promise<unknown>;
  readonly onEnded: (end: SessionEnd) => void;
  /** Nothing more is to be sent or awaited. */
  readonly onGone: () => void;
}

export class SessionLife {
  readonly #options: SessionLifeOptions;
  #state: SessionState = 'early';
  #owner: EarlySessionOwner | undefined;
  #byeWhenAcknowledged: ExtraHeaders | undefined;

  constructor(options: SessionLifeOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The INVITE of an early session, while it is unanswered. */
  get owner(): EarlySessionOwner | undefined {
    return this.#owner;
  }

  setOwner(owner: EarlySessionOwner): void {
    this.#owner = owner;
  }

  /** The 2xx was sent or received; false when the session was confirmed or over already. */
  confirm(): boolean {
    if (this.#state !== 'early') return false;
    this.#state = 'confirmed';
    this.#owner = undefined;
    return true;
  }

  /** An ACK has come, or is awaited no longer. */
  onAckSettled(): void {
    if (this.#byeWhenAcknowledged) this.#sendBye(this.#byeWhenAcknowledged);
  }

  /** Ends the session; an early one by CANCEL or rejection. Harmless when it is over. */
  bye(headers: ExtraHeaders): void {
    if (this.#state === 'early') return this.#owner?.giveUp(headers);
    if (this.#state === 'confirmed') this.end({ by: 'local', reason: 'hung up' }, headers);
  }

  /** RFC 3261 §12.2.1.2, RFC 5057 §5: some answers, and none, mean that the session is gone. */
  judge(method: string, result: Result<SipResponse, RequestFailure>): void {
    const fate = sessionFate(method, result);
    if (fate === 'goesOn') return;
    const isSilent = !result.ok || result.value.statusCode === 408;
    const reason = isSilent ? `no response to ${method}` : `${method} answered ${result.value.statusCode}`;
    if (fate === 'gone') this.end({ by: 'remote', reason });
    else if (isSilent) this.endByTimeout(reason);
    // WHY: an early session has an INVITE that will tell what becomes of it.
    else if (this.#state === 'confirmed') this.end({ by: 'remote', reason }, []);
  }

  endByTimeout(reason: string): void {
    // RFC 3326 §2: the BYE says why, as nobody hung up
    if (this.#state === 'confirmed') this.end({ by: 'timeout', reason }, [['Reason', 'SIP;cause=408']]);
  }

  /** With `byeHeaders` a BYE goes out, as soon as the RFC allows it. */
  end(end: SessionEnd, byeHeaders?: ExtraHeaders): void {
    if (this.#state === 'ended') return;
    const { context, acks, offers, timer, onEnded, onGone } = this.#options;
    this.#state = 'ended';
    this.#owner = undefined;
    timer.close();
    offers.giveUpLocalInvite(context.runtime, context.timers.giveUpMs);
    if (!byeHeaders) {
      acks.stopWaiting();
      onGone();
    } else if (acks.isWaiting) {
      // RFC 3261 §15: the callee sends no BYE before the ACK has come or its wait has ended
      this.#byeWhenAcknowledged = byeHeaders;
    } else {
      this.#sendBye(byeHeaders);
    }
    onEnded(end);
  }

  #sendBye(headers: ExtraHeaders): void {
    const { dialog, acks, exchange, onGone } = this.#options;
    this.#byeWhenAcknowledged = undefined;
    const bye = dialog.buildRequest('BYE');
    addExtraHeaders(bye, headers);
    // RFC 3261 §15.1.1: whatever answers the BYE, or nothing, the session is over
    void acks
      .whenSent()
      .then(() => exchange(bye))
      .then(onGone);
  }
}
