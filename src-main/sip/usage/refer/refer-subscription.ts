// The subscription that a REFER outside any dialog makes, from the referee's side. RFC 3515 §2.4.4, §2.4.7; RFC 6665 §4.2.
import type { Timer } from '../../../base/runtime.ts';
import {
  effectOf,
  type AccountIdentity,
  type IncomingRequest,
  type UsageDialog,
  type UserAgentCore,
} from '../../core/index.ts';
import { Header } from '../../syntax/index.ts';
import { sipfragOf, type ReferReports, type ReportedStatus } from './refer-reports.ts';

/** RFC 3515 §2.4.7: we choose how long; a person's answer and a call that rings fit in. */
const MAX_EXPIRES_SEC = 300;

type EndReason = 'noresource' | 'timeout';

/** One NOTIFY at a time; while it is unanswered only the newest status is kept. */
export class ReferSubscription implements ReferReports {
  readonly #core: UserAgentCore;
  readonly #account: AccountIdentity;
  #dialog: UsageDialog | undefined;
  #status: ReportedStatus | undefined;
  #endReason: EndReason | undefined;
  #expiresAtMs = 0;
  #expiry: Timer | undefined;
  #isSending = false;
  #isBehind = false;

  private constructor(core: UserAgentCore, account: AccountIdentity) {
    this.#core = core;
    this.#account = account;
    this.#extend(MAX_EXPIRES_SEC);
  }

  /** Undefined when there are too many dialogs already. */
  static open(core: UserAgentCore, incoming: IncomingRequest, account: AccountIdentity): ReferSubscription | undefined {
    const subscription = new ReferSubscription(core, account);
    const take = (request: IncomingRequest): void => subscription.#onRequest(request);
    subscription.#dialog = core.usageDialogs.openFromSubscribe(incoming, account, take);
    if (subscription.#dialog) return subscription;
    subscription.#close();
    return undefined;
  }

  tell(status: ReportedStatus): void {
    if (this.#endReason) return;
    this.#status = status;
    if (status.isFinal) this.#end('noresource');
    else this.#notify();
  }

  /** RFC 3515 §2.4.4: who sent the REFER may refresh or end the subscription, as any other. */
  #onRequest(incoming: IncomingRequest): void {
    const { method, headers } = incoming.request;
    if (method !== 'SUBSCRIBE' || this.#endReason) return incoming.respond(481);
    if (headers.get(Header.Event)?.token.toLowerCase() !== 'refer')
      return incoming.respond(489, { headers: [['Allow-Events', 'refer']] });
    const expiresSec = Math.min(headers.get(Header.Expires) ?? MAX_EXPIRES_SEC, MAX_EXPIRES_SEC);
    incoming.respond(200, { headers: [['Expires', String(expiresSec)]], dialogAccount: this.#account });
    if (expiresSec === 0) return this.#end('timeout');
    this.#extend(expiresSec);
    this.#notify();
  }

  #extend(expiresSec: number): void {
    const { runtime } = this.#core;
    this.#expiry?.cancel();
    this.#expiresAtMs = runtime.nowMs() + expiresSec * 1000;
    this.#expiry = runtime.setTimer(expiresSec * 1000, () => this.#end('timeout'), true);
  }

  #end(reason: EndReason): void {
    this.#endReason = reason;
    this.#expiry?.cancel();
    this.#notify();
  }

  #notify(): void {
    this.#isBehind = this.#isSending;
    if (this.#isSending || !this.#status) return;
    this.#isSending = true;
    void this.#send(this.#status, this.#endReason);
  }

  async #send(status: ReportedStatus, endReason: EndReason | undefined): Promise<void> {
    const leftSec = Math.max(0, Math.ceil((this.#expiresAtMs - this.#core.runtime.nowMs()) / 1000));
    const state = endReason ? `terminated;reason=${endReason}` : `active;expires=${leftSec}`;
    const result = await this.#dialog?.request('NOTIFY', {
      headers: [
        ['Event', 'refer'],
        ['Subscription-State', state],
      ],
      body: sipfragOf(status),
    });
    this.#isSending = false;
    // RFC 6665 §4.2.2: a subscriber that is gone, or silent, is not told again
    const isGone = !result?.ok || effectOf('NOTIFY', result.value.statusCode) !== 'transaction';
    if (isGone || endReason) this.#close();
    else if (this.#isBehind) this.#notify();
  }

  #close(): void {
    this.#endReason ??= 'timeout';
    this.#expiry?.cancel();
    this.#dialog?.close();
  }
}
