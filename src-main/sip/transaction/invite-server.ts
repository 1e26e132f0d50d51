// Server transaction for INVITE. RFC 3261 §17.2.1, RFC 6026 §7.1.
import type { SipResponse } from '../syntax/index.ts';
import type { MachineContext } from './client-machine.ts';
import {
  repeatLast,
  stayServer,
  terminateServer,
  type ServerAction,
  type ServerInput,
  type ServerMachine,
  type ServerState,
  type ServerStep,
} from './server-machine.ts';

/** The user's response to a transaction that has sent no final one yet. */
function respond(response: SipResponse, { timers, isReliable }: MachineContext): ServerStep {
  const send: ServerAction = { kind: 'sendResponse', response };
  if (response.statusCode < 200) {
    return {
      state: { name: 'proceeding', lastResponse: response, intervalMs: 0 },
      actions: [{ kind: 'stopTimers' }, send],
    };
  }
  if (response.statusCode < 300) {
    // RFC 6026 §7.1: after a 2xx the transaction stays for 64*T1 to absorb retransmitted INVITEs
    return {
      state: { name: 'accepted', intervalMs: 0 },
      actions: [{ kind: 'stopTimers' }, { kind: 'startTimer', timer: 'L', delayMs: timers.giveUpMs }, send],
    };
  }
  const retransmit: ServerAction[] = isReliable ? [] : [{ kind: 'startTimer', timer: 'G', delayMs: timers.t1Ms }];
  return {
    state: { name: 'completed', lastResponse: response, intervalMs: timers.t1Ms },
    actions: [
      { kind: 'stopTimers' },
      { kind: 'startTimer', timer: 'H', delayMs: timers.giveUpMs },
      ...retransmit,
      send,
    ],
  };
}

function proceeding(state: ServerState, input: ServerInput, context: MachineContext): ServerStep {
  switch (input.kind) {
    case 'start':
      return { state, actions: [{ kind: 'startTimer', timer: 'trying', delayMs: context.timers.tryingMs }] };
    case 'retransmission':
      return repeatLast(state);
    case 'respond':
      return respond(input.response, context);
    case 'timer':
      // RFC 3261 §17.2.1: 100 is sent unless the user responds within 200 ms
      return input.timer === 'trying' ? { state, actions: [{ kind: 'sendTrying' }] } : stayServer(state);
    case 'transportError':
      return { state, actions: [{ kind: 'tellTransportError', reason: input.reason }] };
    case 'ack':
      return stayServer(state);
  }
}

function completed(state: ServerState, input: ServerInput, context: MachineContext): ServerStep {
  switch (input.kind) {
    case 'retransmission':
      return repeatLast(state);
    case 'ack': {
      const delayMs = context.timers.waitT4Ms(context.isReliable);
      if (delayMs === 0) return terminateServer();
      return {
        state: { name: 'confirmed', intervalMs: 0 },
        actions: [{ kind: 'stopTimers' }, { kind: 'startTimer', timer: 'I', delayMs }],
      };
    }
    case 'timer': {
      if (input.timer === 'H') return terminateServer({ kind: 'tellTimeout' });
      if (input.timer !== 'G') return stayServer(state);
      // RFC 3261 §17.2.1: timer G doubles up to T2
      const delayMs = Math.min(state.intervalMs * 2, context.timers.t2Ms);
      const again = repeatLast({ ...state, intervalMs: delayMs });
      return { state: again.state, actions: [{ kind: 'startTimer', timer: 'G', delayMs }, ...again.actions] };
    }
    case 'transportError':
      // RFC 6026 §8.4: the user is told, and the transaction waits on for its timers
      return { state, actions: [{ kind: 'tellTransportError', reason: input.reason }] };
    case 'start':
    case 'respond':
      return stayServer(state);
  }
}

function accepted(state: ServerState, input: ServerInput): ServerStep {
  switch (input.kind) {
    case 'respond':
      // RFC 6026 §7.1: the user's retransmissions of the 2xx go straight to the transport
      if (input.response.statusCode < 200 || input.response.statusCode > 299) return stayServer(state);
      return { state, actions: [{ kind: 'sendResponse', response: input.response }] };
    case 'ack':
      return { state, actions: [{ kind: 'passUpAck', request: input.request }] };
    case 'timer':
      return input.timer === 'L' ? terminateServer() : stayServer(state);
    case 'transportError':
      return { state, actions: [{ kind: 'tellTransportError', reason: input.reason }] };
    case 'start':
    case 'retransmission':
      return stayServer(state);
  }
}

/** One step of the machine of RFC 3261 Figure 7 as amended by RFC 6026. */
export function inviteServerStep(state: ServerState, input: ServerInput, context: MachineContext): ServerStep {
  switch (state.name) {
    case 'proceeding':
      return proceeding(state, input, context);
    case 'completed':
      return completed(state, input, context);
    case 'accepted':
      return accepted(state, input);
    case 'confirmed':
      return input.kind === 'timer' && input.timer === 'I' ? terminateServer() : stayServer(state);
    case 'trying':
    case 'terminated':
      return stayServer(state);
  }
}

export const inviteServer: ServerMachine = {
  initial: { name: 'proceeding', intervalMs: 0 },
  step: inviteServerStep,
};
