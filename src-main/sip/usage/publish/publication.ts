// Keeps a piece of our state at a server: PUBLISH, refreshed and changed by its entity tag. RFC 3903 §4.
import type { Timer } from '../../../base/runtime.ts';
import { RequestSeries, type AccountIdentity, type Body, type UserAgentCore } from '../../core/index.ts';
import { Header, isToken, type SipResponse } from '../../syntax/index.ts';

export interface PublicationOptions {
  readonly core: UserAgentCore;
  readonly account: AccountIdentity;
  readonly event: string;
  readonly expiresSec?: number;
}

export type PublicationState =
  | { readonly state: 'published' }
  | { readonly state: 'failed'; readonly statusCode: number }
  | { readonly state: 'none' };

const DEFAULT_EXPIRES_SEC = 3600;
const MAX_EXPIRES_SEC = 86_400;
const RETRY_MS = 60_000;
/** Longer tags are no tags. */
const MAX_ETAG_LENGTH = 256;

/** One request at a time; what changes meanwhile is sent after it. */
export class Publication {
  readonly #options: PublicationOptions;
  readonly #series: RequestSeries;
  #expiresSec: number;
  #etag: string | undefined;
  /** What is to be known; undefined when nothing is. */
  #body: Body | undefined;
  #isSending = false;
  #isDirty = false;
  #timer: Timer | undefined;
  #state: PublicationState = { state: 'none' };

  constructor(options: PublicationOptions) {
    this.#options = options;
    this.#series = new RequestSeries(options.core.runtime);
    this.#expiresSec = options.expiresSec ?? DEFAULT_EXPIRES_SEC;
  }

  get state(): PublicationState {
    return this.#state;
  }

  /** Publishes this in the place of what was published before. */
  publish(body: Body): void {
    this.#body = body;
    this.#isDirty = true;
    this.#sendNext();
  }

  /** RFC 3903 §4.5: takes back what was published. */
  remove(): void {
    this.#body = undefined;
    this.#isDirty = this.#etag !== undefined || this.#isSending;
    this.#timer?.cancel();
    this.#sendNext();
  }

  #sendNext(): void {
    if (this.#isSending || !this.#isDirty) return;
    this.#isDirty = false;
    this.#isSending = true;
    void this.#send(this.#body, false);
  }

  /** RFC 3903 §4.3: a refresh names the tag and has no body. */
  #refresh(): void {
    if (this.#isSending || !this.#body) return;
    this.#isSending = true;
    void this.#send(this.#body, this.#etag !== undefined);
  }

  async #send(body: Body | undefined, isRefresh: boolean): Promise<void> {
    const { core, account, event } = this.#options;
    const expiresSec = body ? this.#expiresSec : 0;
    const result = await core.request({
      ...{ method: 'PUBLISH', target: account.address, account, series: this.#series },
      headers: [
        ['Event', event],
        ['Expires', String(expiresSec)],
        ...(this.#etag === undefined ? [] : [['SIP-If-Match', this.#etag] as const]),
      ],
      ...(body && !isRefresh && { body }),
    });
    this.#isSending = false;
    if (result.ok) this.#onResponse(result.value, expiresSec);
    else this.#fail(result.error.kind === 'auth' ? 401 : 408, result.error.kind !== 'auth');
    this.#sendNext();
  }

  #onResponse({ statusCode, headers, isSuccess }: SipResponse, expiresSec: number): void {
    if (isSuccess) return this.#onPublished(headers, expiresSec);
    const minExpiresSec = headers.get(Header.MinExpires) ?? 0;
    if (statusCode === 412 && this.#etag !== undefined) {
      // RFC 3903 §4.3: a tag that the server has lost: publish anew, whole
      this.#etag = undefined;
      this.#isDirty = this.#body !== undefined;
    } else if (statusCode === 423 && minExpiresSec > this.#expiresSec && minExpiresSec <= MAX_EXPIRES_SEC) {
      // RFC 3903 §4.1: ask again for what Min-Expires names
      this.#expiresSec = minExpiresSec;
      this.#isDirty = true;
    } else {
      this.#fail(statusCode, statusCode >= 500 || statusCode === 408);
    }
  }

  #onPublished(headers: SipResponse['headers'], expiresSec: number): void {
    const etag = headers.get(Header.SipEtag) ?? '';
    // RFC 3903 §4.1: every 2xx names a tag, which the next request needs
    const isUsable = expiresSec > 0 && etag.length <= MAX_ETAG_LENGTH && isToken(etag);
    this.#etag = isUsable ? etag : undefined;
    this.#state = { state: this.#body ? 'published' : 'none' };
    const grantedSec = Math.min(headers.get(Header.Expires) ?? expiresSec, MAX_EXPIRES_SEC);
    if (this.#body) this.#startTimer(1000 * Math.max(1, 0.85 * grantedSec));
  }

  #fail(statusCode: number, isRetried: boolean): void {
    this.#etag = undefined;
    this.#state = { state: 'failed', statusCode };
    if (isRetried && this.#body) this.#startTimer(RETRY_MS);
  }

  #startTimer(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#options.core.runtime.setTimer(delayMs, () => this.#refresh(), true);
  }
}
