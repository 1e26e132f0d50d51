// Runs a server machine with real timers and the flow on which the request came. RFC 3261 §17.2.
import type { Runtime } from '../../base/runtime.ts';
import { buildResponse, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { Flow } from '../transport/index.ts';
import type { ServerAction, ServerInput, ServerMachine, ServerState } from './server-machine.ts';
import type { SipTimers } from './sip-timers.ts';
import { StepQueue } from './step-queue.ts';
import { TransactionTimers } from './transaction-timers.ts';

/** Who answers the request. */
export interface ServerTransactionUser {
  /** A non-2xx final response to INVITE was never acknowledged. */
  onTimeout(): void;
  /** A response could not be handed over. */
  onTransportError(reason: string): void;
}

export interface ServerTransactionOptions {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  readonly machine: ServerMachine;
  readonly timers: SipTimers;
  readonly runtime: Runtime;
  readonly send: (response: SipResponse, flow: Flow) => void;
  readonly onAck: (request: SipRequest, flow: Flow) => void;
  readonly onEnd: (transaction: ServerTransaction) => void;
}

/** One request that came and waits for its answer. */
export class ServerTransaction {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  readonly #options: ServerTransactionOptions;
  readonly #timers: TransactionTimers;
  readonly #queue = new StepQueue<ServerInput>((input) => this.#step(input));
  #state: ServerState;
  #user: ServerTransactionUser | undefined;
  #finalStatusCode: number | undefined;

  constructor(options: ServerTransactionOptions) {
    this.request = options.request;
    this.flow = options.flow;
    this.key = options.key;
    this.#options = options;
    this.#timers = new TransactionTimers(options.runtime, (timer) => this.#queue.push({ kind: 'timer', timer }));
    this.#state = options.machine.initial;
  }

  get stateName(): ServerState['name'] {
    return this.#state.name;
  }

  /** The final status that was given to `respond`, if any: from then on only a 2xx may be repeated. */
  get finalStatusCode(): number | undefined {
    return this.#finalStatusCode;
  }

  /** Names who hears of time-outs and transport errors from now on. */
  observe(user: ServerTransactionUser): void {
    this.#user = user;
  }

  start(): void {
    this.#queue.push({ kind: 'start' });
  }

  /** Sends `response`; ignored when the machine's state does not allow it. */
  respond(response: SipResponse): void {
    if (response.statusCode >= 200) this.#finalStatusCode ??= response.statusCode;
    this.#queue.push({ kind: 'respond', response });
  }

  receiveRetransmission(): void {
    this.#queue.push({ kind: 'retransmission' });
  }

  receiveAck(request: SipRequest): void {
    this.#queue.push({ kind: 'ack', request });
  }

  transportError(reason: string): void {
    this.#queue.push({ kind: 'transportError', reason });
  }

  /** Stops at once without telling anybody. */
  abandon(): void {
    this.#timers.stop();
    this.#state = { name: 'terminated', intervalMs: 0 };
  }

  #step(input: ServerInput): void {
    const { machine, timers } = this.#options;
    const step = machine.step(this.#state, input, { timers, isReliable: this.flow.isReliable });
    this.#state = step.state;
    for (const action of step.actions) this.#perform(action);
  }

  #perform(action: ServerAction): void {
    switch (action.kind) {
      case 'sendResponse':
        return this.#options.send(action.response, this.flow);
      case 'sendTrying':
        return this.respond(buildResponse(this.request, 100));
      case 'startTimer':
        return this.#timers.start(action.timer, action.delayMs);
      case 'stopTimers':
        return this.#timers.stop();
      case 'passUpAck':
        return this.#options.onAck(action.request, this.flow);
      case 'tellTimeout':
        return this.#user?.onTimeout();
      case 'tellTransportError':
        return this.#user?.onTransportError(action.reason);
      case 'end':
        return this.#options.onEnd(this);
    }
  }
}
