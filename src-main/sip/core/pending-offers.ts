// Which offers of a session are unanswered, so that no second one is made or taken. RFC 3261 §14, RFC 6337 §2.
import type { Runtime } from '../../base/runtime.ts';
import type { IncomingReInvite } from './incoming-re-invite.ts';
import type { IncomingRequest } from './incoming-request.ts';
import type { SentRequest } from './sent-request.ts';

export class PendingOffers {
  /** Our re-INVITE that has no final response. */
  localInvite: SentRequest | undefined;
  /** An offer of ours in a 2xx that waits for its ACK. */
  isLocalOfferPending = false;
  /** The peer's re-INVITE that our user has not answered. */
  remoteInvite: IncomingReInvite | undefined;
  /** The peer's UPDATE with an offer that our user has not answered. */
  remoteUpdate: IncomingRequest | undefined;

  get isLocal(): boolean {
    return this.localInvite !== undefined || this.isLocalOfferPending;
  }

  get isRemote(): boolean {
    return this.remoteInvite !== undefined || this.remoteUpdate !== undefined;
  }

  /**
   * The session is over. RFC 3261 §15.1.2: the peer answers our re-INVITE with 487; one that answered 100 and then nothing would
   * keep its transaction for ever, so it is cancelled after `waitMs`.
   */
  giveUpLocalInvite(runtime: Runtime, waitMs: number): void {
    if (this.localInvite) runtime.setTimer(waitMs, () => this.localInvite?.cancel(), true);
  }

  get isAny(): boolean {
    return this.isLocal || this.isRemote;
  }
}
