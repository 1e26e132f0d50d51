// The owner on the telephone as a state machine: PIN, then a menu to hear and delete messages, speak a greeting, switch away mode. Pure.
import { unreachable } from '../../../base/result.ts';
import { sayNewMessages } from '../spoken-number.ts';

export type RemoteState =
  | { readonly phase: 'pin'; readonly digits: string; readonly wrong: number }
  | { readonly phase: 'menu' }
  /** A message is played, or what can be done with it is said. */
  | { readonly phase: 'message'; readonly index: number; readonly isPlaying: boolean }
  | { readonly phase: 'greetingPrompt' }
  | { readonly phase: 'greeting' }
  | { readonly phase: 'leaving' }
  | { readonly phase: 'finished' };

export type RemoteInput =
  | { readonly kind: 'started'; readonly isLocked: boolean }
  | { readonly kind: 'digit'; readonly digit: string }
  | { readonly kind: 'pinChecked'; readonly isRight: boolean; readonly isLocked: boolean }
  /** What was to be said was said, or the message is over. */
  | { readonly kind: 'said' }
  | { readonly kind: 'greetingRecorded'; readonly isKept: boolean }
  /** Nobody has pressed anything for long. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'callEnded' };

/** What the owner finds. `messages` are those that there were when the call began, the deleted ones among them. */
export interface RemoteFacts {
  readonly messages: number;
  readonly newMessages: number;
  readonly isAway: boolean;
}

export type RemoteAction =
  | { readonly kind: 'say'; readonly phrases: readonly string[] }
  | { readonly kind: 'checkPin'; readonly pin: string }
  /** `opening` is said before it. */
  | { readonly kind: 'playMessage'; readonly index: number; readonly opening: readonly string[] }
  | { readonly kind: 'deleteMessage'; readonly index: number }
  | { readonly kind: 'recordGreeting' }
  | { readonly kind: 'stopGreeting' }
  | { readonly kind: 'setAway'; readonly enabled: boolean }
  | { readonly kind: 'hangUp' };

export interface RemoteStep {
  readonly state: RemoteState;
  readonly actions: readonly RemoteAction[];
}

export const remoteStart: RemoteState = { phase: 'pin', digits: '', wrong: 0 };

const MAX_PIN_DIGITS = 12;
const MAX_WRONG_A_CALL = 3;

const say = (...phrases: readonly string[]): RemoteAction => ({ kind: 'say', phrases });
const to = (state: RemoteState, ...actions: readonly RemoteAction[]): RemoteStep => ({ state, actions });
const leave = (...phrases: readonly string[]): RemoteStep => to({ phase: 'leaving' }, say(...phrases));
const openMenu = (...before: readonly string[]): RemoteStep => to({ phase: 'menu' }, say(...before, 'ownerMenu'));

/** What is not provided for is ignored. */
export function remoteStep(state: RemoteState, input: RemoteInput, facts: RemoteFacts): RemoteStep {
  if (state.phase === 'finished') return to(state);
  if (input.kind === 'callEnded') return to({ phase: 'finished' });
  if (input.kind === 'idle' && state.phase !== 'leaving' && state.phase !== 'greeting') return leave('goodbye');
  return next(state, input, facts) ?? to(state);
}

function next(state: RemoteState, input: RemoteInput, facts: RemoteFacts): RemoteStep | undefined {
  switch (state.phase) {
    case 'pin':
      return atPin(state, input, facts);
    case 'menu':
      return input.kind === 'digit' ? inMenu(input.digit, facts) : undefined;
    case 'message':
      return atMessage(state, input, facts);
    case 'greetingPrompt':
      return input.kind === 'said' ? to({ phase: 'greeting' }, { kind: 'recordGreeting' }) : undefined;
    case 'greeting':
      return inGreeting(input);
    case 'leaving':
      return input.kind === 'said' ? to({ phase: 'finished' }, { kind: 'hangUp' }) : undefined;
    case 'finished':
      return undefined;
    default:
      return unreachable(state);
  }
}

type PinState = Extract<RemoteState, { phase: 'pin' }>;

function atPin(state: PinState, input: RemoteInput, facts: RemoteFacts): RemoteStep | undefined {
  switch (input.kind) {
    case 'started':
      return input.isLocked ? leave('lockedOut') : to(state, say('enterPin'));
    case 'digit':
      if (input.digit === '#') return to({ ...state, digits: '' }, { kind: 'checkPin', pin: state.digits });
      if (input.digit === '*') return to({ ...state, digits: '' });
      return to({ ...state, digits: (state.digits + input.digit).slice(0, MAX_PIN_DIGITS) });
    case 'pinChecked':
      if (input.isRight) return openMenu(...sayNewMessages(facts.newMessages));
      if (input.isLocked || state.wrong + 1 >= MAX_WRONG_A_CALL) return leave('lockedOut');
      return to({ phase: 'pin', digits: '', wrong: state.wrong + 1 }, say('wrongPin', 'enterPin'));
    default:
      return undefined;
  }
}

function inMenu(digit: string, facts: RemoteFacts): RemoteStep | undefined {
  switch (digit) {
    case '1':
      return play(0, facts);
    case '2':
      return to({ phase: 'greetingPrompt' }, say('recordGreeting'));
    case '3': {
      const enabled = !facts.isAway;
      const { state, actions } = openMenu(enabled ? 'awayOn' : 'awayOff');
      return to(state, { kind: 'setAway', enabled }, ...actions);
    }
    case '*':
      return leave('goodbye');
    default:
      return undefined;
  }
}

function play(index: number, facts: RemoteFacts, ...opening: readonly string[]): RemoteStep {
  if (index >= facts.messages) return openMenu(...opening, 'noMoreMessages');
  return to({ phase: 'message', index, isPlaying: true }, { kind: 'playMessage', index, opening });
}

type MessageState = Extract<RemoteState, { phase: 'message' }>;

function atMessage(state: MessageState, input: RemoteInput, facts: RemoteFacts): RemoteStep | undefined {
  const { index, isPlaying } = state;
  if (input.kind === 'said') return isPlaying ? to({ ...state, isPlaying: false }, say('messageMenu')) : undefined;
  if (input.kind !== 'digit') return undefined;
  switch (input.digit) {
    case '1':
      return play(index, facts);
    case '2':
      return play(index + 1, facts);
    case '3': {
      const { state: after, actions } = play(index + 1, facts, 'deleted');
      return to(after, { kind: 'deleteMessage', index }, ...actions);
    }
    case '*':
      return openMenu();
    default:
      return undefined;
  }
}

function inGreeting(input: RemoteInput): RemoteStep | undefined {
  if (input.kind === 'digit' && input.digit === '#') return to({ phase: 'greeting' }, { kind: 'stopGreeting' });
  if (input.kind !== 'greetingRecorded') return undefined;
  return openMenu(input.isKept ? 'greetingKept' : 'greetingTooShort');
}
