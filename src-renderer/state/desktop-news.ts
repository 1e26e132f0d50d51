// What came while nobody looked: calls that ring, messages, missed calls, texts, as the desktop is told of them. Pure.
import { formatDuration, nameOf } from '../lib/format.ts';
import type { CallView, HistoryEntry, PhoneView } from '../../src-shared/contract/index.ts';
import { putThroughText, ringsThrough } from './away-caller.ts';
import type { PlaceName } from './places.ts';
import { ringingCalls } from './selectors.ts';

export interface News {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Where it is seen whole. */
  readonly place: PlaceName;
}

type Lists = Pick<PhoneView, 'messages' | 'history' | 'texts'>;

/** That a caller of the machine left nothing is known after the call is: it is news then. */
const entryId = ({ id, outcome }: HistoryEntry): string => (outcome === 'noMessage' ? `nothing-of-${id}` : id);

/** The ids of everything that is there. */
export const knownIds = ({ messages, history, texts }: Lists): ReadonlySet<string> =>
  new Set([...[...messages, ...texts].map(({ id }) => id), ...history.map(entryId)]);

/** Its entry in the history has the id of the call, and who rings through may have rung before. */
const ringId = (call: CallView): string => `${ringsThrough(call) ? 'through' : 'ring'}-${call.id}`;

/** What is true only as long as it rings. */
export const ringNews = (view: PhoneView): readonly News[] =>
  ringingCalls(view).map((call) => ({
    id: ringId(call),
    title: `${nameOf(call.remote)} calls`,
    body: ringsThrough(call) ? putThroughText(view.away.callers.find(({ callId }) => callId === call.id)) : '',
    place: 'phone',
  }));

/** What is there and was not known before. */
export function newsSince(known: ReadonlySet<string>, view: PhoneView): News[] {
  const { messages, history, texts } = view;
  const news: News[] = [
    ...ringNews(view),
    ...messages
      .filter(({ isHeard }) => !isHeard)
      .map(({ id, from, durationSec, note }) => ({
        ...{ id, title: `New message from ${nameOf(from)}`, place: 'messages' as const },
        body: [formatDuration(durationSec), note].filter((words) => words !== '').join(' · '),
      })),
    ...history
      .filter(({ direction, outcome }) => direction === 'incoming' && (outcome === 'missed' || outcome === 'noMessage'))
      .map((entry) => ({
        id: entryId(entry),
        title: `Missed call from ${nameOf(entry.remote)}`,
        body: entry.outcome === 'noMessage' ? 'Left no message' : '',
        place: 'history' as const,
      })),
    ...texts
      .filter(({ direction }) => direction === 'incoming')
      .map(({ id, remote, text }) => ({ id, title: nameOf(remote), body: text, place: 'people' as const })),
  ];
  return news.filter(({ id }) => !known.has(id));
}

/** `(2) Nightjar`: what waits to be heard, in the list of windows. */
export const windowTitle = (unheardCount: number): string =>
  unheardCount === 0 ? 'Nightjar' : `(${unheardCount}) Nightjar`;
