// Asks the server at the end of a UDP flow where it sees us, and reports the flow as failed when that changes. RFC 5626 §4.4.2.
import type { Runtime, Timer } from '../../base/runtime.ts';
import { formatSocketAddress } from '../../base/socket-address.ts';
import type { RawFlow } from './flow.ts';
import { TRANSACTION_ID_BYTES, buildBindingRequest, parseBindingAnswer, transactionIdText } from './stun-binding.ts';

/** RFC 8489 §6.2.1: sent seven times, each wait twice the last, and after the last one 16 times the first. */
const FIRST_WAIT_MS = 500;
const MAX_SENDS = 7;
const LAST_WAIT_MS = 16 * FIRST_WAIT_MS;

export class StunCheck {
  readonly #runtime: Runtime;
  readonly #flow: RawFlow;
  #mapped: string | undefined;
  #pending: { readonly id: string; readonly request: Uint8Array; sends: number } | undefined;
  #timer: Timer | undefined;

  constructor(runtime: Runtime, flow: RawFlow) {
    this.#runtime = runtime;
    this.#flow = flow;
  }

  /** Starts one question; harmless while one is open. */
  ask(): void {
    if (this.#pending) return;
    const id = this.#runtime.randomBytes(TRANSACTION_ID_BYTES);
    this.#pending = { id: transactionIdText(id), request: buildBindingRequest(id), sends: 0 };
    this.#send();
  }

  receive(bytes: Uint8Array): void {
    const answer = parseBindingAnswer(bytes);
    // RFC 8489 §6.3.1: an answer to nothing that we asked is discarded.
    if (!answer || answer.transactionId !== this.#pending?.id) return;
    this.stop();
    const mapped = answer.mapped && formatSocketAddress(answer.mapped);
    // RFC 5626 §4.4.2: an error response, or another address than before, means that the flow has failed.
    if (answer.isError || mapped === undefined) this.#flow.close('the server refused the keep-alive');
    else if (this.#mapped !== undefined && this.#mapped !== mapped) this.#flow.close('our public address changed');
    else this.#mapped = mapped;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#pending = undefined;
  }

  #send(): void {
    const pending = this.#pending;
    if (!pending) return;
    if (pending.sends >= MAX_SENDS) {
      this.stop();
      this.#flow.close('the server does not answer keep-alives');
      return;
    }
    this.#flow.sendBytes(pending.request);
    pending.sends++;
    const waitMs = pending.sends === MAX_SENDS ? LAST_WAIT_MS : FIRST_WAIT_MS * 2 ** (pending.sends - 1);
    this.#timer = this.#runtime.setTimer(waitMs, () => this.#send(), true);
  }
}
