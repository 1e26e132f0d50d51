// Inputs and actions that both client transaction machines share. RFC 3261 §17.1.
import type { SipResponse } from '../syntax/index.ts';
import type { SipTimers, TimerName } from './sip-timers.ts';

export type ClientStateName = 'calling' | 'trying' | 'proceeding' | 'completed' | 'accepted' | 'terminated';

export interface ClientState {
  readonly name: ClientStateName;
  /** Interval of the running retransmission timer (A or E). */
  readonly intervalMs: number;
}

export type ClientInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'response'; readonly response: SipResponse }
  | { readonly kind: 'timer'; readonly timer: TimerName }
  | { readonly kind: 'transportError'; readonly reason: string };

export type ClientAction =
  | { readonly kind: 'sendRequest' }
  | { readonly kind: 'sendAck'; readonly response: SipResponse }
  | { readonly kind: 'startTimer'; readonly timer: TimerName; readonly delayMs: number }
  | { readonly kind: 'stopTimers' }
  | { readonly kind: 'passUp'; readonly response: SipResponse }
  | { readonly kind: 'tellTimeout' }
  | { readonly kind: 'tellTransportError'; readonly reason: string }
  | { readonly kind: 'end' };

/** What a machine knows about its surroundings. */
export interface MachineContext {
  readonly timers: SipTimers;
  readonly isReliable: boolean;
}

export interface ClientStep {
  readonly state: ClientState;
  readonly actions: readonly ClientAction[];
}

/** A client machine: `start` is its first input. */
export interface ClientMachine {
  readonly initial: ClientState;
  step(state: ClientState, input: ClientInput, context: MachineContext): ClientStep;
}

/** Nothing happens. */
export const stay = (state: ClientState): ClientStep => ({ state, actions: [] });

/** Into `terminated`, after `actions`. */
export function terminate(...actions: readonly ClientAction[]): ClientStep {
  return {
    state: { name: 'terminated', intervalMs: 0 },
    actions: [{ kind: 'stopTimers' }, ...actions, { kind: 'end' }],
  };
}
