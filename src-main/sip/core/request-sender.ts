// Sends a request to the first next hop that answers, with credentials where they are asked for. RFC 3261 §8.1.2, §8.1.3, §22; RFC 3263 §4.3.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
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
import { Authenticator, newAttempt } from './authenticator.ts';
import { contactFor } from './contact.ts';

/** Why a request came to nothing without a final response that means something else. */
export interface RequestFailure {
  /** `auth`: the credentials were refused, or there are none; `limit`: too many requests in progress. */
  readonly kind: 'timeout' | 'transport' | 'cancelled' | 'auth' | 'limit' | 'ended';
  readonly message: string;
  /** The response behind the failure, for `auth`. */
  readonly response?: SipResponse;
}

/** Who sent the request. Never called from within `send`. */
export interface SentRequestUser {
  /** Each attempt, as it is sent. */
  onSent?(request: SipRequest, flow: Flow): void;
  onProvisional?(response: SipResponse): void;
  /** The final response; for INVITE also every further 2xx. */
  onFinal(response: SipResponse): void;
  /** Nothing follows. */
  onFailure(failure: RequestFailure): void;
}

export interface SendOptions {
  /** Without Via; kept unchanged, each attempt is a copy. */
  readonly request: SipRequest;
  readonly nextHop: Uri;
  readonly account: AccountIdentity;
  /** Whether a Contact of ours is put in. */
  readonly hasContact: boolean;
  /** Parameters of that Contact, such as expires. */
  readonly contactParameters?: Parameters;
  /** The CSeq number of a repetition with credentials. */
  readonly nextSequence: () => number;
  readonly user: SentRequestUser;
}

export interface RequestSenderOptions {
  readonly transactions: TransactionLayer;
  readonly runtime: Runtime;
  readonly logger: Logger;
}

/** Room for the Via that the transport completes. */
const VIA_BYTES = 120;

export class RequestSender {
  readonly #options: RequestSenderOptions;
  readonly authenticator: Authenticator;

  constructor(options: RequestSenderOptions) {
    this.#options = options;
    this.authenticator = new Authenticator(options.runtime);
  }

  /** Starts at once; the user hears of the outcome. */
  send(options: SendOptions): SentRequest {
    return new SentRequest(options, this.#options.transactions, this.authenticator);
  }

  /** Sends an ACK to a 2xx to the next hop; resolves to what repeats it, or undefined when no hop can be reached. */
  async sendAck(ack: SipRequest, nextHop: Uri, account: AccountIdentity): Promise<(() => void) | undefined> {
    const { transactions, logger } = this.#options;
    const located = await transactions.transport.locate(nextHop, preference(account));
    for (const hop of located.ok ? located.value : []) {
      const connected = await transactions.transport.connect(hop, { messageSizeBytes: sizeOf(ack) });
      if (!connected.ok) continue;
      const flow = connected.value;
      const send = (): void => transactions.sendAck(ack.clone(), flow);
      send();
      return send;
    }
    logger.warn('no way for an ACK');
    return undefined;
  }
}

/** One request over all its attempts. */
export class SentRequest {
  readonly #options: SendOptions;
  readonly #transactions: TransactionLayer;
  readonly #authenticator: Authenticator;
  readonly #attempt = newAttempt();
  #template: SipRequest;
  #hops: Hop[] = [];
  #hop: Hop | undefined;
  #transaction: ClientTransaction | undefined;
  #isCancelled = false;
  #isDone = false;

  constructor(options: SendOptions, transactions: TransactionLayer, authenticator: Authenticator) {
    this.#options = options;
    this.#template = options.request;
    this.#transactions = transactions;
    this.#authenticator = authenticator;
    void this.#start();
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

  async #start(): Promise<void> {
    const { nextHop, account } = this.#options;
    const located = await this.#transactions.transport.locate(nextHop, preference(account));
    if (!located.ok) {
      this.#fail({ kind: 'transport', message: located.error.message });
      return;
    }
    this.#hops = [...located.value];
    await this.#tryNextHop({ kind: 'transport', message: 'no server for the target' });
  }

  async #tryNextHop(failure: RequestFailure): Promise<void> {
    for (let hop = this.#hops.shift(); hop; hop = this.#hops.shift()) {
      if (this.#isCancelled) break;
      const messageSizeBytes = sizeOf(this.#template) + VIA_BYTES;
      const connected = await this.#transactions.transport.connect(hop, {
        messageSizeBytes,
        hasAlternative: this.#hops.length > 0,
      });
      this.#hop = hop;
      if (connected.ok) {
        this.#send(connected.value);
        return;
      }
      failure = { kind: 'transport', message: connected.error.message };
    }
    this.#fail(failure);
  }

  #send(flow: Flow): void {
    if (this.#isCancelled) {
      this.#fail({ kind: 'cancelled', message: 'cancelled' });
      return;
    }
    const { account, hasContact, contactParameters = Parameters.none, user } = this.#options;
    const request = this.#template.clone();
    if (hasContact) {
      const contact = contactFor({ transactions: this.#transactions }, flow, account);
      request.headers.put(Header.Contact, contact.withParameters(contactParameters));
    }
    this.#authenticator.authorize(request, account);
    // RFC 3263 §4.3: another server is tried after a time-out or a transport error, under a new branch
    const started = this.#transactions.request(request, flow, {
      onResponse: (response) => this.#onResponse(response, flow),
      onTimeout: () => this.#leaveHop({ kind: 'timeout', message: 'no response' }),
      onTransportError: (reason) => this.#leaveHop({ kind: 'transport', message: reason }),
    });
    if (!started.ok) {
      this.#fail({ kind: 'limit', message: started.error });
      return;
    }
    this.#transaction = started.value;
    user.onSent?.(request, flow);
  }

  /** RFC 3263 §4.3: the server failed: the next one is tried now, and this one after the others for a while */
  #leaveHop(failure: RequestFailure, forSec?: number): void {
    if (this.#hop) this.#transactions.transport.avoid(this.#hop, forSec);
    void this.#tryNextHop(failure);
  }

  #onResponse(response: SipResponse, flow: Flow): void {
    const { statusCode } = response;
    if (statusCode < 200) return this.#options.user.onProvisional?.(response);
    if (statusCode === 503 && this.#hops.length > 0 && !this.#isCancelled) {
      const retryAfterSec = response.headers.get(Header.RetryAfter)?.delaySec;
      this.#leaveHop({ kind: 'transport', message: 'service unavailable' }, retryAfterSec);
      return;
    }
    if (statusCode === 401 || statusCode === 407) {
      this.#onChallenge(response, flow);
      return;
    }
    this.#isDone = true;
    this.#options.user.onFinal(response);
  }

  #onChallenge(response: SipResponse, flow: Flow): void {
    const { account, nextSequence } = this.#options;
    if (this.#isCancelled) {
      this.#fail({ kind: 'cancelled', message: 'cancelled' });
      return;
    }
    if (this.#authenticator.learn(this.request, response, account, this.#attempt) === 'refused') {
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
    const isOurs = this.#isCancelled && failure.kind !== 'auth';
    this.#options.user.onFailure(isOurs ? { kind: 'cancelled', message: 'cancelled' } : failure);
  }
}

const sizeOf = (message: SipRequest): number => serializeMessage(message).length;

/** The account's transport, for URIs that name none, and its kind of addresses. */
const preference = ({ transport, addressFamily }: AccountIdentity): LocateOptions => ({
  ...(transport && { protocol: transport }),
  ...(addressFamily && { addressFamily }),
});
