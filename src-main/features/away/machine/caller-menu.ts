// What the caller can choose after the greeting: leave a message, be called back, ring through with a PIN. Pure part of away-machine.ts.
import { after, go, type AwayInput, type AwayPhase, type AwayPlan, type AwayStep } from './away-step.ts';

type Input = AwayInput['kind'];

/** What each phase of the menu leaves behind when it ends from outside. */
const LEAVE = {
  choosing: 'stopWait',
  notingCallBack: 'stopWait',
  askingPin: 'stopWait',
  ringingThrough: 'stopRinging',
} as const;

export type MenuPhase = keyof typeof LEAVE;

export const isInMenu = (phase: AwayPhase): phase is MenuPhase => phase in LEAVE;

export const beepOrRecord = ({ hasBeep }: AwayPlan): AwayStep =>
  hasBeep ? go('beeping', 'playBeep') : go('recording', 'startRecording');

export const takeMessage = (plan: AwayPlan): AwayStep =>
  plan.hasNotice ? go('noticing', 'playNotice') : beepOrRecord(plan);

export const afterGreeting = (plan: AwayPlan): AwayStep =>
  plan.hasMenu ? go('choosing', 'playMenu') : takeMessage(plan);

/** Who knows the menu need not hear the greeting. */
export function duringGreeting(input: Input, plan: AwayPlan): AwayStep | undefined {
  const isKey = input === 'onePressed' || input === 'twoPressed' || input === 'zeroPressed';
  return isKey && plan.hasMenu ? whileChoosing(input, plan) : undefined;
}

/** Nothing of it keeps a caller from leaving a message: who presses nothing comes to it as without a menu. */
export function whileMenu(phase: MenuPhase, input: Input, plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'pickedUp':
      return go('finished', LEAVE[phase], 'connect');
    case 'callTaken':
    case 'callEnded':
      return go('finished', LEAVE[phase]);
    case 'replyChosen':
      return go('replying', LEAVE[phase], 'playReply');
    default:
      return inPhase(phase, input, plan);
  }
}

function inPhase(phase: MenuPhase, input: Input, plan: AwayPlan): AwayStep | undefined {
  switch (phase) {
    case 'choosing':
      return whileChoosing(input, plan);
    case 'notingCallBack':
      return input === 'soundEnded' ? go('finished', 'hangUp') : undefined;
    case 'askingPin':
      return whileAskingPin(input, plan);
    case 'ringingThrough':
      return input === 'ringOver' || input === 'leftToMachine' ? after(['stopRinging'], takeMessage(plan)) : undefined;
  }
}

function whileChoosing(input: Input, plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'soundEnded':
      return go('choosing', 'waitForKeys');
    case 'keysOver':
    case 'skipPressed':
    case 'onePressed':
      return after(['stopWait'], takeMessage(plan));
    case 'twoPressed':
      // Whose number is hidden can say it.
      if (!plan.canCallBack) return after(['stopWait'], takeMessage(plan));
      return go('notingCallBack', 'stopWait', 'keepCallBack', 'playCallBackNoted');
    case 'zeroPressed':
      return plan.mayRingThrough ? go('askingPin', 'stopWait', 'askPin') : undefined;
    case 'endPressed':
      return plan.hasRemoteAccess ? go('remote', 'stopWait', 'startRemoteAccess') : undefined;
    default:
      return undefined;
  }
}

function whileAskingPin(input: Input, plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'soundEnded':
      return go('askingPin', 'waitForKeys');
    case 'pinRight':
      return go('ringingThrough', 'stopWait', 'ringThrough');
    case 'pinWrong':
      return go('askingPin', 'stopWait', 'askPinAgain');
    case 'pinLocked':
    case 'keysOver':
      return after(['stopWait'], takeMessage(plan));
    default:
      return undefined;
  }
}
