// ACKs of one session: the ones we wait for after a 2xx, and the ones we sent. RFC 3261 §13.2.2.4, §13.3.1.4.
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { ServerTransaction } from '../transaction/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import { bodyOf, putBody, type Body } from './body.ts';
import type { CoreContext } from './core-context.ts';
import type { Dialog } from './dialog.ts';
import { Retransmitter } from './retransmitter.ts';

interface Awaited {
  readonly retransmitter: Retransmitter;
  readonly onAcknowledged: (body: Body | undefined) => void;
}

/** ACKs kept for repetition; more INVITEs than these are not answered twice in practice. */
const MAX_SENT = 8;
/** Answered re-INVITEs whose ACK is still to come; a peer that acknowledges none of them gets no further answer. */
const MAX_AWAITED = 4;

export class SessionAcks {
  readonly #context: CoreContext;
  readonly #dialog: Dialog;
  readonly #account: AccountIdentity;
  readonly #awaited = new Map<number, Awaited>();
  readonly #sent = new Map<number, () => void>();
  #sending: Promise<void> = Promise.resolve();

  constructor(context: CoreContext, dialog: Dialog, account: AccountIdentity) {
    this.#context = context;
    this.#dialog = dialog;
    this.#account = account;
  }

  /** Whether a 2xx of ours waits for its ACK. */
  get isWaiting(): boolean {
    return this.#awaited.size > 0;
  }

  /** Whether so many 2xx wait that the next INVITE has to. */
  get isFull(): boolean {
    return this.#awaited.size >= MAX_AWAITED;
  }

  /** RFC 3261 §13.3.1.4: a 2xx is sent at T1 to T2 until its ACK comes, over any transport; `onGiveUp` after 64*T1. */
  sendSuccess(
    transaction: ServerTransaction,
    response: SipResponse,
    onAcknowledged: (body: Body | undefined) => void,
    onGiveUp: () => void,
  ): void {
    const { runtime, timers } = this.#context;
    const { sequence } = transaction.request.cseq;
    const retransmitter = new Retransmitter({
      runtime,
      timers,
      maxIntervalMs: timers.t2Ms,
      send: () => transaction.respond(response),
      onGiveUp: () => {
        this.#awaited.delete(sequence);
        onGiveUp();
      },
    });
    this.#awaited.set(sequence, { retransmitter, onAcknowledged });
    retransmitter.start();
  }

  /** Takes an ACK; repetitions and strays are ignored. */
  receive(ack: SipRequest): void {
    const awaited = this.#awaited.get(ack.cseq.sequence);
    if (!awaited) return;
    this.#awaited.delete(ack.cseq.sequence);
    awaited.retransmitter.stop();
    awaited.onAcknowledged(bodyOf(ack));
  }

  /** RFC 3261 §13.2.2.4: the ACK has the CSeq number and the credentials of its INVITE and goes the dialog's way. */
  send(invite: SipRequest, answer?: Body | Promise<Body | undefined>): Promise<void> {
    this.#sending = this.#send(invite, answer);
    return this.#sending;
  }

  /** When the ACK on its way is out, so that no BYE overtakes it. */
  whenSent(): Promise<void> {
    return this.#sending;
  }

  async #send(invite: SipRequest, answer: Body | Promise<Body | undefined> | undefined): Promise<void> {
    const { sequence } = invite.cseq;
    const body = await this.#settled(answer);
    const ack = this.#dialog.buildRequest('ACK', sequence);
    ack.headers.copyFrom(invite.headers, 'Authorization');
    ack.headers.copyFrom(invite.headers, 'Proxy-Authorization');
    putBody(ack, body);
    const repeat = await this.#context.sender.sendAck(ack, this.#dialog.nextHop, this.#account);
    if (!repeat) return;
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined && this.#sent.size >= MAX_SENT) this.#sent.delete(oldest);
    this.#sent.set(sequence, repeat);
  }

  /** An answer that cannot be made leaves the ACK empty; the session's user knows why. */
  async #settled(answer: Body | Promise<Body | undefined> | undefined): Promise<Body | undefined> {
    try {
      return await answer;
    } catch (error) {
      this.#context.logger.error('no answer to an offer', { error });
      return undefined;
    }
  }

  /** Answers a retransmitted 2xx with the same ACK. */
  repeat(sequence: number): void {
    this.#sent.get(sequence)?.();
  }

  /** Nobody waits any more. */
  stopWaiting(): void {
    for (const { retransmitter } of this.#awaited.values()) retransmitter.stop();
    this.#awaited.clear();
  }
}
