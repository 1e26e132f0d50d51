// What an INVITE session tells its user.
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { Body } from './body.ts';
import type { IncomingReInvite } from './incoming-re-invite.ts';
import type { IncomingRequest } from './incoming-request.ts';

/** Why a session is over. */
export interface SessionEnd {
  /** `timeout`: no ACK, no refresh, or no answer to a request within the dialog. */
  readonly by: 'local' | 'remote' | 'timeout';
  /** Some words for a log. */
  readonly reason: string;
  /** The BYE that came, with its Reason headers. */
  readonly request?: SipRequest;
}

/** A message that may name the peer, and the way that it came, by which it is believed or not. */
export interface IdentityMessage {
  readonly message: SipRequest | SipResponse;
  readonly flow: Flow;
}

export interface InviteSessionEvents {
  /** A re-INVITE to accept or reject. */
  reInvite: IncomingReInvite;
  /** An UPDATE, or a PRACK, with an offer: answer it by `respond(200, {body})`. */
  update: IncomingRequest;
  info: IncomingRequest;
  refer: IncomingRequest;
  notify: IncomingRequest;
  message: IncomingRequest;
  /** A message in which the peer may say who it is: its re-INVITE, UPDATE, or response to ours. RFC 4916 §4.5.2 */
  identity: IdentityMessage;
  /** Once; nothing follows. */
  ended: SessionEnd;
}

/** Makes the answer to an offer that came in a response. */
export type AnswerOffer = (offer: Body) => Body | undefined | Promise<Body | undefined>;

/** Asks for the answer; what is thrown becomes a rejection. */
export async function askAnswer(answerOffer: AnswerOffer | undefined, offer: Body): Promise<Body | undefined> {
  return answerOffer?.(offer);
}

export type ReInviteOutcome =
  /** `body` is the answer, or, when none was offered, the peer's offer. */
  | { readonly kind: 'accepted'; readonly body: Body | undefined; readonly response: SipResponse }
  | { readonly kind: 'rejected'; readonly statusCode: number; readonly reasonPhrase: string }
  | { readonly kind: 'failed'; readonly reason: 'timeout' | 'transport' | 'ended' | 'glare' };

export interface ReInviteOptions {
  /** The offer; a function makes it anew at each attempt. Absent: the peer is asked to offer. */
  readonly body?: Body | (() => Body);
  /** The answer to send in ACK when the peer offered. */
  readonly answerOffer?: AnswerOffer;
}
