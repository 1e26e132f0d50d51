// Recognises a request that reached us twice by different ways. RFC 3261 §8.2.2.2.
import type { Runtime } from '../../base/runtime.ts';
import type { SipRequest } from '../syntax/index.ts';

const MAX_REMEMBERED = 4096;

/** Remembers requests without a To tag for as long as their transactions last. */
export class MergedRequests {
  readonly #runtime: Runtime;
  readonly #keepMs: number;
  /** When each was seen, oldest first. */
  readonly #seen = new Map<string, number>();

  constructor(runtime: Runtime, keepMs: number) {
    this.#runtime = runtime;
    this.#keepMs = keepMs;
  }

  /** RFC 3261 §8.2.2.2: same From tag, Call-ID and CSeq as another transaction's request, and no To tag. */
  isMerged(request: SipRequest): boolean {
    if (request.to.tag !== undefined || request.method === 'CANCEL') return false;
    this.#forgetOld();
    const { sequence, method } = request.cseq;
    const key = `${request.callId} ${request.from.tag ?? ''} ${sequence} ${method}`;
    if (this.#seen.has(key)) return true;
    this.#seen.set(key, this.#runtime.nowMs());
    return false;
  }

  #forgetOld(): void {
    const untilMs = this.#runtime.nowMs() - this.#keepMs;
    for (const [key, seenMs] of this.#seen) {
      if (seenMs > untilMs && this.#seen.size < MAX_REMEMBERED) return;
      this.#seen.delete(key);
    }
  }
}
