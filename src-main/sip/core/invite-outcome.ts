// What becomes of an INVITE that we sent: provisional responses, the 2xx, a redirection, or a failure. RFC 3261 §13.2.2.
import type { NameAddress, SipResponse } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import type { Body } from './body.ts';
import type { InviteSession } from './invite-session.ts';
import type { RequestFailure } from './send-options.ts';

/** `auth`: credentials refused or missing; `rejected`: any other final response. */
export type InviteFailureKind = 'rejected' | 'timeout' | 'transport' | 'cancelled' | 'auth';

export interface InviteFailure {
  readonly kind: InviteFailureKind;
  /** The response's, or what RFC 3261 §8.1.3.1 puts in the place of a missing one: 408, 503, 487. */
  readonly statusCode: number;
  readonly reasonPhrase: string;
  readonly response?: SipResponse;
}

export interface OutgoingInviteEvents {
  /** A provisional response beyond 100; `session` is early, and undefined for a response without a To tag. */
  progress: {
    readonly response: SipResponse;
    readonly session: InviteSession | undefined;
    readonly body: Body | undefined;
    readonly flow: Flow;
  };
  /** The first 2xx; `body` is the answer, or the offer that `answerOffer` was asked to answer. */
  answered: {
    readonly session: InviteSession;
    readonly response: SipResponse;
    readonly body: Body | undefined;
    readonly flow: Flow;
  };
  /** 3xx; whether to call `contacts` is the user's choice. Nothing follows. */
  redirected: {
    readonly statusCode: number;
    readonly contacts: readonly NameAddress[];
    readonly response: SipResponse;
  };
  /** Nothing follows. */
  failed: InviteFailure;
}

const GIVEN_UP = { kind: 'cancelled', statusCode: 487, reasonPhrase: 'Request Terminated' } as const;

/** The caller gave up, and a 2xx had crossed the CANCEL. */
export const givenUp = (): InviteFailure => GIVEN_UP;

/** What the request's own failure is for the call. */
export function inviteFailureOf({ kind, message, response }: RequestFailure, isCancelled: boolean): InviteFailure {
  if (response && kind === 'auth') {
    const { statusCode, reasonPhrase } = response;
    return { kind, statusCode, reasonPhrase, response };
  }
  if (isCancelled || kind === 'cancelled') return GIVEN_UP;
  // RFC 3261 §8.1.3.1: a time-out counts as 408, a transport error as 503
  if (kind === 'timeout') return { kind, statusCode: 408, reasonPhrase: message };
  return { kind: 'transport', statusCode: 503, reasonPhrase: message };
}
