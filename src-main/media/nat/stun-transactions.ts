// Questions that wait for their answers, and are asked again. RFC 8489 §6.2.1.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { TRANSACTION_ID_BYTES, type ReceivedStun } from './stun-message.ts';

/** RFC 8489 §6.2.1: seven times, then as long as sixteen of the first waits. */
const TRANSMISSIONS = 7;
const LAST_WAIT_FACTOR = 16;

export interface StunQuestion {
  readonly build: (transactionId: Uint8Array) => Uint8Array;
  readonly send: (bytes: Uint8Array) => void;
  readonly rtoMs: number;
  /** Fewer where it will be asked anew anyhow. */
  readonly transmissions?: number;
  /** Whether the answer is one that may be believed; others are passed over. */
  readonly mayTake: (answer: ReceivedStun) => boolean;
  readonly onAnswer: (answer: ReceivedStun, from: SocketAddress) => void;
  readonly onTimeout: () => void;
}

interface Waiting {
  readonly question: StunQuestion;
  timer: Timer | undefined;
}

export class StunTransactions {
  readonly #runtime: Runtime;
  readonly #waiting = new Map<string, Waiting>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Asks; returns what the question is known by. */
  ask(question: StunQuestion): string {
    const transactionId = this.#runtime.randomBytes(TRANSACTION_ID_BYTES);
    const id = idOf(transactionId);
    const waiting: Waiting = { question, timer: undefined };
    this.#waiting.set(id, waiting);
    const bytes = question.build(transactionId);
    const { transmissions = TRANSMISSIONS, rtoMs } = question;
    const transmit = (count: number): void => {
      question.send(bytes);
      const isLast = count === transmissions;
      const waitMs = isLast ? LAST_WAIT_FACTOR * rtoMs : rtoMs * 2 ** (count - 1);
      waiting.timer = this.#runtime.setTimer(waitMs, () => (isLast ? this.#timeOut(id) : transmit(count + 1)), true);
    };
    transmit(1);
    return id;
  }

  /** Takes an answer; false when nobody asked. */
  receive(answer: ReceivedStun, from: SocketAddress): boolean {
    const id = idOf(answer.transactionId);
    const waiting = this.#waiting.get(id);
    if (!waiting?.question.mayTake(answer)) return false;
    this.forget(id);
    waiting.question.onAnswer(answer, from);
    return true;
  }

  forget(id: string): void {
    this.#waiting.get(id)?.timer?.cancel();
    this.#waiting.delete(id);
  }

  close(): void {
    for (const id of this.#waiting.keys()) this.forget(id);
  }

  #timeOut(id: string): void {
    const waiting = this.#waiting.get(id);
    this.forget(id);
    waiting?.question.onTimeout();
  }
}

const idOf = (transactionId: Uint8Array): string => Buffer.from(transactionId).toString('hex');
