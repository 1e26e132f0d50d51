// Provisional responses made reliable: sent until PRACK comes, and received in order. RFC 3262.
import type { Runtime } from '../../base/runtime.ts';
import { Header, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { ServerTransaction, SipTimers } from '../transaction/index.ts';
import { Retransmitter } from './retransmitter.ts';

export const hasOption = (message: SipRequest | SipResponse, name: 'Require' | 'Supported', option: string): boolean =>
  message.headers.all(Header[name]).some((value) => value.toLowerCase() === option);

export interface ReliableProvisionalsOptions {
  readonly runtime: Runtime;
  readonly timers: SipTimers;
  readonly transaction: ServerTransaction;
  /** A response was not acknowledged in 64*T1. */
  readonly onGiveUp: () => void;
}

/** The callee's side: one response at a time, the next when its PRACK has come. */
export class ReliableProvisionals {
  readonly #options: ReliableProvisionalsOptions;
  readonly #waiting: SipResponse[] = [];
  #sequence: number;
  #current: Retransmitter | undefined;
  #whenAcknowledged: (() => void) | undefined;

  constructor(options: ReliableProvisionalsOptions) {
    this.#options = options;
    // RFC 3262 §3: the first number is random and below 2^31
    this.#sequence = 1 + Math.floor(options.runtime.random() * 2 ** 30);
  }

  get isAcknowledged(): boolean {
    return this.#current === undefined;
  }

  /** Takes a response over; it gets Require and RSeq. */
  send(response: SipResponse): void {
    if (this.#current) this.#waiting.push(response);
    else this.#transmit(response);
  }

  /** RFC 3262 §3: whether a PRACK acknowledges the response that waits for it; else it is answered 481. */
  acknowledge(prack: SipRequest): boolean {
    const rack = prack.headers.get(Header.RAck);
    const { sequence, method } = this.#options.transaction.request.cseq;
    if (!this.#current || rack?.responseSequence !== this.#sequence) return false;
    if (rack.sequence !== sequence || rack.method !== method) return false;
    this.#current.stop();
    this.#current = undefined;
    this.#sequence++;
    const next = this.#waiting.shift();
    if (next) this.#transmit(next);
    else this.#whenAcknowledged?.();
    return true;
  }

  /** Calls back when nothing waits for a PRACK any more; RFC 3262 §3 keeps a 2xx back until then. */
  whenAcknowledged(callback: () => void): void {
    this.#whenAcknowledged = callback;
    if (this.isAcknowledged) callback();
  }

  stop(): void {
    this.#current?.stop();
    this.#waiting.length = 0;
  }

  #transmit(response: SipResponse): void {
    const { runtime, timers, transaction, onGiveUp } = this.#options;
    response.headers.append('Require', '100rel');
    response.headers.put(Header.RSeq, this.#sequence);
    this.#current = new Retransmitter({
      runtime,
      timers,
      send: () => transaction.respond(response),
      // RFC 3262 §3: the interval doubles without a ceiling
      maxIntervalMs: Infinity,
      onGiveUp,
    });
    this.#current.start();
  }
}

/** PRACKs of one early dialog that wait for their answer; the callee sends the next response again until then. */
const MAX_PENDING_PRACKS = 8;

/** The caller's side, for one early dialog: which responses are new. RFC 3262 §4 */
export class ReliableProvisionalReceiver {
  #last: number | undefined;
  #pending = 0;

  /** The number to acknowledge; undefined for unreliable responses, repetitions, and ones that came too early. */
  take(response: SipResponse): number | undefined {
    const sequence = response.headers.get(Header.RSeq);
    if (sequence === undefined || !hasOption(response, 'Require', '100rel')) return undefined;
    if (this.#last !== undefined && sequence !== this.#last + 1) return undefined;
    if (this.#pending >= MAX_PENDING_PRACKS) return undefined;
    this.#last = sequence;
    this.#pending++;
    return sequence;
  }

  /** A PRACK has had its answer, or will have none. */
  settle(): void {
    this.#pending--;
  }
}
