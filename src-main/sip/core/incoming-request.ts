// A request that waits for the answer of a user: INFO, MESSAGE, NOTIFY, REFER, UPDATE and others. RFC 3261 §8.2.6.
import { randomToken, type Timer } from '../../base/runtime.ts';
import { buildResponse, Header, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { Flow, ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { bodyOf, putBody, type Body } from './body.ts';
import { contactFor } from './contact.ts';
import type { CoreContext } from './core-context.ts';
import { addExtraHeaders, type ExtraHeaders } from './new-request.ts';
import { wantsSecuredContact } from './secured-uris.ts';

export interface ResponseParts {
  readonly reasonPhrase?: string;
  readonly headers?: ExtraHeaders;
  readonly body?: Body;
  /** The response makes a dialog of this account's: its Contact and the Record-Route are put in. RFC 3261 §12.1.1 */
  readonly dialogAccount?: AccountIdentity;
}

/** How long a user may think; RFC 4320 §4.2 wants non-INVITE requests answered long before 64*T1. */
const ANSWER_LIMIT_MS = 10_000;

/** Methods whose 2xx names our Contact. */
const TARGET_REFRESHING = ['UPDATE', 'SUBSCRIBE', 'NOTIFY', 'REFER'];

export interface IncomingRequestOptions {
  readonly context: CoreContext;
  readonly transaction: ServerTransaction;
  /** Whose Contact a 2xx names; none outside dialogs. */
  readonly account?: AccountIdentity | undefined;
  /** May add to the response before it goes. */
  readonly beforeResponse?: (response: SipResponse) => void;
}

/** Answered once; what comes later is ignored. Nobody answering in 10 s means 500. */
export class IncomingRequest {
  readonly request: SipRequest;
  readonly body: Body | undefined;
  readonly flow: Flow;
  /** The To tag of the response, where the request has none. */
  readonly localTag: string;
  readonly #options: IncomingRequestOptions;
  readonly #limit: Timer;
  #hasResponded = false;

  constructor(options: IncomingRequestOptions) {
    const { transaction, context } = options;
    this.#options = options;
    this.request = transaction.request;
    this.body = bodyOf(transaction.request);
    this.flow = transaction.flow;
    this.localTag = transaction.request.to.tag ?? randomToken(context.runtime);
    this.#limit = context.runtime.setTimer(ANSWER_LIMIT_MS, () => this.respond(500), true);
  }

  get hasResponded(): boolean {
    return this.#hasResponded;
  }

  /** Sends the final response. */
  respond(statusCode: number, { reasonPhrase, headers, body, dialogAccount }: ResponseParts = {}): void {
    if (this.#hasResponded || statusCode < 200) return;
    this.#hasResponded = true;
    this.#limit.cancel();
    const { context, transaction, beforeResponse } = this.#options;
    const account = dialogAccount ?? this.#options.account;
    const response = buildResponse(this.request, statusCode, reasonPhrase, { toTag: this.localTag });
    if (dialogAccount) response.headers.copyFrom(this.request.headers, 'Record-Route');
    if (statusCode < 300 && account && TARGET_REFRESHING.includes(this.request.method)) {
      const isSecured = wantsSecuredContact(this.request, this.flow);
      response.headers.put(Header.Contact, contactFor(context, this.flow, account, isSecured));
    }
    addExtraHeaders(response, headers);
    putBody(response, body);
    beforeResponse?.(response);
    transaction.respond(response);
  }
}
