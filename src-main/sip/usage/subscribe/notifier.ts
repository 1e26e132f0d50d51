// Lets others watch what this phone knows: takes SUBSCRIBE, sends NOTIFY, keeps the count small. RFC 6665 §4.2.
import type { Timer } from '../../../base/runtime.ts';
import {
  effectOf,
  mediaType,
  type AccountIdentity,
  type Body,
  type ExtraHeaders,
  type Flow,
  type IncomingRequest,
  type UsageDialog,
  type UserAgentCore,
} from '../../core/index.ts';
import { Header, type SipRequest } from '../../syntax/index.ts';
import { eventOf } from './notification.ts';

/** One event package that is served. */
export interface EventPackage {
  readonly event: string;
  readonly contentType: string;
  /** The account that is watched; undefined when nobody of that name is here. */
  readonly accountFor: (request: SipRequest, flow: Flow) => AccountIdentity | undefined;
  /** Whether the sender may watch. */
  readonly isAllowed: (request: SipRequest, flow: Flow) => boolean;
  /** The whole state. `version` counts the NOTIFYs of one subscription from 0. */
  readonly body: (account: AccountIdentity, version: number) => Body | undefined;
}

export interface NotifierOptions {
  readonly core: UserAgentCore;
  readonly packages: readonly EventPackage[];
  readonly maxSubscriptions?: number;
  readonly minExpiresSec?: number;
  readonly maxExpiresSec?: number;
}

interface Watcher {
  readonly eventPackage: EventPackage;
  readonly account: AccountIdentity;
  readonly id: string | undefined;
  dialog: UsageDialog | undefined;
  version: number;
  expiresAtMs: number;
  expiry: Timer | undefined;
  /** A NOTIFY waits for its answer. */
  isNotifying: boolean;
  /** The state has changed since; only the newest is told. */
  isBehind: boolean;
}

const DEFAULTS = { maxSubscriptions: 64, minExpiresSec: 60, maxExpiresSec: 3600 };

export class Notifier {
  readonly #options: NotifierOptions & typeof DEFAULTS;
  readonly #watchers = new Set<Watcher>();
  readonly #packages: EventPackage[];

  constructor(options: NotifierOptions) {
    this.#options = { ...DEFAULTS, ...options };
    this.#packages = [...options.packages];
    options.core.onRequest('SUBSCRIBE', (request) => this.#onSubscribe(request));
  }

  /** Serves one more event package from now on. */
  serve(eventPackage: EventPackage): void {
    this.#packages.push(eventPackage);
  }

  get watcherCount(): number {
    return this.#watchers.size;
  }

  /** The state of a package has changed: every watcher is told. */
  changed(event: string): void {
    for (const watcher of this.#watchers) if (watcher.eventPackage.event === event) this.#notify(watcher);
  }

  /** Tells every watcher that nothing more will come. */
  close(): void {
    for (const watcher of this.#watchers) this.#end(watcher, 'noresource');
  }

  #onSubscribe(incoming: IncomingRequest): void {
    const { request } = incoming;
    const { core, maxSubscriptions } = this.#options;
    const eventPackage = this.#packages.find(({ event }) => event === eventOf(request));
    if (!eventPackage) {
      // RFC 6665 §4.2.1.1: a package that is not served is 489, with those that are
      incoming.respond(489, { headers: this.#allowEvents });
      return;
    }
    const account = eventPackage.accountFor(request, incoming.flow);
    const refusal = account ? this.#refuse(incoming, eventPackage) : 404;
    if (refusal !== undefined || !account) {
      incoming.respond(refusal ?? 404, { headers: this.#headersOf(refusal) });
      return;
    }
    if (this.#watchers.size >= maxSubscriptions) return incoming.respond(503, { headers: [['Retry-After', '300']] });
    const id = request.headers.get(Header.Event)?.parameters.get('id');
    const watcher: Watcher = {
      ...{ eventPackage, account, id, version: 0, expiresAtMs: 0 },
      ...{ dialog: undefined, expiry: undefined, isNotifying: false, isBehind: false },
    };
    watcher.dialog = core.usageDialogs.openFromSubscribe(incoming, account, (again) => this.#onRefresh(watcher, again));
    if (!watcher.dialog) return incoming.respond(503, { headers: [['Retry-After', '300']] });
    this.#watchers.add(watcher);
    this.#grant(watcher, incoming);
  }

  #refuse({ request, flow }: IncomingRequest, { contentType, isAllowed }: EventPackage): number | undefined {
    const accept = request.headers.all(Header.Accept).map(({ type, subtype }) => `${type}/${subtype}`.toLowerCase());
    const wanted = mediaType(contentType);
    const isReadable =
      accept.length === 0 || [wanted, '*/*', `${wanted.split('/')[0] ?? ''}/*`].some((type) => accept.includes(type));
    if (!isReadable) return 406;
    if (!isAllowed(request, flow)) return 403;
    const expiresSec = request.headers.get(Header.Expires);
    // RFC 6665 §4.2.1.1: an interval that is too short is 423 with the shortest that is not
    return expiresSec !== undefined && expiresSec > 0 && expiresSec < this.#options.minExpiresSec ? 423 : undefined;
  }

  #headersOf(statusCode: number | undefined): ExtraHeaders {
    return statusCode === 423 ? [['Min-Expires', String(this.#options.minExpiresSec)]] : this.#allowEvents;
  }

  get #allowEvents(): ExtraHeaders {
    return [['Allow-Events', this.#packages.map(({ event }) => event).join(', ')]];
  }

  #onRefresh(watcher: Watcher, incoming: IncomingRequest): void {
    const { request } = incoming;
    if (request.method !== 'SUBSCRIBE') return incoming.respond(405);
    const event = request.headers.get(Header.Event);
    const isSame = eventOf(request) === watcher.eventPackage.event && event?.parameters.get('id') === watcher.id;
    // RFC 6665 §4.5.1: one dialog, one subscription: another event here belongs to none
    if (!isSame) return incoming.respond(489, { headers: this.#allowEvents });
    const refusal = this.#refuse(incoming, watcher.eventPackage);
    if (refusal !== undefined) return incoming.respond(refusal, { headers: this.#headersOf(refusal) });
    this.#grant(watcher, incoming);
  }

  /** RFC 6665 §4.2.1.2, §4.2.2: 200 with the time granted, and at once a NOTIFY with the whole state. */
  #grant(watcher: Watcher, incoming: IncomingRequest): void {
    const { core, maxExpiresSec } = this.#options;
    const expiresSec = Math.min(incoming.request.headers.get(Header.Expires) ?? maxExpiresSec, maxExpiresSec);
    incoming.respond(200, {
      headers: [['Expires', String(expiresSec)], ...this.#allowEvents],
      dialogAccount: watcher.account,
    });
    watcher.expiry?.cancel();
    watcher.expiresAtMs = core.runtime.nowMs() + expiresSec * 1000;
    if (expiresSec === 0) return this.#end(watcher, 'timeout');
    watcher.expiry = core.runtime.setTimer(expiresSec * 1000, () => this.#end(watcher, 'timeout'), true);
    this.#notify(watcher);
  }

  /** WHY: a watcher that answers slowly must not have a NOTIFY for each change waiting; the last state is what counts. */
  #notify(watcher: Watcher): void {
    watcher.isBehind = watcher.isNotifying;
    if (watcher.isNotifying) return;
    watcher.isNotifying = true;
    const leftSec = Math.max(0, Math.ceil((watcher.expiresAtMs - this.#options.core.runtime.nowMs()) / 1000));
    void this.#send(watcher, `active;expires=${leftSec}`).then(() => {
      watcher.isNotifying = false;
      if (watcher.isBehind && this.#watchers.has(watcher)) this.#notify(watcher);
    });
  }

  #end(watcher: Watcher, reason: string): void {
    if (!this.#watchers.delete(watcher)) return;
    watcher.expiry?.cancel();
    void this.#send(watcher, `terminated;reason=${reason}`).then(() => watcher.dialog?.close());
  }

  async #send(watcher: Watcher, state: string): Promise<void> {
    const { eventPackage, account, id, dialog } = watcher;
    const body = eventPackage.body(account, watcher.version++);
    const result = await dialog?.request('NOTIFY', {
      headers: [
        ['Event', id === undefined ? eventPackage.event : `${eventPackage.event};id=${id}`],
        ['Subscription-State', state],
      ],
      ...(body && { body }),
    });
    // RFC 6665 §4.2.2: a watcher that is gone, or silent, is not told again
    const isGone = result && (result.ok ? effectOf('NOTIFY', result.value.statusCode) !== 'transaction' : true);
    if (!isGone || !this.#watchers.delete(watcher)) return;
    watcher.expiry?.cancel();
    dialog?.close();
  }
}
