// Client transaction for INVITE. RFC 3261 §17.1.1, RFC 6026 §7.2.
import type { SipResponse } from '../syntax/index.ts';
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

function start(context: MachineContext): ClientStep {
  const { timers, isReliable } = context;
  const retransmit: ClientAction[] = isReliable ? [] : [{ kind: 'startTimer', timer: 'A', delayMs: timers.t1Ms }];
  return {
    state: { name: 'calling', intervalMs: timers.t1Ms },
    actions: [{ kind: 'startTimer', timer: 'B', delayMs: timers.giveUpMs }, ...retransmit, { kind: 'sendRequest' }],
  };
}

/** A response that comes before any final one. */
function beforeFinal(response: SipResponse, { timers, isReliable }: MachineContext): ClientStep {
  const passUp: ClientAction = { kind: 'passUp', response };
  if (response.statusCode < 200) {
    return { state: { name: 'proceeding', intervalMs: 0 }, actions: [{ kind: 'stopTimers' }, passUp] };
  }
  if (response.statusCode < 300) {
    // RFC 6026 §7.2: a 2xx moves to Accepted, so that 2xx of other branches still reach the user
    return {
      state: { name: 'accepted', intervalMs: 0 },
      actions: [{ kind: 'stopTimers' }, { kind: 'startTimer', timer: 'M', delayMs: timers.giveUpMs }, passUp],
    };
  }
  const ack: ClientAction = { kind: 'sendAck', response };
  const delayMs = timers.waitDMs(isReliable);
  if (delayMs === 0) return terminate(ack, passUp);
  return {
    state: { name: 'completed', intervalMs: 0 },
    actions: [{ kind: 'stopTimers' }, { kind: 'startTimer', timer: 'D', delayMs }, ack, passUp],
  };
}

function calling(state: ClientState, input: ClientInput, context: MachineContext): ClientStep {
  switch (input.kind) {
    case 'start':
      return start(context);
    case 'response':
      return beforeFinal(input.response, context);
    case 'timer': {
      if (input.timer === 'B') return terminate({ kind: 'tellTimeout' });
      if (input.timer !== 'A') return stay(state);
      // RFC 3261 §17.1.1.2: timer A doubles at every retransmission, without a ceiling
      const delayMs = state.intervalMs * 2;
      return {
        state: { name: 'calling', intervalMs: delayMs },
        actions: [{ kind: 'startTimer', timer: 'A', delayMs }, { kind: 'sendRequest' }],
      };
    }
    case 'transportError':
      return terminate({ kind: 'tellTransportError', reason: input.reason });
  }
}

function proceeding(state: ClientState, input: ClientInput, context: MachineContext): ClientStep {
  // WHY: a lost connection is no end here, since the server may open one of its own for the final response.
  return input.kind === 'response' ? beforeFinal(input.response, context) : stay(state);
}

function completed(state: ClientState, input: ClientInput): ClientStep {
  switch (input.kind) {
    case 'response':
      // RFC 3261 §17.1.1.2: a retransmitted final response is acknowledged again and not passed up
      if (input.response.statusCode < 300) return stay(state);
      return { state, actions: [{ kind: 'sendAck', response: input.response }] };
    case 'timer':
      return input.timer === 'D' ? terminate() : stay(state);
    case 'transportError':
      return terminate({ kind: 'tellTransportError', reason: input.reason });
    case 'start':
      return stay(state);
  }
}

function accepted(state: ClientState, input: ClientInput): ClientStep {
  if (input.kind === 'timer' && input.timer === 'M') return terminate();
  if (input.kind === 'response' && input.response.statusCode >= 200 && input.response.statusCode < 300) {
    return { state, actions: [{ kind: 'passUp', response: input.response }] };
  }
  return stay(state);
}

/** One step of the machine of RFC 3261 Figure 5 as amended by RFC 6026. */
export function inviteClientStep(state: ClientState, input: ClientInput, context: MachineContext): ClientStep {
  switch (state.name) {
    case 'calling':
      return calling(state, input, context);
    case 'proceeding':
      return proceeding(state, input, context);
    case 'completed':
      return completed(state, input);
    case 'accepted':
      return accepted(state, input);
    case 'trying':
    case 'terminated':
      return stay(state);
  }
}

export const inviteClient: ClientMachine = { initial: { name: 'calling', intervalMs: 0 }, step: inviteClientStep };
