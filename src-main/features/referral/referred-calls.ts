// Tells those who had this phone dial how their calls go, until they are answered or over. RFC 3515 §2.4.5.
import { reasonPhraseOf } from '../../sip/syntax/index.ts';
import type { IncomingRefer } from '../../sip/usage/index.ts';
import { referredStatusOf, type CallInfo, type CallManager } from '../call/index.ts';

interface Followed {
  readonly refer: IncomingRefer;
  lastStatusCode: number;
}

export class ReferredCalls {
  readonly #calls: CallManager;
  readonly #followed = new Map<string, Followed>();

  constructor(calls: CallManager) {
    this.#calls = calls;
    calls.events.on('changed', () => this.#look());
    calls.events.on('ended', (info) => this.#report(info));
  }

  /** As many as there are calls at most. */
  follow(callId: string, refer: IncomingRefer): void {
    this.#followed.set(callId, { refer, lastStatusCode: 100 });
    this.#look();
  }

  #look(): void {
    for (const callId of [...this.#followed.keys()]) {
      const info = this.#calls.get(callId);
      if (info) this.#report(info);
    }
  }

  #report(info: CallInfo): void {
    const followed = this.#followed.get(info.id);
    const statusCode = referredStatusOf(info);
    if (!followed || statusCode === undefined || statusCode === followed.lastStatusCode) return;
    followed.lastStatusCode = statusCode;
    if (statusCode >= 200) this.#followed.delete(info.id);
    followed.refer.report(statusCode, reasonPhraseOf(statusCode));
  }
}
