// The calls of the phone by their ids, and how many of them count.
import type { Call } from './call.ts';
import type { CallFailure } from './call-info.ts';

export class CallTable extends Map<string, Call> {
  /** Calls from outside that are looked at and not shown yet: they count, so that a burst finds no room that is not there. */
  readonly #entering = new Set<Call>();

  /** Those that are not over. */
  get liveCount(): number {
    let count = this.#entering.size;
    for (const { phase } of this.values()) if (phase !== 'ended') count++;
    return count;
  }

  /** Those that the answering machine has. */
  get awayCount(): number {
    let count = 0;
    for (const { info } of this.values()) if (info.isAway && info.phase !== 'ended') count++;
    return count;
  }

  /** Counts `call` for as long as `preparation` takes. */
  async whileEntering<T>(call: Call, preparation: Promise<T>): Promise<T> {
    this.#entering.add(call);
    try {
      return await preparation;
    } finally {
      this.#entering.delete(call);
    }
  }

  byMedia(sessionId: string): Call | undefined {
    for (const call of this.values()) if (call.media?.sessionId === sessionId) return call;
    return undefined;
  }

  /** Why nothing can be done with a call: it is not there, or not so far. */
  failureFor(callId: string): CallFailure {
    return this.has(callId)
      ? { code: 'wrongState', message: 'The call is not in a state for this.' }
      : { code: 'notFound', message: `There is no call ${callId}.` };
  }
}
