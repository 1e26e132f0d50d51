// How the window says that the answering machine is on, why, and until when. Pure.
import { formatMoment } from '../lib/format.ts';
import type { AwayReason, CommandValue, PhoneView } from '../../src-shared/contract/index.ts';

const REASONS: Readonly<Record<AwayReason, string>> = {
  byHand: '',
  schedule: ' by your weekly hours',
  calendar: ' by your calendar',
  doNotDisturb: ', for you are not to be disturbed',
  locked: ' while your screen is locked',
  idle: ' until you are back at the computer',
  busy: '',
};

/** `You are away by your weekly hours until 17:00: calls are answered after 15 s.` */
export function awaySentence({ why, untilMs, settings }: PhoneView['away'], nowMs: number): string {
  const until = untilMs === null ? '' : ` until ${formatMoment(untilMs, nowMs)}`;
  const afterSec = why === 'doNotDisturb' ? 0 : settings.answerAfterSec;
  const after = afterSec === 0 ? 'at once' : `after ${afterSec} s`;
  return `You are away${why === null ? '' : REASONS[why]}${until}: calls are answered ${after}.`;
}

export type UntilChoice = 'switchedOff' | 'hour' | 'tomorrow';

export const UNTIL_CHOICES: readonly { readonly value: UntilChoice; readonly text: string }[] = [
  { value: 'switchedOff', text: 'until I switch it off' },
  { value: 'hour', text: 'for an hour' },
  { value: 'tomorrow', text: 'until tomorrow 8:00' },
];

/** `It is answered by the machine after 15 s, with the greeting “family”.` */
export function forecastSentence(forecast: CommandValue<'away.explain'>): string {
  const { outcome, why, answerAfterSec, asksName, rule } = forecast;
  if (outcome === 'rings') return 'It rings, and the answering machine stays out of it.';
  if (outcome === 'refused') return 'It is refused.';
  const after = answerAfterSec === null || answerAfterSec === 0 ? 'at once' : `after ${answerAfterSec} s`;
  const greeting = rule === null ? 'your usual greeting' : `the greeting “${rule}”`;
  if (asksName) return `The caller is asked for a name first; whom you do not take then hears ${greeting}.`;
  return `It is answered by the machine ${after}${why === 'busy' ? ', for you are busy' : ''}, with ${greeting}.`;
}
