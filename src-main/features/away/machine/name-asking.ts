// What becomes of a caller whom nobody knows: asked who he is, announced to the user, or sent away. Pure part of away-machine.ts.
import {
  after,
  go,
  type AwayAction,
  type AwayInput,
  type AwayPhase,
  type AwayPlan,
  type AwayStep,
} from './away-step.ts';
import { afterGreeting } from './caller-menu.ts';

export type NamePhase = 'askingName' | 'hearingName' | 'announcing' | 'dismissing';

type Input = AwayInput['kind'];

/** What is going on there ends. */
const LEAVE: Readonly<Record<NamePhase, readonly AwayAction[]>> = {
  askingName: [],
  hearingName: ['stopName'],
  announcing: ['stopRinging'],
  dismissing: [],
};

export const isNaming = (phase: AwayPhase): phase is NamePhase => phase in LEAVE;

export function whileNaming(phase: NamePhase, input: Input, plan: AwayPlan): AwayStep | undefined {
  switch (input) {
    case 'pickedUp':
      return go('finished', ...LEAVE[phase], 'connect');
    case 'callTaken':
    case 'callEnded':
      return go('finished', ...LEAVE[phase]);
    case 'replyChosen':
      return go('replying', ...LEAVE[phase], 'playReply');
    case 'soundEnded':
      return afterWords(phase);
    default:
      return phase === 'hearingName'
        ? whileHearing(input)
        : phase === 'announcing'
          ? whileAnnouncing(input, plan)
          : undefined;
  }
}

function afterWords(phase: NamePhase): AwayStep | undefined {
  switch (phase) {
    case 'askingName':
      return go('hearingName', 'hearName');
    case 'announcing':
      return go('announcing', 'ringThrough');
    case 'dismissing':
      return go('finished', 'hangUp');
    case 'hearingName':
      return undefined;
  }
}

function whileHearing(input: Input): AwayStep | undefined {
  switch (input) {
    case 'nameHeard':
      return go('announcing', 'playPleaseWait');
    case 'nameMissing':
      return go('dismissing', 'playNotTaken');
    case 'endPressed':
      return go('hearingName', 'stopName');
    default:
      return undefined;
  }
}

/** Whom the user does not take hears the greeting, as everybody else does. */
function whileAnnouncing(input: Input, plan: AwayPlan): AwayStep | undefined {
  if (input !== 'ringOver' && input !== 'leftToMachine' && input !== 'skipPressed') return undefined;
  return after(['stopRinging'], plan.hasGreeting ? go('greeting', 'playGreeting') : afterGreeting(plan));
}
