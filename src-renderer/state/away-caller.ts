// What the window says of those who speak to the answering machine. Pure.
import type { AwayCaller, CallView, PhoneView } from '../../src-shared/contract/index.ts';

const PHASE_TEXT: Readonly<Record<AwayCaller['phase'], string>> = {
  askingName: 'Is asked who calls',
  hearingName: 'Says who calls',
  announcing: 'Asks for you: the phone rings',
  dismissing: 'Did not say who calls, and is sent away',
  greetingEarly: 'Hears your greeting',
  greeting: 'Hears your greeting',
  noticing: 'Hears that this is recorded',
  choosing: 'Is asked what it shall be',
  notingCallBack: 'Is told that you will call back',
  askingPin: 'Gives a PIN to ring through',
  ringingThrough: 'Rings through to you',
  beeping: 'Hears the tone',
  recording: 'Leaves a message',
  replying: 'Is told your reply',
  apologising: 'Is told that no message can be taken',
  remote: 'Hears your messages from afar',
};

export const awayPhaseText = (phase: AwayCaller['phase']): string => PHASE_TEXT[phase];

/** Whom the answering machine puts through: the user's phone rings for him now. */
export const ringsThrough = ({ state, isAway, ringsThrough: isPutThrough }: CallView): boolean =>
  state === 'connected' && isAway && isPutThrough === true;

/** Why somebody is put through to the user. */
export const putThroughText = (caller: AwayCaller | undefined): string =>
  caller?.phase === 'announcing'
    ? 'Was asked who calls, and asks for you'
    : 'Gave the PIN, and rings through the answering machine';

/** Callers with their calls, who came first first; who rings at the user has a window above everything. */
export const awayCallersIn = (view: PhoneView): readonly { readonly caller: AwayCaller; readonly call: CallView }[] =>
  view.away.callers.flatMap((caller) => {
    const call = view.calls.find(({ id }) => id === caller.callId);
    return call && !ringsThrough(call) ? [{ caller, call }] : [];
  });

/** Whether the answering machine has this call, or had it to its end: then it has a place of its own in the window. */
export const isAtMachine = (view: PhoneView, { id, isAway }: CallView): boolean =>
  isAway || view.away.callers.some(({ callId }) => callId === id);

const QUIETEST_DBOV = -60;

/** How much of the meter is filled, 0 to 1. */
export function loudness(receivedDbov: number | undefined): number {
  if (receivedDbov === undefined) return 0;
  return Math.min(1, Math.max(0, 1 - receivedDbov / QUIETEST_DBOV));
}
