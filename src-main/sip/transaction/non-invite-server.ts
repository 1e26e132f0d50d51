// Server transaction for every method but INVITE and ACK. RFC 3261 §17.2.2, RFC 4320.
import type { SipResponse } from '../syntax/index.ts';
import type { MachineContext } from './client-machine.ts';
import {
  repeatLast,
  stayServer,
  terminateServer,
  type ServerInput,
  type ServerMachine,
  type ServerState,
  type ServerStep,
} from './server-machine.ts';

function respond(state: ServerState, response: SipResponse, { timers, isReliable }: MachineContext): ServerStep {
  if (response.statusCode < 200) {
    // RFC 4320 §4.1: no provisional response but 100 answers a non-INVITE request
    if (response.statusCode !== 100) return stayServer(state);
    return {
      state: { name: 'proceeding', lastResponse: response, intervalMs: 0 },
      actions: [{ kind: 'sendResponse', response }],
    };
  }
  // RFC 4320 §4.2: 408 is never sent to a non-INVITE request, it would come too late to be of use
  if (response.statusCode === 408) return terminateServer();
  const delayMs = timers.waitJMs(isReliable);
  if (delayMs === 0) return terminateServer({ kind: 'sendResponse', response });
  return {
    state: { name: 'completed', lastResponse: response, intervalMs: 0 },
    actions: [{ kind: 'stopTimers' }, { kind: 'startTimer', timer: 'J', delayMs }, { kind: 'sendResponse', response }],
  };
}

/** RFC 4320 §4.1: no 100 before the client has come to repeat itself every T2 only, and one then. */
function waitForUser(state: ServerState, input: ServerInput, { timers }: MachineContext): ServerStep {
  if (input.kind === 'start') {
    return { state, actions: [{ kind: 'startTimer', timer: 'trying', delayMs: timers.lateTryingMs }] };
  }
  const isDue = input.kind === 'timer' && input.timer === 'trying';
  return isDue ? { state, actions: [{ kind: 'sendTrying' }] } : stayServer(state);
}

function open(state: ServerState, input: ServerInput, context: MachineContext): ServerStep {
  switch (input.kind) {
    case 'retransmission':
      return repeatLast(state);
    case 'respond':
      return respond(state, input.response, context);
    case 'transportError':
      return terminateServer({ kind: 'tellTransportError', reason: input.reason });
    case 'start':
    case 'timer':
      return state.name === 'trying' ? waitForUser(state, input, context) : stayServer(state);
    case 'ack':
      return stayServer(state);
  }
}

function completed(state: ServerState, input: ServerInput): ServerStep {
  switch (input.kind) {
    case 'retransmission':
      return repeatLast(state);
    case 'timer':
      return input.timer === 'J' ? terminateServer() : stayServer(state);
    case 'transportError':
      return terminateServer({ kind: 'tellTransportError', reason: input.reason });
    case 'start':
    case 'ack':
    case 'respond':
      return stayServer(state);
  }
}

/** One step of the machine of RFC 3261 Figure 8. */
export function nonInviteServerStep(state: ServerState, input: ServerInput, context: MachineContext): ServerStep {
  switch (state.name) {
    case 'trying':
    case 'proceeding':
      return open(state, input, context);
    case 'completed':
      return completed(state, input);
    case 'confirmed':
    case 'accepted':
    case 'terminated':
      return stayServer(state);
  }
}

export const nonInviteServer: ServerMachine = {
  initial: { name: 'trying', intervalMs: 0 },
  step: nonInviteServerStep,
};
