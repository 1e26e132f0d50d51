// The answering machine for one call as a state machine: wait, answer, greet, beep, record. Pure; answering-machine.ts performs.
import { unreachable } from '../../../base/result.ts';
import {
  after,
  go,
  type AwayInput,
  type AwayPhase,
  type AwayPlan,
  type AwayState,
  type AwayStep,
} from './away-step.ts';
import { afterGreeting, beepOrRecord, duringGreeting, isInMenu, whileMenu } from './caller-menu.ts';
import { isNaming, whileNaming } from './name-asking.ts';

export const awayStart: AwayState = { phase: 'waiting' };

/** What is not provided for is ignored. */
export function awayStep(state: AwayState, input: AwayInput, plan: AwayPlan): AwayStep {
  return next(state.phase, input.kind, plan) ?? { state, actions: [] };
}

function next(phase: AwayPhase, input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  if (phase === 'finished') return undefined;
  if (input === 'answerFailed') return go('finished', 'stopWait');
  if (isInMenu(phase)) return whileMenu(phase, input, plan);
  if (isNaming(phase)) return whileNaming(phase, input, plan);
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
    case 'talking':
      return withPerson(phase, input);
    default:
      return unreachable(phase);
  }
}

/** Who speaks there ends it by hanging up, and by nothing else. */
function withPerson(phase: 'remote' | 'talking', input: AwayInput['kind']): AwayStep | undefined {
  if (input !== 'callEnded') return undefined;
  return phase === 'talking' ? go('finished', 'saveRecording') : go('finished');
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
  if (plan.asksName) return go('askingName', 'answerAndAskName');
  if (plan.hasGreeting && plan.greetsEarly) return go('greetingEarly', 'playEarlyGreeting');
  return plan.hasGreeting ? go('greeting', 'answerAndGreet') : after(['answer'], afterGreeting(plan));
}

function whileGreetingEarly(input: AwayInput['kind'], plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'earlyFailed':
      return go('greeting', 'answerAndGreet');
    case 'soundEnded':
    case 'skipPressed':
      return after(['answer'], afterGreeting(plan));
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
      return phase === 'greeting' ? duringGreeting(input, plan) : undefined;
  }
}

/** The greeting may be skipped, the notice may not. */
function afterSound(phase: AwayPhase, input: 'soundEnded' | 'skipPressed', plan: AwayPlan): AwayStep | undefined {
  if (phase === 'greeting') return afterGreeting(plan);
  return phase === 'noticing' && input === 'soundEnded' ? beepOrRecord(plan) : undefined;
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
