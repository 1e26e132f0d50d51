// Calls of other lines in the window: parking, picking up, joining, taking back. RFC 5359 §2.15, §2.16, RFC 3911.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { WatchedPersonView } from '../../src-shared/contract/index.ts';
import { buildCall } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const bob = {
  id: '1',
  displayName: 'Bob',
  address: 'sip:bob@example.com',
  note: '',
  isWatched: true,
  isFavourite: false,
};
const watched = (line: WatchedPersonView['line']): WatchedPersonView => ({
  ...{ address: bob.address, accountId: 'alice', activity: null, note: '', line },
});
const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });

describe('parking a call — RFC 5359 §2.15', () => {
  async function park() {
    const { client } = await openWindow({ calls: [buildCall()] });
    client.answer('call.park', { ok: true, value: { statusCode: 200 } });
    client.answer('call.retrieve', { ok: true, value: { callId: 'call-2' } });
    await press('Transfer');
    await screen.findByLabelText('Send to');
    await type('Send to', '700');
    await press('Park');
    await screen.findByText('Bob is parked at 700');
    return client;
  }

  it('leaves it at the server, from where it is taken back at any time', async () => {
    const client = await park();
    expect(client.given.at(-1)).toEqual({ name: 'call.park', params: { callId: 'call-1', target: '700' } });
    client.change({ calls: [] });

    await press('Take Bob back');

    await waitFor(() =>
      expect(client.given).toContainEqual({ name: 'call.retrieve', params: { target: '700', accountId: 'alice' } }),
    );
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Take Bob back' })).toBeNull());
  });

  it('is undone at once', async () => {
    const client = await park();

    await press('Undo');

    await waitFor(() => expect(client.count('call.retrieve')).toBe(1));
  });

  it('keeps who waits when taking back is refused, until that is forgotten', async () => {
    const client = await park();
    client.answer('call.retrieve', { ok: false, failure: { code: 'notFound', message: 'No call is parked there.' } });

    await press('Take Bob back');
    await screen.findByText('No call is parked there.');
    await press('Forget that Bob is parked');

    await waitFor(() => expect(screen.queryByRole('button', { name: 'Take Bob back' })).toBeNull());
  });

  it('says so when the server does not take the call', async () => {
    const { client } = await openWindow({ calls: [buildCall()] });
    client.answer('call.park', { ok: true, value: { statusCode: 603 } });
    await press('Transfer');
    await screen.findByLabelText('Send to');
    await type('Send to', '700');

    await press('Park');

    await screen.findByText('The call could not be parked (603)');
    expect(screen.queryByRole('button', { name: 'Take Bob back' })).toBeNull();
  });
});

describe('the line of somebody in the list — RFC 5359 §2.16', () => {
  it.each([
    ['ringing', 'Pick up: Bob', 'call.pickUp'],
    ['inUse', 'Join: Bob', 'call.join'],
  ] as const)('that is %s offers "%s"', async (line, button, command) => {
    const { client } = await openWindow({ contacts: [bob], presence: { own: null, watched: [watched(line)] } });
    await press('People');

    await press(button);

    await waitFor(() => expect(client.given).toContainEqual({ name: command, params: { target: bob.address } }));
    await screen.findByRole('region', { name: 'Make a call' });
  });

  it('that is free offers neither', async () => {
    await openWindow({ contacts: [bob], presence: { own: null, watched: [watched('idle')] } });
    await press('People');
    await screen.findByRole('button', { name: 'Call Bob' });

    expect(screen.queryByRole('button', { name: /^(Pick up|Join)/ })).toBeNull();
  });
});

describe('the line of any number', () => {
  it.each([
    ['Pick up', 'call.pickUp'],
    ['Join', 'call.join'],
    ['Take back', 'call.retrieve'],
  ] as const)('is used by "%s" beside the dial pad', async (button, command) => {
    const { client } = await openWindow();
    await press('Calls of others');
    expect(screen.getByRole('button', { name: button })).toBeDisabled();
    await type('Number or address', ' bob ');

    await press(button);

    await waitFor(() => expect(client.given).toContainEqual({ name: command, params: { target: 'bob' } }));
    await waitFor(() => expect(screen.getByLabelText('Number or address')).toHaveValue(''));
  });
});
