// The answering machine for one call as a state machine: wait, answer, greet, beep, record. Pure; answering-machine.ts performs.
import { unreachable } from '../../../base/result.ts';

export type AwayPhase = 'waiting' | 'greeting' | 'beeping' | 'recording' | 'finished';

export interface AwayState {
  readonly phase: AwayPhase;
}

export interface AwayPlan {
  readonly answerAfterMs: number;
  readonly hasGreeting: boolean;
  readonly hasBeep: boolean;
}

export type AwayInput =
  | { readonly kind: 'callRings' }
  | { readonly kind: 'waitOver' }
  | { readonly kind: 'answerFailed' }
  | { readonly kind: 'greetingEnded' }
  | { readonly kind: 'beepEnded' }
  /** Silence or the limit: the machine has what it can get. */
  | { readonly kind: 'recordingEnded' }
  /** A person took the call, or it is over. */
  | { readonly kind: 'callTaken' }
  | { readonly kind: 'callEnded' };

export type AwayAction =
  | { readonly kind: 'startWait'; readonly delayMs: number }
  | { readonly kind: 'stopWait' }
  | { readonly kind: 'answer' }
  | { readonly kind: 'playGreeting' }
  | { readonly kind: 'playBeep' }
  | { readonly kind: 'startRecording' }
  | { readonly kind: 'saveRecording' }
  | { readonly kind: 'hangUp' };

export interface AwayStep {
  readonly state: AwayState;
  readonly actions: readonly AwayAction[];
}

export const awayStart: AwayState = { phase: 'waiting' };

const go = (phase: AwayPhase, ...actions: readonly AwayAction[]): AwayStep => ({ state: { phase }, actions });
const stay = (state: AwayState): AwayStep => ({ state, actions: [] });

export function awayStep(state: AwayState, input: AwayInput, plan: AwayPlan): AwayStep {
  switch (input.kind) {
    case 'callRings':
      return state.phase === 'waiting'
        ? go('waiting', { kind: 'startWait', delayMs: plan.answerAfterMs })
        : stay(state);
    case 'waitOver':
      return state.phase === 'waiting' ? answer(plan) : stay(state);
    case 'answerFailed':
      return state.phase === 'finished' ? stay(state) : go('finished', { kind: 'stopWait' });
    case 'greetingEnded':
      return state.phase === 'greeting' ? afterGreeting(plan) : stay(state);
    case 'beepEnded':
      return state.phase === 'beeping' ? go('recording', { kind: 'startRecording' }) : stay(state);
    case 'recordingEnded':
      return state.phase === 'recording' ? go('finished', { kind: 'saveRecording' }, { kind: 'hangUp' }) : stay(state);
    case 'callTaken':
    case 'callEnded':
      return leave(state);
    default:
      return unreachable(input);
  }
}

function answer(plan: AwayPlan): AwayStep {
  const answering: AwayAction = { kind: 'answer' };
  if (plan.hasGreeting) return go('greeting', answering, { kind: 'playGreeting' });
  const next = afterGreeting(plan);
  return { state: next.state, actions: [answering, ...next.actions] };
}

function afterGreeting(plan: AwayPlan): AwayStep {
  return plan.hasBeep ? go('beeping', { kind: 'playBeep' }) : go('recording', { kind: 'startRecording' });
}

function leave(state: AwayState): AwayStep {
  switch (state.phase) {
    case 'waiting':
      return go('finished', { kind: 'stopWait' });
    case 'recording':
      return go('finished', { kind: 'saveRecording' });
    case 'greeting':
    case 'beeping':
      return go('finished');
    case 'finished':
      return stay(state);
    default:
      return unreachable(state.phase);
  }
}
