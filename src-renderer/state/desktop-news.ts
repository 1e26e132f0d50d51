// What came while nobody looked: messages, missed calls, texts, as the desktop is told of them. Pure.
import { formatDuration, nameOf } from '../lib/format.ts';
import type { PhoneView } from '../../src-shared/contract/index.ts';
import type { PlaceName } from '../state/places.ts';

export interface News {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  /** Where it is seen whole. */
  readonly place: PlaceName;
}

type Lists = Pick<PhoneView, 'messages' | 'history' | 'texts'>;

/** The ids of everything that is there. */
export const knownIds = ({ messages, history, texts }: Lists): ReadonlySet<string> =>
  new Set([...messages, ...history, ...texts].map(({ id }) => id));

/** What is there and was not known before. */
export function newsSince(known: ReadonlySet<string>, { messages, history, texts }: Lists): News[] {
  const news: News[] = [
    ...messages
      .filter(({ isHeard }) => !isHeard)
      .map(({ id, from, durationSec, note }) => ({
        ...{ id, title: `New message from ${nameOf(from)}`, place: 'messages' as const },
        body: [formatDuration(durationSec), note].filter((words) => words !== '').join(' · '),
      })),
    ...history
      .filter(({ direction, outcome }) => direction === 'incoming' && outcome === 'missed')
      .map(({ id, remote }) => ({
        id,
        title: `Missed call from ${nameOf(remote)}`,
        body: '',
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
