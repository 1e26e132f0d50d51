// Which offers of a session are unanswered, so that no second one is made or taken. RFC 3261 §14, RFC 6337 §2.
import type { IncomingReInvite } from './incoming-re-invite.ts';
import type { IncomingRequest } from './incoming-request.ts';

export class PendingOffers {
  /** Our re-INVITE that has no final response. */
  isLocalInvitePending = false;
  /** An offer of ours in a 2xx that waits for its ACK. */
  isLocalOfferPending = false;
  /** The peer's re-INVITE that our user has not answered. */
  remoteInvite: IncomingReInvite | undefined;
  /** The peer's UPDATE with an offer that our user has not answered. */
  remoteUpdate: IncomingRequest | undefined;

  get isLocal(): boolean {
    return this.isLocalInvitePending || this.isLocalOfferPending;
  }

  get isRemote(): boolean {
    return this.remoteInvite !== undefined || this.remoteUpdate !== undefined;
  }

  get isAny(): boolean {
    return this.isLocal || this.isRemote;
  }
}
