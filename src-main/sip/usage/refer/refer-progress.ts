// What becomes of a REFER that we sent: refused, reported on, over. RFC 3515 §2.4.4, §2.4.5; RFC 4488 §4.
import type { Result } from '../../../base/result.ts';
import type { Timer } from '../../../base/runtime.ts';
import { TypedEmitter } from '../../../base/typed-emitter.ts';
import type { RequestFailure, UserAgentCore } from '../../core/index.ts';
import type { SipResponse } from '../../syntax/index.ts';
import type { ReferReport } from './refer-report.ts';

export interface OutgoingReferEvents {
  /** A status line of the referee's call; `isFinal` when nothing follows. */
  progress: { readonly statusCode: number; readonly reasonPhrase: string; readonly isFinal: boolean };
  /** The REFER was refused, or the referee fell silent. Nothing follows. */
  failed: { readonly statusCode: number; readonly reason: string };
}

export class ReferProgress {
  readonly events: TypedEmitter<OutgoingReferEvents>;
  isOver = false;
  readonly #limit: Timer;
  readonly #onOver: () => void;

  /** Who reports nothing for `limitMs` has nothing to report. */
  constructor(core: UserAgentCore, limitMs: number, onOver: () => void) {
    this.events = new TypedEmitter(core.logger);
    this.#limit = core.runtime.setTimer(limitMs, () => this.fail(408, 'no report on the transfer'), true);
    this.#onOver = onOver;
  }

  /** Takes the answer to the REFER; whether NOTIFYs will follow. */
  answered(result: Result<SipResponse, RequestFailure>): boolean {
    if (!result.ok) {
      this.fail(result.error.kind === 'timeout' ? 408 : 503, result.error.message);
      return false;
    }
    const { statusCode, reasonPhrase, headers } = result.value;
    if (statusCode >= 300) this.fail(statusCode, reasonPhrase);
    // RFC 4488 §4: a referee that made no subscription says so, and no NOTIFY will come
    else if (headers.first('Refer-Sub')?.trim().toLowerCase() === 'false') this.succeed(statusCode, reasonPhrase);
    return !this.isOver;
  }

  /** RFC 3515 §2.4.5: each NOTIFY carries a status line; the last says that the subscription is terminated. */
  report({ status, isTerminated }: ReferReport): void {
    if (this.isOver) return;
    if (!status) {
      if (isTerminated) this.fail(500, 'the report cannot be read');
      return;
    }
    const isFinal = isTerminated || status.statusCode >= 200;
    if (isFinal) this.#finish();
    this.events.emit('progress', { ...status, isFinal });
  }

  succeed(statusCode: number, reasonPhrase: string): void {
    if (this.isOver) return;
    this.#finish();
    this.events.emit('progress', { statusCode, reasonPhrase, isFinal: true });
  }

  fail(statusCode: number, reason: string): void {
    if (this.isOver) return;
    this.#finish();
    this.events.emit('failed', { statusCode, reason });
  }

  #finish(): void {
    this.isOver = true;
    this.#limit.cancel();
    this.#onOver();
  }
}
