// Changing and removing people of the list, with a way back.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../src-shared/contract/index.ts';
import { openWindow, press } from './open-window.ts';

const bob = {
  id: '1',
  displayName: 'Bob',
  address: 'bob@example.com',
  note: 'Desk 4',
  isWatched: true,
  isFavourite: true,
};
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });

async function openBob() {
  const { client } = await openWindow({ contacts: [bob] });
  await press('People');
  await press('Texts with Bob');
  await press('Change Bob');
  await screen.findByRole('form', { name: 'Change Bob' });
  return client;
}

describe('a person of the list', () => {
  it('is changed, and keeps what the form does not show', async () => {
    const client = await openBob();
    const changed = { ...bob, displayName: 'Bob B.', address: 'bob@work.example' };
    client.answer('contact.save', { ok: true, value: changed });

    await type('Name', 'Bob B.');
    await type('Number or address', 'bob@work.example');
    await press('Save');
    await screen.findByText('Bob B. changed');
    expect(client.given.find(({ name }) => name === 'contact.save')?.params).toEqual(changed);
    client.change({ contacts: [changed] });

    await screen.findByText('Bob B.');
    expect(screen.queryByLabelText('Note')).toBeNull();
  });

  it('is as before with Undo', async () => {
    const client = await openBob();
    client.answer('contact.save', { ok: true, value: { ...bob, displayName: 'Rob' } });
    await type('Name', 'Rob');
    await press('Save');

    (await screen.findByText('Undo')).click();

    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'contact.save', params: bob }));
  });

  it('is removed, and comes back as it was with Undo', async () => {
    const client = await openBob();

    await press('Remove Bob');
    await screen.findByText('Bob removed');
    expect(client.given).toContainEqual({ name: 'contact.delete', params: { contactId: '1' } });
    client.change({ contacts: [] });
    await screen.findByText('Nobody here yet');
    await press('Undo');

    await waitFor(() => expect(client.given).toContainEqual({ name: 'contact.save', params: bob }));
  });

  it('stays as it is with Escape, and the keyboard goes back to where it came from', async () => {
    const client = await openBob();

    await fireEvent.keyDown(screen.getByLabelText('Name'), { key: 'Escape' });

    await waitFor(() => expect(screen.queryByRole('form', { name: 'Change Bob' })).toBeNull());
    expect(document.activeElement).toBe(screen.getByRole('button', { name: 'Change Bob' }));
    expect(client.count('contact.save')).toBe(0);
  });

  it('says what is wrong where it was typed', async () => {
    const client = await openBob();
    client.answer('contact.save', { ok: false, failure: { code: 'badTarget', message: 'That is no address.' } });

    await type('Number or address', 'b b');
    await press('Save');

    expect(await screen.findByText('That is no address.')).toHaveAttribute('role', 'alert');
    expect(screen.getByLabelText('Number or address')).toHaveValue('b b');
  });
});

describe('somebody who only wrote', () => {
  it('is added with the address and name that are known', async () => {
    const conversation: Conversation = {
      ...{ address: 'sip:carol@example.com', displayName: 'Carol', accountId: 'alice', unreadCount: 0 },
      ...{ isComposing: false, lastText: 'Hello', lastAtMs: 5 },
    };
    const { client } = await openWindow({ conversations: [conversation] });
    client.answer('contact.save', { ok: true, value: { ...bob, address: conversation.address } });
    await press('People');
    await press('Texts with Carol');
    await press('Add Carol to your people');
    await screen.findByRole('form', { name: 'New person' });
    expect(screen.getByLabelText('Number or address')).toHaveValue('sip:carol@example.com');

    await press('Save');

    await waitFor(() =>
      expect(client.given).toContainEqual({
        name: 'contact.save',
        params: {
          ...{ displayName: 'Carol', address: 'sip:carol@example.com' },
          ...{ note: '', isWatched: true, isFavourite: false },
        },
      }),
    );
  });
});
