// Inputs and actions that both server transaction machines share. RFC 3261 §17.2.
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { MachineContext } from './client-machine.ts';
import type { TimerName } from './sip-timers.ts';

export type ServerStateName = 'trying' | 'proceeding' | 'completed' | 'confirmed' | 'accepted' | 'terminated';

export interface ServerState {
  readonly name: ServerStateName;
  /** What a retransmitted request is answered with. */
  readonly lastResponse?: SipResponse;
  /** Interval of timer G. */
  readonly intervalMs: number;
}

export type ServerInput =
  | { readonly kind: 'start' }
  /** The same request again. */
  | { readonly kind: 'retransmission' }
  | { readonly kind: 'ack'; readonly request: SipRequest }
  /** The user wants this response to be sent. */
  | { readonly kind: 'respond'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'transportError'; readonly reason: string };

export type ServerAction =
  | { readonly kind: 'sendResponse'; readonly response: SipResponse }
  /** 100 made by the transaction itself. */
  | { readonly kind: 'sendTrying' }
  | { readonly kind: 'startTimer'; readonly timer: TimerName; readonly delayMs: number }
  | { readonly kind: 'stopTimers' }
  | { readonly kind: 'passUpAck'; readonly request: SipRequest }
  | { readonly kind: 'tellTimeout' }
  | { readonly kind: 'tellTransportError'; readonly reason: string }
  | { readonly kind: 'end' };

export interface ServerStep {
  readonly state: ServerState;
  readonly actions: readonly ServerAction[];
}

/** A server machine: `start` is its first input, given with the first copy of the request. */
export interface ServerMachine {
  readonly initial: ServerState;
  step(state: ServerState, input: ServerInput, context: MachineContext): ServerStep;
}

export const stayServer = (state: ServerState): ServerStep => ({ state, actions: [] });

/** Sends the last response again, if there is one. */
export function repeatLast(state: ServerState): ServerStep {
  const { lastResponse } = state;
  return { state, actions: lastResponse ? [{ kind: 'sendResponse', response: lastResponse }] : [] };
}

export function terminateServer(...actions: readonly ServerAction[]): ServerStep {
  return {
    state: { name: 'terminated', intervalMs: 0 },
    actions: [{ kind: 'stopTimers' }, ...actions, { kind: 'end' }],
  };
}
