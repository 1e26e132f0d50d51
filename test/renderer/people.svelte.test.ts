// People in the window: who is listed, what is said of them, texts with them, and who is in a conference.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { peopleOf, presenceText, unreadCount } from '../../src-renderer/state/people.ts';
import type { Conversation, TextMessage, WatchedPersonView } from '../../src-shared/contract/index.ts';
import { buildCall, emptyView } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const bob = { id: '1', displayName: 'Bob', address: 'bob@example.com', note: '', isWatched: true, isFavourite: false };
const watched: WatchedPersonView = {
  address: 'sip:bob@example.com',
  accountId: 'alice',
  activity: 'busy',
  note: 'Lunch',
  line: null,
};
const conversation: Conversation = {
  address: 'sip:BOB@example.com',
  displayName: '',
  accountId: 'alice',
  unreadCount: 2,
  isComposing: false,
  lastText: 'Hello',
  lastAtMs: 5,
};
const text = (given: Partial<TextMessage>): TextMessage => ({
  id: 't1',
  accountId: 'alice',
  direction: 'incoming',
  remote: { displayName: '', address: 'sip:BOB@example.com' },
  text: 'Hello',
  atMs: 5,
  status: 'received',
  isRead: false,
  ...given,
});

describe('the list of people', () => {
  const view = {
    ...emptyView(),
    contacts: [bob],
    conversations: [conversation],
    presence: { own: null, watched: [watched] },
  };

  it('has one entry for somebody who is contact, watched and written to', () => {
    const people = peopleOf(view);
    expect(people).toHaveLength(1);
    expect(people[0]).toMatchObject({ name: 'Bob', contact: bob, watched, conversation });
    expect(unreadCount(view)).toBe(2);
  });

  it('has those first who wrote last, then the others by name', () => {
    const others = ['Zoe', 'Ann'].map((displayName) => ({
      ...bob,
      id: displayName,
      displayName,
      address: displayName,
    }));
    const names = peopleOf({ ...view, contacts: [...others, bob] }).map(({ name }) => name);
    expect(names).toEqual(['Bob', 'Ann', 'Zoe']);
  });

  it('says in words whether somebody is there, the line before all else', () => {
    expect(presenceText(watched)).toEqual({ text: 'Busy: Lunch', tone: 'warn' });
    expect(presenceText({ ...watched, line: 'inUse' }).text).toBe('On the phone: Lunch');
    expect(presenceText({ ...watched, activity: null, note: '', line: 'idle' }).text).toBe('Line is free');
    expect(presenceText({ ...watched, activity: null, note: '', reason: '403' }).text).toBe('Cannot be watched (403)');
  });
});

describe('people in the window', () => {
  it('are written to, and what is new is marked until it is read', async () => {
    const { client } = await openWindow({ contacts: [bob], conversations: [conversation] });
    client.answer('text.list', { ok: true, value: [text({ id: 't2', text: '<b>new</b>' }), text({})] });
    client.answer('text.send', { ok: true, value: { textId: 't3' } });
    await press(/^People/);
    await press('Texts with Bob, 2 new');

    await screen.findByText('<b>new</b>');
    const shown = within(screen.getByRole('list', { name: 'Texts' })).getAllByRole('listitem');
    expect(shown[0]).toHaveTextContent('Hello');
    await waitFor(() => expect(client.count('text.markRead')).toBeGreaterThan(0));
    await fireEvent.input(screen.getByLabelText('Text to Bob'), { target: { value: 'Hi' } });
    await press('Send');

    await waitFor(() =>
      expect(client.given).toContainEqual({ name: 'text.send', params: { target: conversation.address, text: 'Hi' } }),
    );
  });

  it('are added, and a mistake is said where it was made', async () => {
    const { client } = await openWindow();
    client.answer('contact.save', { ok: false, failure: { code: 'badTarget', message: 'That is no address.' } });
    await press('People');
    await press('Add');
    await fireEvent.input(screen.getByLabelText('Number or address'), { target: { value: 'b b' } });
    await press('Save');

    const alert = await screen.findByText('That is no address.');
    expect(alert).toHaveAttribute('role', 'alert');
  });

  it('see what the user chooses to show', async () => {
    const { client } = await openWindow();
    await press('People');
    await fireEvent.change(await screen.findByLabelText(/Others see you as/), { target: { value: 'busy' } });

    await waitFor(() => expect(client.given).toContainEqual({ name: 'presence.setOwn', params: { activity: 'busy' } }));
  });
});

describe('a conference', () => {
  it('shows who is in it', async () => {
    const participants = [{ address: 'sip:carol@example.com', displayName: 'Carol', status: 'connected' }];
    await openWindow({ calls: [buildCall({ conference: { subject: 'Weekly', participants } })] });

    expect(screen.getByRole('list', { name: 'In this conference' })).toHaveTextContent('Carol');
  });
});

describe('asking first', () => {
  it('calls the one to transfer to, from the same account', async () => {
    const { client } = await openWindow({ calls: [buildCall()] });
    client.answer('call.dial', { ok: true, value: { callId: 'call-2' } });
    await press('Transfer');
    await fireEvent.input(await screen.findByLabelText('Send to'), { target: { value: '200' } });
    await press('Call first');

    await waitFor(() =>
      expect(client.given).toContainEqual({ name: 'call.dial', params: { target: '200', accountId: 'alice' } }),
    );
  });
});
