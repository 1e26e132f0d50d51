// Watches a resource: one SUBSCRIBE, the dialogs of all that answer it, and their NOTIFYs. RFC 6665 §4.1, §4.4.1.
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import {
  RequestSeries,
  type AccountIdentity,
  type Body,
  type ExtraHeaders,
  type IncomingRequest,
  type UsageDialog,
  type UserAgentCore,
} from '../../core/index.ts';
import { Header, Parameters, type SipRequest, type SipResponse, type Uri } from '../../syntax/index.ts';
import { eventOf, isAccepted, readSubscriptionState } from './notification.ts';
import { SubscriptionLeg } from './subscription-leg.ts';
import { FIRST_NOTIFY_MS } from './subscription-machine.ts';
import { SUBSCRIPTION_DEFAULTS, type SubscriptionSettings, type SubscriptionStatus } from './subscription-states.ts';

export interface SubscriptionOptions {
  readonly core: UserAgentCore;
  readonly account: AccountIdentity;
  readonly target: Uri;
  /** The event package. */
  readonly event: string;
  /** Body types that are understood. */
  readonly accept: readonly string[];
  readonly headers?: ExtraHeaders;
  readonly settings?: Partial<SubscriptionSettings>;
}

export interface SubscriptionEvents {
  /** `source` tells apart the notifiers that a forked SUBSCRIBE reached. */
  notified: { readonly body: Body | undefined; readonly source: string; readonly isLast: boolean };
  changed: SubscriptionStatus;
}

/** Notifiers of one forked SUBSCRIBE. */
const MAX_FORKS = 8;

export class Subscription {
  readonly events: TypedEmitter<SubscriptionEvents>;
  readonly #options: SubscriptionOptions;
  readonly #primary: SubscriptionLeg;
  readonly #forks = new Set<SubscriptionLeg>();
  #status: SubscriptionStatus = { state: 'ended' };
  #stopExpecting: (() => void) | undefined;
  #attempt = 0;

  constructor(options: SubscriptionOptions) {
    this.#options = options;
    this.events = new TypedEmitter(options.core.logger);
    this.#primary = this.#createLeg(false);
  }

  get status(): SubscriptionStatus {
    return this.#status;
  }

  /** Starts, or starts again what was refused or waits. */
  subscribe(): void {
    this.#primary.take({ kind: 'subscribe' });
  }

  /** Asks for the whole state again. RFC 6665 §4.1.2.2 */
  refresh(): void {
    this.#primary.take({ kind: 'refresh' });
  }

  /** Ends it at every notifier; nothing is waited for. */
  unsubscribe(): void {
    this.#attempt++;
    this.#stopExpecting?.();
    for (const leg of [this.#primary, ...this.#forks]) leg.take({ kind: 'unsubscribe' });
  }

  #createLeg(isFork: boolean): SubscriptionLeg {
    const { core, settings } = this.#options;
    const leg: SubscriptionLeg = new SubscriptionLeg({
      runtime: core.runtime,
      settings: { ...SUBSCRIPTION_DEFAULTS, ...settings, isFork },
      subscribeAnew: (expiresSec) => void this.#send(expiresSec),
      headersFor: (expiresSec) => this.#headersFor(expiresSec),
      onStatus: (status) => {
        if (!isFork) this.#announce(status);
        else if (status.state === 'ended') this.#forks.delete(leg);
      },
    });
    return leg;
  }

  #announce(status: SubscriptionStatus): void {
    this.#status = status;
    this.events.emit('changed', status);
  }

  #headersFor(expiresSec: number): ExtraHeaders {
    const { event, accept, headers = [] } = this.#options;
    return [['Event', event], ['Expires', String(expiresSec)], ['Accept', accept.join(', ')], ...headers];
  }

  async #send(expiresSec: number): Promise<void> {
    const { core, account, target } = this.#options;
    const attempt = ++this.#attempt;
    const series = new RequestSeries(core.runtime);
    this.#stopExpecting?.();
    const stop = core.usageDialogs.expect(series.callId, series.fromTag, (notify) => this.#onFirstNotify(notify));
    if (!stop) {
      this.#primary.take({ kind: 'failed', failure: 'transport' });
      return;
    }
    this.#stopExpecting = stop;
    let sent: SipRequest | undefined;
    const result = await core.request({
      ...{ method: 'SUBSCRIBE', target, account, series },
      headers: this.#headersFor(expiresSec),
      contactParameters: Parameters.none,
      onSent: (request) => {
        sent = request;
        this.#primary.sequence = request.cseq.sequence;
      },
    });
    if (attempt !== this.#attempt) return;
    if (sent && result.ok && result.value.isSuccess) this.#onAccepted(sent, result.value);
    this.#primary.takeResult(result, expiresSec);
    // RFC 6665 §4.1.2.4: further forks make themselves known within Timer N, or not at all.
    core.runtime.setTimer(FIRST_NOTIFY_MS, stop, true);
  }

  #onAccepted(sent: SipRequest, response: SipResponse): void {
    const leg = this.#primary;
    if (leg.dialog || response.to.tag === undefined) return;
    const { core, account } = this.#options;
    leg.dialog = core.usageDialogs.openFromResponse(sent, response, account, (request) => this.#onNotify(leg, request));
  }

  /** RFC 6665 §4.4.1: a NOTIFY that fits no dialog yet makes one: the first of all, or that of a further fork. */
  #onFirstNotify(notify: IncomingRequest): void {
    if (notify.request.to.tag === undefined || !this.#isOurs(notify)) return;
    const isFork = this.#primary.dialog !== undefined;
    if (isFork && this.#forks.size >= MAX_FORKS) return notify.respond(481);
    const leg = isFork ? this.#createLeg(true) : this.#primary;
    leg.dialog = this.#open(leg, notify);
    if (!leg.dialog) return notify.respond(503);
    leg.dialog.dialog.noteLocalSequence(this.#primary.sequence);
    if (isFork) this.#forks.add(leg);
    this.#onNotify(leg, notify);
  }

  #open(leg: SubscriptionLeg, notify: IncomingRequest): UsageDialog | undefined {
    const { core, account } = this.#options;
    return core.usageDialogs.openFromNotify(notify.request, account, (request) => this.#onNotify(leg, request));
  }

  #isOurs(notify: IncomingRequest): boolean {
    // RFC 6665 §4.1.3: a NOTIFY of another package belongs to no subscription of ours
    const isOurs = notify.request.method === 'NOTIFY' && eventOf(notify.request) === this.#options.event.toLowerCase();
    if (!isOurs) notify.respond(481);
    return isOurs;
  }

  #onNotify(leg: SubscriptionLeg, notify: IncomingRequest): void {
    const { accept, account } = this.#options;
    if (!this.#isOurs(notify)) return;
    const header = readSubscriptionState(notify.request);
    if (!header) return notify.respond(400, { reasonPhrase: 'No Subscription-State' });
    const isReadable = isAccepted(notify.body, accept);
    const source = notify.request.headers.get(Header.From)?.tag ?? '';
    if (isReadable) notify.respond(200, { dialogAccount: account });
    else notify.respond(415, { headers: [['Accept', accept.join(', ')]] });
    const isLast = header.state === 'terminated';
    if (isReadable) this.events.emit('notified', { body: notify.body, source, isLast });
    if (header.state === 'terminated') leg.take({ kind: 'terminated', ...header });
    else leg.take({ kind: 'notified', state: header.state, expiresSec: header.expiresSec });
  }
}
