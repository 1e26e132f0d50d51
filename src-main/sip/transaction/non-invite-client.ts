// Client transaction for every method but INVITE and ACK. RFC 3261 §17.1.2.
import {
  stay,
  terminate,
  type ClientAction,
  type ClientInput,
  type ClientMachine,
  type ClientState,
  type ClientStep,
  type MachineContext,
} from './client-machine.ts';

function start({ timers, isReliable }: MachineContext): ClientStep {
  const retransmit: ClientAction[] = isReliable ? [] : [{ kind: 'startTimer', timer: 'E', delayMs: timers.t1Ms }];
  return {
    state: { name: 'trying', intervalMs: timers.t1Ms },
    actions: [{ kind: 'startTimer', timer: 'F', delayMs: timers.giveUpMs }, ...retransmit, { kind: 'sendRequest' }],
  };
}

function retransmit(state: ClientState, { timers }: MachineContext): ClientStep {
  // RFC 3261 §17.1.2.2: E doubles up to T2 while Trying and is T2 while Proceeding
  const delayMs = state.name === 'proceeding' ? timers.t2Ms : Math.min(state.intervalMs * 2, timers.t2Ms);
  return {
    state: { name: state.name, intervalMs: delayMs },
    actions: [{ kind: 'startTimer', timer: 'E', delayMs }, { kind: 'sendRequest' }],
  };
}

function waiting(state: ClientState, input: ClientInput, context: MachineContext): ClientStep {
  switch (input.kind) {
    case 'start':
      return state.name === 'trying' ? start(context) : stay(state);
    case 'response': {
      const passUp: ClientAction = { kind: 'passUp', response: input.response };
      if (input.response.statusCode < 200) {
        return { state: { name: 'proceeding', intervalMs: state.intervalMs }, actions: [passUp] };
      }
      const delayMs = context.timers.waitT4Ms(context.isReliable);
      if (delayMs === 0) return terminate(passUp);
      return {
        state: { name: 'completed', intervalMs: 0 },
        actions: [{ kind: 'stopTimers' }, { kind: 'startTimer', timer: 'K', delayMs }, passUp],
      };
    }
    case 'timer':
      if (input.timer === 'F') return terminate({ kind: 'tellTimeout' });
      return input.timer === 'E' ? retransmit(state, context) : stay(state);
    case 'transportError':
      return terminate({ kind: 'tellTransportError', reason: input.reason });
  }
}

/** One step of the machine of RFC 3261 Figure 6. */
export function nonInviteClientStep(state: ClientState, input: ClientInput, context: MachineContext): ClientStep {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return waiting(state, input, context);
    case 'completed':
      // RFC 3261 §17.1.2.2: Completed only absorbs retransmissions until timer K fires
      return input.kind === 'timer' && input.timer === 'K' ? terminate() : stay(state);
    case 'calling':
    case 'accepted':
    case 'terminated':
      return stay(state);
  }
}

export const nonInviteClient: ClientMachine = {
  initial: { name: 'trying', intervalMs: 0 },
  step: nonInviteClientStep,
};
