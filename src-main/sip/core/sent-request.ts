// One request over all its attempts: hop after hop, proxy after proxy, again with credentials. RFC 3261 §8.1.3, §22; RFC 3263 §4.3.
import type { Logger } from '../../base/logger.ts';
import type { Runtime, Timer } from '../../base/runtime.ts';
import {
  Header,
  Parameters,
  serializeMessage,
  type HeaderList,
  type SipRequest,
  type SipResponse,
  type Uri,
} from '../syntax/index.ts';
import type { ClientTransaction, Flow, Hop, LocateOptions, TransactionLayer } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import type { RouteSet } from './account-routes.ts';
import { newAttempt, type Authenticator } from './authenticator.ts';
import { contactFor } from './contact.ts';
import type { ProxyHealth } from './proxy-health.ts';
import type { RequestFailure, SendOptions } from './send-options.ts';
import { isSecuredRequest, securedHop } from './secured-uris.ts';

export interface SentRequestContext {
  readonly transactions: TransactionLayer;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly authenticator: Authenticator;
  readonly health: ProxyHealth;
}

/** Room for the Via that the transport completes. */
const VIA_BYTES = 120;
/** How long a proxy may be silent when there is another to ask; an INVITE waits for timer B, as it may ring already. */
const SILENCE_LIMIT_MS = 8_000;
/** After as many T1, one repetition, without any response it is asked whether anybody listens. */
const REFUSAL_CHECK_T1 = 2;

export class SentRequest {
  readonly #options: SendOptions;
  readonly #context: SentRequestContext;
  readonly #attempt = newAttempt();
  #template: SipRequest;
  #routes: RouteSet;
  #otherRoutes: RouteSet[];
  #hops: Hop[] = [];
  #hop: Hop | undefined;
  #transaction: ClientTransaction | undefined;
  #silence: Timer | undefined;
  #refusal: Timer | undefined;
  #isCancelled = false;
  #isDone = false;

  constructor(options: SendOptions, context: SentRequestContext) {
    this.#options = options;
    this.#context = context;
    this.#template = options.request;
    [this.#routes = [], ...this.#otherRoutes] = options.routeSets ?? [];
    void this.#start(options.nextHop);
  }

  /** As sent last, credentials included; as given while nothing has been sent. */
  get request(): SipRequest {
    return this.#transaction?.request ?? this.#template;
  }

  /** RFC 3261 §9.1: gives up an INVITE; harmless when a final response has come. */
  cancel(addHeaders: (headers: HeaderList) => void = () => {}): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#transaction?.cancel(addHeaders);
  }

  async #start(nextHop: Uri): Promise<void> {
    const { transport } = this.#context.transactions;
    const located = await transport.locate(securedHop(nextHop, this.#template), preference(this.#options.account));
    if (located.ok) {
      this.#hops = [...located.value];
      await this.#tryNextHop({ kind: 'transport', message: 'no server for the target' });
      return;
    }
    await this.#tryNextRoutes({ kind: 'transport', message: located.error.message });
  }

  async #tryNextHop(failure: RequestFailure): Promise<void> {
    for (let hop = this.#hops.shift(); hop; hop = this.#hops.shift()) {
      if (this.#isCancelled) break;
      const messageSizeBytes = serializeMessage(this.#template).length + VIA_BYTES;
      const connected = await this.#context.transactions.transport.connect(hop, {
        messageSizeBytes,
        hasAlternative: this.#hops.length + this.#otherRoutes.length > 0,
        listener: this.#options.account.listener,
      });
      this.#hop = hop;
      if (connected.ok) {
        this.#send(connected.value);
        return;
      }
      const isOwnFault = connected.error.kind === 'noOwnSocket';
      failure = { kind: 'transport', message: connected.error.message, ...(isOwnFault && { isOwnFault }) };
      if (isOwnFault) {
        this.#fail(failure);
        return;
      }
    }
    await this.#tryNextRoutes(failure);
  }

  /** Nobody answers behind this proxy: the next one is asked. */
  async #tryNextRoutes(failure: RequestFailure): Promise<void> {
    this.#context.health.noteFailure(this.#routes);
    const next = this.#isCancelled ? undefined : this.#otherRoutes.shift();
    const nextHop = next?.[0]?.uri;
    if (!next || !nextHop) {
      this.#fail(failure);
      return;
    }
    this.#routes = next;
    this.#template = this.#template.clone();
    this.#template.headers.put(Header.Route, ...next);
    await this.#start(nextHop);
  }

  #send(flow: Flow): void {
    if (this.#isCancelled) {
      this.#fail({ kind: 'cancelled', message: 'cancelled' });
      return;
    }
    const { transactions, authenticator } = this.#context;
    const { account, hasContact, contactParameters = Parameters.none, user } = this.#options;
    const request = this.#template.clone();
    if (hasContact) {
      const contact = contactFor({ transactions }, flow, account, isSecuredRequest(request));
      request.headers.put(Header.Contact, contact.withParameters(contactParameters));
    }
    authenticator.authorize(request, account);
    // RFC 3263 §4.3: another server is tried after a time-out or a transport error, under a new branch
    const isCurrent = (): boolean => this.#transaction === started.value;
    const started: { value?: ClientTransaction } = {};
    const result = transactions.request(request, flow, {
      onResponse: (response) => this.#onResponse(response, flow, isCurrent()),
      onTimeout: () => isCurrent() && this.#leaveHop({ kind: 'timeout', message: 'no response' }),
      onTransportError: (reason) => isCurrent() && this.#leaveHop({ kind: 'transport', message: reason }),
    });
    if (!result.ok) {
      this.#fail({ kind: 'limit', message: result.error });
      return;
    }
    started.value = this.#transaction = result.value;
    this.#watchSilence();
    this.#watchRefusal(result.value);
    user.onSent?.(request, flow);
  }

  #watchSilence(): void {
    this.#silence?.cancel();
    const hasOthers = this.#hops.length + this.#otherRoutes.length > 0;
    if (!hasOthers || this.#template.method === 'INVITE') return;
    this.#silence = this.#context.runtime.setTimer(SILENCE_LIMIT_MS, () => {
      this.#transaction = undefined;
      this.#leaveHop({ kind: 'timeout', message: 'no response' });
    });
  }

  /** RFC 3261 §18.4: what ICMP says of a port ends the transaction at once, so that another server is tried. */
  #watchRefusal(transaction: ClientTransaction): void {
    if (transaction.flow.isReliable) return;
    const { runtime, transactions } = this.#context;
    this.#refusal?.cancel();
    this.#refusal = runtime.setTimer(REFUSAL_CHECK_T1 * transactions.timers.t1Ms, () => {
      void transactions.transport.isRefusing(transaction.flow).then((isRefusing) => {
        if (isRefusing && this.#transaction === transaction) transaction.transportError('nobody listens there');
      });
    });
  }

  /** RFC 3263 §4.3: the server failed: the next one is tried now, and this one after the others for a while */
  #leaveHop(failure: RequestFailure, forSec?: number): void {
    if (this.#hop) this.#context.transactions.transport.avoid(this.#hop, forSec);
    void this.#tryNextHop(failure);
  }

  #onResponse(response: SipResponse, flow: Flow, isCurrent: boolean): void {
    // What comes after its proxy was given up counts for nothing; only requests other than INVITE are given up so.
    if (!isCurrent) return;
    this.#silence?.cancel();
    this.#refusal?.cancel();
    const { statusCode } = response;
    const { user } = this.#options;
    if (statusCode < 200) return user.onProvisional?.(response, flow);
    const hasOthers = this.#hops.length + this.#otherRoutes.length > 0;
    if (statusCode === 503 && hasOthers && !this.#isCancelled) {
      const retryAfterSec = response.headers.get(Header.RetryAfter)?.delaySec;
      this.#leaveHop({ kind: 'transport', message: 'service unavailable' }, retryAfterSec);
      return;
    }
    this.#context.health.noteAnswer(this.#routes);
    if (statusCode === 401 || statusCode === 407) {
      this.#onChallenge(response, flow);
      return;
    }
    this.#isDone = true;
    if (!this.#context.authenticator.noteAccepted(this.request, response, this.#options.account))
      this.#context.logger.warn('a server could not prove that it knows the password', { statusCode });
    user.onFinal(response, flow);
  }

  #onChallenge(response: SipResponse, flow: Flow): void {
    const { account, nextSequence } = this.#options;
    if (this.#isCancelled) {
      this.#fail({ kind: 'cancelled', message: 'cancelled' });
      return;
    }
    if (this.#context.authenticator.learn(this.request, response, account, this.#attempt) === 'refused') {
      this.#fail({ kind: 'auth', message: 'credentials refused', response });
      return;
    }
    // RFC 3261 §8.1.3.5: the repetition has the next CSeq number and a new branch, all else stays
    this.#template = this.#template.clone();
    this.#template.headers.put(Header.CSeq, { sequence: nextSequence(), method: this.#template.method });
    if (!flow.isClosed) {
      this.#send(flow);
      return;
    }
    if (this.#hop) this.#hops.unshift(this.#hop);
    void this.#tryNextHop({ kind: 'transport', message: 'the connection closed' });
  }

  #fail(failure: RequestFailure): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#silence?.cancel();
    this.#refusal?.cancel();
    const isOurs = this.#isCancelled && failure.kind !== 'auth';
    this.#options.user.onFailure(isOurs ? { kind: 'cancelled', message: 'cancelled' } : failure);
  }
}

/** The account's transport, for URIs that name none, and its kind of addresses. */
export const preference = ({ transport, addressFamily }: AccountIdentity): LocateOptions => ({
  ...(transport && { protocol: transport }),
  ...(addressFamily && { addressFamily }),
});
