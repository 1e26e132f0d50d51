// What views derive from the phone's view. Pure.
import type { AccountView, CallView, HistoryEntry, PhoneView } from '../../src-shared/contract/index.ts';
import { nameOf } from '../lib/format.ts';
import { isAtMachine, ringsThrough } from './away-caller.ts';
import { PLAIN_ENDINGS } from './plain-endings.ts';

/** Calls somebody is busy with, the newest first. */
export const liveCalls = (view: PhoneView): readonly CallView[] =>
  view.calls.filter((call) => call.state !== 'ended').reverse();

/** Calls that ring here and wait for an answer, also those that the answering machine puts through. */
export const ringingCalls = (view: PhoneView): readonly CallView[] =>
  view.calls.filter(
    (call) =>
      ringsThrough(call) ||
      (call.direction === 'incoming' && call.state === 'ringing' && !call.isAway && !isAtMachine(view, call)),
  );

/** The call that the window is about: one that is going on, else one that just ended. */
export function callInView(view: PhoneView, chosenId: string | undefined): CallView | undefined {
  const ringing = new Set(ringingCalls(view).map((call) => call.id));
  const candidates = view.calls.filter((call) => !ringing.has(call.id) && !isAtMachine(view, call)).reverse();
  const live = candidates.filter((call) => call.state !== 'ended');
  return live.find((call) => call.id === chosenId) ?? live.find((call) => !call.isOnHold) ?? live[0] ?? candidates[0];
}

/** A call that just ended in a way that the user wants to read about: it never came about, or broke. */
export const failedCall = (view: PhoneView): CallView | undefined =>
  view.calls.findLast(
    ({ direction, state, end, connectedAtMs }) =>
      state === 'ended' &&
      ((direction === 'outgoing' && end?.by !== 'local' && connectedAtMs === undefined) || end?.by === 'failure'),
  );

/** The other calls that this one can be mixed with: those that are connected and not with it already. */
export const mergeable = (call: CallView, others: readonly CallView[]): readonly string[] =>
  call.state !== 'connected' || call.isAway
    ? []
    : others
        .filter(
          ({ state, isAway, conferenceId }) =>
            state === 'connected' && !isAway && (conferenceId === undefined || conferenceId !== call.conferenceId),
        )
        .map(({ id }) => id);

const BUSY: readonly (number | undefined)[] = [486, 600];

/** Whether whoever was called was busy, so that waiting for them makes sense. */
export const mayBeFreeLater = ({ direction, state, end }: CallView): boolean =>
  direction === 'outgoing' && state === 'ended' && BUSY.includes(end?.statusCode);

/** The account that speaks for the phone in the title bar: the worst one if any has a problem. */
export function leadingAccount(view: PhoneView): AccountView | undefined {
  return view.accounts.find((account) => account.registration === 'failed') ?? view.accounts[0];
}

const REGISTRATION_TEXT = {
  registered: 'Ready',
  registering: 'Connecting …',
  unregistered: 'Offline',
  failed: 'Not connected',
} as const;

/** What a person can do something about, in words that say what. */
const PLAIN_REFUSALS: Readonly<Record<number, string>> = {
  401: 'wrong name or password?',
  403: 'wrong name or password?',
  404: 'the provider does not know this address',
  407: 'wrong name or password?',
  408: 'no answer from the provider',
  503: 'the provider cannot be reached',
};

export function registrationText(account: AccountView): string {
  if (account.isTestLine) return 'Test line: no account yet';
  const text = REGISTRATION_TEXT[account.registration];
  if (account.registration !== 'failed') return text;
  const reason = PLAIN_REFUSALS[account.statusCode ?? 0] ?? account.reason;
  return reason ? `${text}: ${reason}` : text;
}

const FORWARDING_TEXT = {
  busy: ', who is busy',
  noAnswer: ', who did not answer',
  always: '',
  unavailable: ', who cannot be reached',
} as const;

export interface CallerNote {
  readonly text: string;
  readonly isWarning: boolean;
}

/** What helps to judge who is there, in plain words; nothing where nothing is known. */
export function callerNotes({ direction, remote, forwardedFrom }: CallView): readonly CallerNote[] {
  const notes: CallerNote[] = [];
  if (remote.verification === 'failed')
    notes.push({ text: 'This number may be forged: your provider could not confirm it', isWarning: true });
  else if (remote.verification === 'passed')
    notes.push({ text: 'Number confirmed by your provider', isWarning: false });
  else if (direction === 'incoming' && remote.isAsserted && remote.isAnonymous !== true)
    notes.push({ text: 'Caller named by your provider', isWarning: false });
  if (remote.isAnonymous === true) notes.push({ text: 'The caller hides the number', isWarning: false });
  if (forwardedFrom)
    notes.push({
      text: `Forwarded from ${nameOf(forwardedFrom)}${FORWARDING_TEXT[forwardedFrom.reason ?? 'always']}`,
      isWarning: false,
    });
  return notes;
}

/** Who else had to do with a call that is over. */
export function historyNote({ connectedTo, forwardedFrom }: HistoryEntry): string {
  const notes = [
    ...(forwardedFrom ? [`forwarded from ${nameOf(forwardedFrom)}`] : []),
    ...(connectedTo ? [`then ${nameOf(connectedTo)}`] : []),
  ];
  return notes.join(', ');
}

export function callStateText(call: CallView): string {
  if (call.state === 'ended') return endText(call);
  if (call.transfer) return `Transferring to ${call.transfer.target.replace(/^sips?:/, '')} …`;
  if (call.isOnHold) return 'On hold';
  if (call.conferenceId !== undefined) return 'In a conference';
  if (call.isRemoteHolding) return 'The other side put you on hold';
  switch (call.state) {
    case 'dialing':
      return 'Calling …';
    case 'ringing':
      return call.direction === 'outgoing' ? 'Ringing …' : 'Incoming call';
    case 'early':
      return 'Connecting …';
    case 'connected':
      return 'Connected';
  }
}

/** How a transfer ended, from the last status that the other side reported. */
export function transferEndText(statusCode: number): string {
  if (statusCode < 300) return 'The call was transferred';
  const why = PLAIN_ENDINGS[statusCode]?.toLowerCase() ?? `refused (${statusCode})`;
  return `The transfer did not work: ${why}. You are back in the call`;
}

/** What waits in the server's mailbox, in words; undefined when nothing does. */
export function voicemailText({ voicemail }: AccountView): string | undefined {
  if (!voicemail?.isWaiting) return undefined;
  const { newCount } = voicemail;
  if (newCount === null) return 'New voice messages';
  return newCount === 1 ? '1 new voice message' : `${newCount} new voice messages`;
}

function endText({ end }: CallView): string {
  if (!end) return 'Call ended';
  if (end.by === 'local') return 'Call ended';
  if (end.reason === 'answered elsewhere') return 'Answered on another phone';
  const plain = PLAIN_ENDINGS[end.statusCode ?? 0];
  if (plain !== undefined) return plain;
  if (end.statusCode !== undefined) return `${end.reason} (${end.statusCode})`;
  return end.by === 'remote' ? 'The other side hung up' : end.reason || 'The call broke off';
}
