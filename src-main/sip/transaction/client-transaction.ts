// Runs a client machine with real timers and a flow; sends ACK and CANCEL on its behalf. RFC 3261 §17.1, §9.1.
import { randomToken, type Runtime, type Timer } from '../../base/runtime.ts';
import type { Result } from '../../base/result.ts';
import type { HeaderList, SipRequest, SipResponse } from '../syntax/index.ts';
import type { Flow } from '../transport/index.ts';
import { buildAckForFailure, buildCancel } from './derived-requests.ts';
import type { ClientAction, ClientInput, ClientMachine, ClientState } from './client-machine.ts';
import type { SipTimers } from './sip-timers.ts';
import { StepQueue } from './step-queue.ts';
import { TransactionTimers } from './transaction-timers.ts';

/** Who sent the request. Each method is called from the transaction, never from within `request` of the layer. */
export interface ClientTransactionUser {
  /** A provisional response, the final one, and for INVITE every further 2xx for 64*T1. */
  onResponse(response: SipResponse): void;
  /** No final response came in time; nothing follows. */
  onTimeout(): void;
  /** The request could not be handed over; nothing follows. */
  onTransportError(reason: string): void;
}

export interface ClientTransactionOptions {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  readonly machine: ClientMachine;
  readonly timers: SipTimers;
  readonly runtime: Runtime;
  readonly user: ClientTransactionUser;
  /** Starts a transaction for the CANCEL of this one. */
  readonly sendRequest: (request: SipRequest, flow: Flow) => Result<ClientTransaction, 'tooManyTransactions'>;
  readonly onEnd: (transaction: ClientTransaction) => void;
}

/** One request on its way. Made by `TransactionLayer.request`. */
export class ClientTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  readonly #options: ClientTransactionOptions;
  readonly #timers: TransactionTimers;
  readonly #queue = new StepQueue<ClientInput>((input) => this.#step(input));
  #state: ClientState;
  #cancel: 'none' | 'held' | 'sent' = 'none';
  #cancelHeaders: ((headers: HeaderList) => void) | undefined;
  #cancelTimer: Timer | undefined;

  constructor(options: ClientTransactionOptions) {
    this.request = options.request;
    this.flow = options.flow;
    this.key = options.key;
    this.#options = options;
    this.#timers = new TransactionTimers(options.runtime, (timer) => this.#queue.push({ kind: 'timer', timer }));
    this.#state = options.machine.initial;
  }

  /** The state's name in the RFC's figure. */
  get stateName(): ClientState['name'] {
    return this.#state.name;
  }

  start(): void {
    this.#queue.push({ kind: 'start' });
  }

  receive(response: SipResponse): void {
    this.#queue.push({ kind: 'response', response });
  }

  transportError(reason: string): void {
    this.#queue.push({ kind: 'transportError', reason });
  }

  /**
   * Asks the server to give up an INVITE; harmless when it is too late. `addHeaders` may add Reason (RFC 3326).
   * The user still gets the final response, or `onTimeout` when none comes in 64*T1.
   */
  cancel(addHeaders?: (headers: HeaderList) => void): void {
    if (this.#cancel !== 'none' || this.request.method !== 'INVITE') return;
    this.#cancelHeaders = addHeaders;
    this.#cancel = 'held';
    if (this.#state.name === 'proceeding') this.#sendCancel();
  }

  /** Stops at once without telling anybody. */
  abandon(): void {
    this.#timers.stop();
    this.#cancelTimer?.cancel();
    this.#state = { name: 'terminated', intervalMs: 0 };
  }

  #sendCancel(): void {
    this.#cancel = 'sent';
    const cancel = buildCancel(this.request);
    this.#cancelHeaders?.(cancel.headers);
    this.#options.sendRequest(cancel, this.flow);
    // RFC 3261 §9.1: without a final response for 64*T1 the original transaction counts as cancelled
    this.#cancelTimer = this.#options.runtime.setTimer(this.#options.timers.giveUpMs, () => {
      if (this.#state.name !== 'proceeding') return;
      this.abandon();
      this.#options.onEnd(this);
      this.#options.user.onTimeout();
    });
  }

  #step(input: ClientInput): void {
    const { machine, timers } = this.#options;
    const step = machine.step(this.#state, input, { timers, isReliable: this.flow.isReliable });
    this.#state = step.state;
    // RFC 3261 §9.1: a CANCEL asked for before any provisional response is held back until one comes
    if (this.#cancel === 'held' && step.state.name === 'proceeding') this.#sendCancel();
    for (const action of step.actions) this.#perform(action);
  }

  #perform(action: ClientAction): void {
    const { user } = this.#options;
    switch (action.kind) {
      case 'sendRequest':
        return this.flow.send(this.request);
      case 'sendAck':
        return this.flow.send(buildAckForFailure(this.request, action.response));
      case 'startTimer':
        return this.#timers.start(action.timer, action.delayMs);
      case 'stopTimers':
        return this.#timers.stop();
      case 'passUp':
        return user.onResponse(action.response);
      case 'tellTimeout':
        return user.onTimeout();
      case 'tellTransportError':
        return user.onTransportError(action.reason);
      case 'end':
        this.#cancelTimer?.cancel();
        return this.#options.onEnd(this);
    }
  }
}

/** A branch that no other request of ours has, with the cookie of RFC 3261 §8.1.1.7. */
export const newBranch = (runtime: Runtime): string => `z9hG4bK${randomToken(runtime, 10)}`;
