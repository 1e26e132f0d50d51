// Sends our checks and brings back what the peer has answered. RFC 8445 §7.1, §7.2.
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { peerPriorityOf, type Base, type Component } from './candidate.ts';
import { buildCheck, type Check, type IceCredentials } from './check-messages.ts';
import { isAuthentic, type ReceivedStun } from './stun-message.ts';
import { StunTransactions } from './stun-transactions.ts';

/** Sends by the socket of a component, or by its place at a relay. */
export type SendBy = (bytes: Uint8Array, component: Component, to: SocketAddress, base: Base) => void;

export interface CheckSenderOptions {
  readonly runtime: Runtime;
  readonly local: IceCredentials;
  readonly send: SendBy;
}

export interface OutgoingCheck {
  readonly component: Component;
  readonly base: Base;
  readonly to: SocketAddress;
  readonly isNominating: boolean;
  readonly rtoMs: number;
  readonly transmissions?: number;
  /** An answer that the peer has proven to be its own. */
  readonly onAnswer: (answer: ReceivedStun, from: SocketAddress, check: Check) => void;
  readonly onTimeout: (id: string) => void;
}

export class CheckSender {
  isControlling = false;
  readonly #options: CheckSenderOptions;
  readonly #transactions: StunTransactions;
  #remote: IceCredentials | undefined;
  #tieBreaker: bigint;

  constructor(options: CheckSenderOptions) {
    this.#options = options;
    this.#transactions = new StunTransactions(options.runtime);
    this.#tieBreaker = this.#draw();
  }

  /** Who wins when both want the same role. RFC 8445 §5.2 */
  get tieBreaker(): bigint {
    return this.#tieBreaker;
  }

  renewTieBreaker(): void {
    this.#tieBreaker = this.#draw();
  }

  setPeer(remote: IceCredentials): void {
    this.#remote = remote;
  }

  /** Returns what the check is known by; undefined while the peer is unknown. */
  ask(question: OutgoingCheck): string | undefined {
    const { component, base, to, isNominating, rtoMs, transmissions, onAnswer, onTimeout } = question;
    const remote = this.#remote;
    if (!remote) return undefined;
    const { local, send } = this.#options;
    const { isControlling, tieBreaker } = this;
    const check = { isControlling, tieBreaker, priority: peerPriorityOf(component, base), isNominating };
    const id = this.#transactions.ask({
      build: (transactionId) => buildCheck(check, transactionId, local, remote),
      send: (bytes) => send(bytes, component, to, base),
      rtoMs,
      ...(transmissions !== undefined && { transmissions }),
      mayTake: (answer) => isAuthentic(answer, remote.pwd),
      onAnswer: (answer, from) => onAnswer(answer, from, check),
      onTimeout: () => onTimeout(id),
    });
    return id;
  }

  receive(answer: ReceivedStun, from: SocketAddress): void {
    this.#transactions.receive(answer, from);
  }

  forget(id: string): void {
    this.#transactions.forget(id);
  }

  close(): void {
    this.#transactions.close();
  }

  #draw(): bigint {
    return Buffer.from(this.#options.runtime.randomBytes(8)).readBigUInt64BE();
  }
}
