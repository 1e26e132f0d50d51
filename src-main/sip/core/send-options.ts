// What is asked of a request that is sent, and what becomes of it. RFC 3261 §8.1.
import type { Parameters, SipRequest, SipResponse, Uri } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { RouteSet } from './account-routes.ts';

/** Why a request came to nothing without a final response that means something else. */
export interface RequestFailure {
  /** `auth`: the credentials were refused, or there are none; `limit`: too many requests in progress. */
  readonly kind: 'timeout' | 'transport' | 'cancelled' | 'auth' | 'limit' | 'ended';
  readonly message: string;
  /** The account's own port cannot be had: no server and no proxy is to blame. */
  readonly isOwnFault?: boolean;
  /** The response behind the failure, for `auth`. */
  readonly response?: SipResponse;
}

/** Who sent the request. Never called from within `send`. */
export interface SentRequestUser {
  /** Each attempt, as it is sent. */
  onSent?(request: SipRequest, flow: Flow): void;
  onProvisional?(response: SipResponse, flow: Flow): void;
  /** The final response; for INVITE also every further 2xx. */
  onFinal(response: SipResponse, flow: Flow): void;
  /** Nothing follows. */
  onFailure(failure: RequestFailure): void;
}

export interface SendOptions {
  /** Without Via; kept unchanged, each attempt is a copy. */
  readonly request: SipRequest;
  readonly nextHop: Uri;
  /** Route sets to try in the place of the request's own, which the first of these is, when nobody answers. */
  readonly routeSets?: readonly RouteSet[];
  readonly account: AccountIdentity;
  /** Whether a Contact of ours is put in. */
  readonly hasContact: boolean;
  /** Parameters of that Contact, such as expires. */
  readonly contactParameters?: Parameters;
  /** The CSeq number of a repetition with credentials. */
  readonly nextSequence: () => number;
  readonly user: SentRequestUser;
}
