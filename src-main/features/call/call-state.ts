// The call as a state machine: what happened in, what to do out. Pure; call.ts performs the actions.
import { unreachable } from '../../base/result.ts';

export type CallPhase = 'dialing' | 'ringing' | 'early' | 'connected' | 'ended';

/** Why and by whom a call ended. `failure` is the network or ourselves, not a person. */
export interface CallEnding {
  readonly by: 'local' | 'remote' | 'failure';
  readonly statusCode?: number;
  readonly reason: string;
}

export interface CallState {
  readonly direction: 'incoming' | 'outgoing';
  readonly phase: CallPhase;
  readonly ending?: CallEnding;
}

export type CallInput =
  | { readonly kind: 'progressed'; readonly hasEarlyMedia: boolean; readonly isRinging: boolean }
  | { readonly kind: 'answered' }
  | { readonly kind: 'failed'; readonly ending: CallEnding }
  | { readonly kind: 'answerRequested' }
  | { readonly kind: 'rejectRequested'; readonly statusCode: number }
  | { readonly kind: 'redirectRequested' }
  | { readonly kind: 'hangUpRequested' }
  /** The peer has gone over to somebody else. RFC 5589 §6.1 */
  | { readonly kind: 'transferred' }
  | { readonly kind: 'remoteEnded'; readonly ending: CallEnding };

export type CallAction =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'accept' }
  | { readonly kind: 'reject'; readonly statusCode: number }
  | { readonly kind: 'redirect' }
  | { readonly kind: 'bye' }
  | { readonly kind: 'playTone'; readonly tone: 'ringBack' | 'busy' | 'congestion' }
  | { readonly kind: 'stopTone' }
  | { readonly kind: 'release' };

export interface CallStep {
  readonly state: CallState;
  readonly actions: readonly CallAction[];
  /** Whether the input meant anything in this state; a command that did not is refused. */
  readonly isAccepted: boolean;
}

export const startOutgoing = (): CallState => ({ direction: 'outgoing', phase: 'dialing' });
export const startIncoming = (): CallState => ({ direction: 'incoming', phase: 'ringing' });

const BUSY_CODES = new Set([486, 600, 603]);

export function callStep(state: CallState, input: CallInput): CallStep {
  if (state.phase === 'ended') return ignore(state);
  if (input.kind === 'remoteEnded') return end(state, input.ending, [{ kind: 'stopTone' }]);
  if (state.phase === 'connected') return connectedStep(state, input);
  return state.direction === 'outgoing' ? outgoingStep(state, input) : incomingStep(state, input);
}

function outgoingStep(state: CallState, input: CallInput): CallStep {
  switch (input.kind) {
    case 'progressed':
      return progress(state, input);
    case 'answered':
      return accept({ ...state, phase: 'connected' }, [{ kind: 'stopTone' }]);
    case 'failed':
      return end(state, input.ending, [failureTone(input.ending)]);
    case 'hangUpRequested':
      return end(state, { by: 'local', reason: 'cancelled' }, [{ kind: 'stopTone' }, { kind: 'cancel' }]);
    case 'answerRequested':
    case 'rejectRequested':
    case 'redirectRequested':
    case 'transferred':
    case 'remoteEnded':
      return ignore(state);
    default:
      return unreachable(input);
  }
}

/** RFC 3960 §3.2: the phone makes the ring-back itself until the far side sends sound. */
function progress(state: CallState, input: { readonly hasEarlyMedia: boolean; readonly isRinging: boolean }): CallStep {
  if (input.hasEarlyMedia) return accept({ ...state, phase: 'early' }, [{ kind: 'stopTone' }]);
  if (!input.isRinging || state.phase !== 'dialing') return ignore(state);
  return accept({ ...state, phase: 'ringing' }, [{ kind: 'playTone', tone: 'ringBack' }]);
}

function incomingStep(state: CallState, input: CallInput): CallStep {
  switch (input.kind) {
    case 'answerRequested':
      return accept({ ...state, phase: 'connected' }, [{ kind: 'accept' }]);
    case 'rejectRequested':
      return end(state, { by: 'local', statusCode: input.statusCode, reason: 'declined' }, [
        { kind: 'reject', statusCode: input.statusCode },
      ]);
    case 'redirectRequested':
      return end(state, { by: 'local', statusCode: 302, reason: 'redirected' }, [{ kind: 'redirect' }]);
    case 'hangUpRequested':
      return end(state, { by: 'local', statusCode: 486, reason: 'declined' }, [{ kind: 'reject', statusCode: 486 }]);
    case 'failed':
      return end(state, input.ending, []);
    case 'progressed':
    case 'answered':
    case 'transferred':
    case 'remoteEnded':
      return ignore(state);
    default:
      return unreachable(input);
  }
}

function connectedStep(state: CallState, input: CallInput): CallStep {
  switch (input.kind) {
    case 'hangUpRequested':
      return end(state, { by: 'local', reason: 'hung up' }, [{ kind: 'bye' }]);
    case 'transferred':
      return end(state, { by: 'local', reason: 'transferred' }, [{ kind: 'bye' }]);
    case 'failed':
      return end(state, input.ending, [{ kind: 'bye' }]);
    case 'progressed':
    case 'answered':
    case 'answerRequested':
    case 'rejectRequested':
    case 'redirectRequested':
    case 'remoteEnded':
      return ignore(state);
    default:
      return unreachable(input);
  }
}

function failureTone(ending: CallEnding): CallAction {
  if (ending.by === 'local') return { kind: 'stopTone' };
  return { kind: 'playTone', tone: BUSY_CODES.has(ending.statusCode ?? 0) ? 'busy' : 'congestion' };
}

const ignore = (state: CallState): CallStep => ({ state, actions: [], isAccepted: false });

const accept = (state: CallState, actions: readonly CallAction[]): CallStep => ({ state, actions, isAccepted: true });

const end = (state: CallState, ending: CallEnding, actions: readonly CallAction[]): CallStep =>
  accept({ ...state, phase: 'ended', ending }, [...actions, { kind: 'release' }]);
