// Everybody whom the phone knows: contacts, those who are watched and those with whom texts were exchanged, one entry each. Pure.
import { nameOf } from '../lib/format.ts';
import type { ContactView, Conversation, PhoneView, WatchedPersonView } from '../../src-shared/contract/index.ts';

export interface Person {
  /** As texts and calls take it. */
  readonly address: string;
  readonly name: string;
  readonly contact: ContactView | undefined;
  readonly watched: WatchedPersonView | undefined;
  readonly conversation: Conversation | undefined;
}

/** People leave the scheme out, and case does not tell addresses apart. */
const keyOf = (address: string): string => address.replace(/^sips?:/i, '').toLowerCase();

export const isSameAddress = (a: string, b: string): boolean => keyOf(a) === keyOf(b);

/** Those with whom texts were exchanged last come first, the others by name. */
export function peopleOf({ contacts, conversations, presence }: PhoneView): readonly Person[] {
  const people = new Map<string, Person>();
  const take = (address: string, given: Partial<Person>): void => {
    const key = keyOf(address);
    const known = people.get(key);
    const none = { address, name: '', contact: undefined, watched: undefined, conversation: undefined };
    people.set(key, { ...(known ?? none), ...given });
  };
  for (const contact of contacts) take(contact.address, { contact });
  for (const watched of presence.watched) take(watched.address, { watched });
  for (const conversation of conversations) take(conversation.address, { conversation });
  return [...people.values()].map((person) => ({ ...person, name: personName(person) })).sort(byLastTextThenName);
}

function personName({ address, contact, conversation }: Person): string {
  return nameOf({ displayName: contact?.displayName || (conversation?.displayName ?? ''), address });
}

function byLastTextThenName(a: Person, b: Person): number {
  const newer = (b.conversation?.lastAtMs ?? 0) - (a.conversation?.lastAtMs ?? 0);
  return newer || a.name.localeCompare(b.name);
}

export const unreadCount = ({ conversations }: PhoneView): number =>
  conversations.reduce((sum, conversation) => sum + conversation.unreadCount, 0);

export const ACTIVITY_TEXT = {
  available: 'Available',
  away: 'Away',
  busy: 'Busy',
  onThePhone: 'On the phone',
  offline: 'Offline',
} as const;

export interface LineAction {
  readonly command: 'call.pickUp' | 'call.join';
  readonly text: string;
  readonly title: string;
}

/** What can be done with the call that somebody's line has. RFC 5359 §2.16, RFC 3911 */
export function lineActionOf({ line }: WatchedPersonView): LineAction | undefined {
  if (line === 'ringing') return { command: 'call.pickUp', text: 'Pick up', title: 'Answer here what rings there' };
  if (line === 'inUse') return { command: 'call.join', text: 'Join', title: 'Ask to come into their call' };
  return undefined;
}

export interface PresenceText {
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'none';
}

/** What is known of somebody who is watched, the line first: it says whether a call would find them free. */
export function presenceText({ activity, note, line, reason }: WatchedPersonView): PresenceText {
  const said = note === '' ? '' : `: ${note}`;
  if (line === 'ringing') return { text: `Their phone rings${said}`, tone: 'warn' };
  if (line === 'inUse') return { text: `On the phone${said}`, tone: 'warn' };
  if (activity !== null)
    return {
      text: `${ACTIVITY_TEXT[activity]}${said}`,
      tone: activity === 'available' ? 'good' : activity === 'offline' ? 'none' : 'warn',
    };
  if (line === 'idle') return { text: 'Line is free', tone: 'good' };
  return { text: reason === undefined ? 'Nothing known yet' : `Cannot be watched (${reason})`, tone: 'none' };
}
