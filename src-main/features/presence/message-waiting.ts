// Messages that wait at the accounts' servers: asked for by SUBSCRIBE, or told unasked. RFC 3842 §4.
import type { Timer } from '../../base/runtime.ts';
import {
  bodyText,
  mediaType,
  type Body,
  type Flow,
  type IncomingRequest,
  type UserAgentCore,
} from '../../sip/core/index.ts';
import type { SipRequest } from '../../sip/syntax/index.ts';
import {
  eventOf,
  MESSAGE_SUMMARY_TYPE,
  parseMessageSummary,
  Subscription,
  type MessageSummary,
} from '../../sip/usage/index.ts';
import type { Account, Registrations } from '../registration/index.ts';

export interface MessageWaitingOptions {
  readonly core: UserAgentCore;
  readonly registrations: Registrations;
  readonly accountFor: (request: SipRequest, flow: Flow) => Account | undefined;
  readonly onChanged: () => void;
}

const EVENT = 'message-summary';
/** Registrars are busy when phones come up: the mailbox can wait a moment. */
const SUBSCRIBE_DELAY_MS = 5000;

interface Watch {
  readonly account: Account;
  readonly start: Timer;
  subscription: Subscription | undefined;
}

export class MessageWaiting {
  readonly #options: MessageWaitingOptions;
  readonly #summaries = new Map<string, MessageSummary>();
  readonly #watches = new Map<string, Watch>();

  constructor(options: MessageWaitingOptions) {
    this.#options = options;
    options.core.onRequest('NOTIFY', (notify) => this.#onUnsolicited(notify));
    options.registrations.events.on('changed', () => this.#reconcile());
  }

  /** Undefined while nothing is known. */
  of(accountId: string): MessageSummary | undefined {
    return this.#summaries.get(accountId);
  }

  close(): void {
    for (const accountId of [...this.#watches.keys()]) this.#stop(accountId);
  }

  /** One subscription for each account that is registered and wants it. */
  #reconcile(): void {
    const { registrations } = this.#options;
    for (const [accountId, { account }] of this.#watches)
      if (registrations.get(accountId) !== account) this.#stop(accountId);
    for (const account of registrations.accounts) {
      const isWanted = account.settings.messageWaiting === 'subscribe' && !account.isTestLine;
      const isRegistered = registrations.reportOf(account.id).state === 'registered';
      if (isWanted && isRegistered && !this.#watches.has(account.id)) this.#start(account);
    }
  }

  #start(account: Account): void {
    const { core } = this.#options;
    const begin = (): void => {
      const subscription = new Subscription({
        ...{ core, account: account.identity, target: account.address },
        ...{ event: EVENT, accept: [MESSAGE_SUMMARY_TYPE] },
      });
      watch.subscription = subscription;
      subscription.events.on('notified', ({ body }) => this.#take(account.id, body));
      subscription.subscribe();
    };
    const watch: Watch = {
      account,
      start: core.runtime.setTimer(SUBSCRIBE_DELAY_MS, begin, true),
      subscription: undefined,
    };
    this.#watches.set(account.id, watch);
  }

  #stop(accountId: string): void {
    const watch = this.#watches.get(accountId);
    watch?.start.cancel();
    watch?.subscription?.unsubscribe();
    this.#watches.delete(accountId);
    this.#summaries.delete(accountId);
  }

  /** INTEROP: many servers send NOTIFY without a subscription. RFC 3842 §2.2 is lived that way. */
  #onUnsolicited(notify: IncomingRequest): void {
    const account = this.#options.accountFor(notify.request, notify.flow);
    // RFC 6665 §4.1.3: what nobody subscribed to is 481
    if (eventOf(notify.request) !== EVENT) return notify.respond(481);
    if (!account || account.settings.messageWaiting === 'off') return notify.respond(account ? 481 : 404);
    if (notify.body && mediaType(notify.body.contentType) !== MESSAGE_SUMMARY_TYPE)
      return notify.respond(415, { headers: [['Accept', MESSAGE_SUMMARY_TYPE]] });
    notify.respond(200);
    this.#take(account.id, notify.body);
  }

  #take(accountId: string, body: Body | undefined): void {
    const summary = body && parseMessageSummary(bodyText(body));
    if (!summary) return;
    this.#summaries.set(accountId, summary);
    this.#options.onChanged();
  }
}
