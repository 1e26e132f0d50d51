// A re-INVITE that the peer sent and that waits for our user's answer. RFC 3261 §14.2.
import type { Timer } from '../../base/runtime.ts';
import { buildResponse, Header, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { putBody, sessionBodyOf, type Body } from './body.ts';
import { contactFor } from './contact.ts';
import { putCapabilities, type CoreContext } from './core-context.ts';
import type { ResponseParts } from './incoming-request.ts';
import { addExtraHeaders } from './new-request.ts';
import { wantsSecuredContact } from './secured-uris.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

export interface IncomingReInviteOptions {
  readonly context: CoreContext;
  readonly account: AccountIdentity;
  readonly transaction: ServerTransaction;
  /** Sends a 2xx until its ACK comes. */
  readonly sendSuccess: (
    transaction: ServerTransaction,
    response: SipResponse,
    onAcknowledged: (body: Body | undefined) => void,
  ) => void;
  readonly onAnswered: () => void;
  readonly onLocalBody: (body: Body) => void;
}

/** RFC 6141 §3.2: a user who thinks about a changed session keeps the peer waiting, but not for ever. */
const ANSWER_LIMIT_MS = 60_000;

/** Answered once by `accept` or `reject`; what comes later is ignored. Nobody answering in a minute means 500. */
export class IncomingReInvite {
  readonly request: SipRequest;
  /** The offer; without one we are asked to make ours in `accept`, and the answer comes with the ACK. */
  readonly body: Body | undefined;
  readonly #options: IncomingReInviteOptions;
  readonly #limit: Timer;
  #hasAnswered = false;

  constructor(options: IncomingReInviteOptions) {
    this.#options = options;
    this.#limit = options.context.runtime.setTimer(ANSWER_LIMIT_MS, () => this.reject(500), true);
    this.request = options.transaction.request;
    this.body = sessionBodyOf(this.request);
  }

  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  /** 200 with the answer (or our offer); `onAcknowledged` gets the body of the ACK. */
  accept(body: Body | undefined, onAcknowledged: (answer: Body | undefined) => void = () => {}): void {
    if (this.#hasAnswered) return;
    this.#hasAnswered = true;
    this.#limit.cancel();
    const { context, account, transaction, sendSuccess, onAnswered, onLocalBody } = this.#options;
    const response = buildResponse(this.request, 200);
    const isSecured = wantsSecuredContact(this.request, transaction.flow);
    response.headers.put(Header.Contact, contactFor(context, transaction.flow, account, isSecured));
    response.headers.copyFrom(this.request.headers, 'Record-Route');
    putCapabilities(response, context, SUPPORTED_OPTIONS);
    putBody(response, body);
    onAnswered();
    if (body) onLocalBody(body);
    sendSuccess(transaction, response, onAcknowledged);
  }

  /** RFC 3261 §14.2: the session goes on as it was; 488 when the offer does not suit. */
  reject(statusCode: number, { reasonPhrase, headers, body }: ResponseParts = {}): void {
    if (this.#hasAnswered || statusCode < 300) return;
    this.#hasAnswered = true;
    this.#limit.cancel();
    const response = buildResponse(this.request, statusCode, reasonPhrase);
    addExtraHeaders(response, headers);
    putBody(response, body);
    this.#options.onAnswered();
    this.#options.transaction.respond(response);
  }
}
