// The answering machine for one call as a state machine: wait, answer, greet, beep, record. Pure; answering-machine.ts performs.
import { unreachable } from '../../../base/result.ts';

export type AwayPhase =
  | 'waiting'
  /** The caller hears the greeting and the call is not answered yet, so that he pays for nothing. */
  | 'greetingEarly'
  | 'greeting'
  /** The caller is told that what he says is recorded. */
  | 'noticing'
  | 'beeping'
  | 'recording'
  /** The user has the caller told something in his place; what the caller says meanwhile is still recorded. */
  | 'replying'
  | 'apologising'
  /** The user speaks to the caller, and the recording goes on. */
  | 'talking'
  /** The owner hears his messages from afar. */
  | 'remote'
  | 'finished';

export interface AwayState {
  readonly phase: AwayPhase;
}

export interface AwayPlan {
  readonly hasGreeting: boolean;
  readonly hasNotice: boolean;
  readonly hasBeep: boolean;
  /** The greeting comes before the answer. */
  readonly greetsEarly: boolean;
  /** Whether `#` during the greeting asks for the owner's PIN. */
  readonly hasRemoteAccess: boolean;
  /** Whether a recording goes on when the user picks up. */
  readonly recordsOn: boolean;
}

export type AwayInput =
  | { readonly kind: 'callRings' }
  | { readonly kind: 'waitOver' }
  | { readonly kind: 'answerFailed' }
  /** Nothing can be sent before the answer. */
  | { readonly kind: 'earlyFailed' }
  /** The greeting, a reply or the apology was said. */
  | { readonly kind: 'soundEnded' }
  | { readonly kind: 'beepEnded' }
  /** The caller pressed `*`: he knows the greeting. */
  | { readonly kind: 'skipPressed' }
  /** The caller pressed `#`: he has said all, or he is the owner and wants to hear his messages. */
  | { readonly kind: 'endPressed' }
  /** Silence or the limit: the machine has what it can get. */
  | { readonly kind: 'recordingEnded' }
  /** The disk is full, or the folder cannot be written. */
  | { readonly kind: 'recordingFailed' }
  | { readonly kind: 'replyChosen' }
  /** The user takes the call from the machine. */
  | { readonly kind: 'pickedUp' }
  /** A person took the call before the machine did, or elsewhere. */
  | { readonly kind: 'callTaken' }
  | { readonly kind: 'callEnded' };

export type AwayAction =
  | 'startWait'
  | 'stopWait'
  | 'answer'
  /** With the greeting as the first thing that is heard. */
  | 'answerAndGreet'
  | 'answerInPerson'
  | 'playEarlyGreeting'
  | 'playNotice'
  | 'playBeep'
  | 'playReply'
  | 'playApology'
  | 'startRecording'
  | 'saveRecording'
  /** From now on neither silence nor the limit ends it. */
  | 'loosenRecording'
  | 'connect'
  | 'startRemoteAccess'
  | 'hangUp';

export interface AwayStep {
  readonly state: AwayState;
  readonly actions: readonly AwayAction[];
}

export const awayStart: AwayState = { phase: 'waiting' };

const go = (phase: AwayPhase, ...actions: readonly AwayAction[]): AwayStep => ({ state: { phase }, actions });

/** What is not provided for is ignored. */
export function awayStep(state: AwayState, input: AwayInput, plan: AwayPlan): AwayStep {
  return next(state.phase, input.kind, plan) ?? { state, actions: [] };
}

function next(phase: AwayPhase, input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  if (phase === 'finished') return undefined;
  if (input === 'answerFailed') return go('finished', 'stopWait');
  switch (phase) {
    case 'waiting':
      return whileWaiting(input, plan);
    case 'greetingEarly':
      return whileGreetingEarly(input, plan);
    case 'greeting':
    case 'noticing':
    case 'beeping':
      return beforeRecording(phase, input, plan);
    case 'recording':
      return whileRecording(input, plan);
    case 'replying':
      return whileReplying(input, plan);
    case 'apologising':
      return whileApologising(input);
    case 'remote':
      return input === 'callEnded' ? go('finished') : undefined;
    case 'talking':
      return input === 'callEnded' ? go('finished', 'saveRecording') : undefined;
    default:
      return unreachable(phase);
  }
}

function whileWaiting(input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'callRings':
      return go('waiting', 'startWait');
    case 'waitOver':
      return answer(plan);
    case 'callTaken':
    case 'callEnded':
      return go('finished', 'stopWait');
    default:
      return undefined;
  }
}

function answer(plan: AwayPlan): AwayStep {
  if (plan.hasGreeting && plan.greetsEarly) return go('greetingEarly', 'playEarlyGreeting');
  return plan.hasGreeting ? go('greeting', 'answerAndGreet') : answerForMessage(plan);
}

function answerForMessage(plan: AwayPlan): AwayStep {
  const { state, actions } = plan.hasNotice ? go('noticing', 'playNotice') : beep(plan);
  return { state, actions: ['answer', ...actions] };
}

const beep = ({ hasBeep }: AwayPlan): AwayStep =>
  hasBeep ? go('beeping', 'playBeep') : go('recording', 'startRecording');

function whileGreetingEarly(input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'earlyFailed':
      return go('greeting', 'answerAndGreet');
    case 'soundEnded':
    case 'skipPressed':
      return answerForMessage(plan);
    case 'endPressed':
      return plan.hasRemoteAccess ? go('remote', 'answer', 'startRemoteAccess') : undefined;
    case 'pickedUp':
      return go('finished', 'answerInPerson');
    case 'callTaken':
    case 'callEnded':
      return go('finished');
    default:
      return undefined;
  }
}

function beforeRecording(phase: AwayPhase, input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'soundEnded':
    case 'skipPressed':
      return afterSound(phase, input, plan);
    case 'beepEnded':
      return phase === 'beeping' ? go('recording', 'startRecording') : undefined;
    case 'endPressed':
      return plan.hasRemoteAccess ? go('remote', 'stopWait', 'startRemoteAccess') : undefined;
    case 'replyChosen':
      return go('replying', 'stopWait', 'playReply');
    case 'pickedUp':
      return go('finished', 'stopWait', 'connect');
    case 'callTaken':
    case 'callEnded':
      return go('finished', 'stopWait');
    default:
      return undefined;
  }
}

/** The greeting may be skipped, the notice may not. */
function afterSound(phase: AwayPhase, input: 'soundEnded' | 'skipPressed', plan: AwayPlan): AwayStep | undefined {
  if (phase === 'greeting') return plan.hasNotice ? go('noticing', 'playNotice') : beep(plan);
  return phase === 'noticing' && input === 'soundEnded' ? beep(plan) : undefined;
}

function whileRecording(input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'recordingEnded':
    case 'endPressed':
      return go('finished', 'saveRecording', 'hangUp');
    case 'recordingFailed':
      return go('apologising', 'playApology');
    case 'replyChosen':
      return go('replying', 'playReply');
    default:
      return leaveRecording(input, plan);
  }
}

function whileReplying(input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  if (input === 'soundEnded') return go('finished', 'saveRecording', 'hangUp');
  return input === 'replyChosen' ? go('replying', 'playReply') : leaveRecording(input, plan);
}

function leaveRecording(input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'pickedUp':
      return plan.recordsOn ? go('talking', 'connect', 'loosenRecording') : go('finished', 'connect', 'saveRecording');
    case 'callTaken':
    case 'callEnded':
      return go('finished', 'saveRecording');
    default:
      return undefined;
  }
}

function whileApologising(input: AwayInput['kind']): AwayStep | undefined {
  switch (input) {
    case 'soundEnded':
      return go('finished', 'hangUp');
    case 'pickedUp':
      return go('finished', 'connect');
    case 'callTaken':
    case 'callEnded':
      return go('finished');
    default:
      return undefined;
  }
}
