// Accounts and the answering machine in the settings.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { buildAccount } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const type = (label: string, value: string) => fireEvent.input(screen.getByLabelText(label), { target: { value } });
const field = (label: string) => screen.getByLabelText<HTMLInputElement>(label);

describe('the account form', () => {
  it('opens with the keyboard in its first field', async () => {
    await openWindow();
    await press('Settings');

    await press('Add account');

    await waitFor(() => expect(document.activeElement).toBe(field('Address')));
    expect(field('Password').type).toBe('password');
  });

  it('saves what was typed', async () => {
    const { client } = await openWindow();
    await press('Settings');
    await press('Add account');
    await screen.findByRole('form', { name: 'Add an account' });

    await type('Address', ' bob@example.com ');
    await type('Password', 'secret');
    await press('Save');

    await waitFor(() => expect(client.count('account.save')).toBe(1));
    expect(client.given.find(({ name }) => name === 'account.save')?.params).toMatchObject({
      address: 'bob@example.com',
      password: 'secret',
      transport: 'udp',
    });
    await waitFor(() => expect(screen.queryByRole('form')).toBeNull());
  });

  it('shows what is wrong and loses nothing', async () => {
    const { client } = await openWindow();
    client.answer('account.save', { ok: false, failure: { code: 'badParams', message: 'That is no address.' } });
    await press('Settings');
    await press('Add account');
    await screen.findByRole('form');

    await type('Address', 'oops');
    await type('Password', 'secret');
    await press('Save');

    const note = await screen.findByText('That is no address.');
    expect(field('Address').value).toBe('oops');
    expect(field('Password').value).toBe('secret');
    expect(field('Address')).toHaveAccessibleDescription('That is no address.');
    expect(note.getAttribute('role')).toBe('alert');
  });

  it('changes an account without its password and keeps what it does not show', async () => {
    const settings = { ...buildAccount().settings, srtp: 'required' as const, transport: 'tls' as const };
    const { client } = await openWindow({ accounts: [buildAccount({ settings })] });
    await press('Settings');
    await press('Change Alice');
    await screen.findByRole('form', { name: 'Change the account' });

    await type('Your name', 'Alice A.');
    await press('Save');

    await waitFor(() => expect(client.count('account.save')).toBe(1));
    const saved = client.given.find(({ name }) => name === 'account.save')?.params;
    expect(saved).toMatchObject({ id: 'alice', displayName: 'Alice A.', srtp: 'required', transport: 'tls' });
    expect(saved).not.toHaveProperty('password');
  });

  it('asks for a relay only where a way is looked for, and never shows its password', async () => {
    const { client } = await openWindow({ accounts: [buildAccount()] });
    await press('Settings');
    await press('Change Alice');
    await screen.findByRole('form', { name: 'Change the account' });
    expect(screen.queryByLabelText('Relay (TURN)')).toBeNull();

    await fireEvent.click(screen.getByRole('checkbox', { name: /Look for the best way/ }));
    await type('Relay (TURN)', ' turn:relay.example.com ');
    await type('Name at the relay', 'alice');
    await type('Password at the relay', 'geheim');
    expect(field('Password at the relay').type).toBe('password');
    await press('Save');

    await waitFor(() => expect(client.count('account.save')).toBe(1));
    expect(client.given.find(({ name }) => name === 'account.save')?.params).toMatchObject({
      ice: true,
      stunServer: null,
      turnServer: 'turn:relay.example.com',
      turnUsername: 'alice',
      turnPassword: 'geheim',
    });
  });

  it('is left with Escape', async () => {
    await openWindow();
    await press('Settings');
    await press('Add account');
    await screen.findByRole('form');

    await fireEvent.keyDown(field('Address'), { key: 'Escape' });

    await waitFor(() => expect(screen.queryByRole('form')).toBeNull());
  });
});

describe('an account in the settings', () => {
  it('says in words why it cannot be reached', async () => {
    await openWindow({ accounts: [buildAccount({ registration: 'failed', statusCode: 404, reason: 'Not Found' })] });
    await press('Settings');

    const found = await screen.findAllByText('Not connected: the provider does not know this address');
    expect(found).toHaveLength(2);
  });

  it('is removed only after a second thought', async () => {
    const { client } = await openWindow();
    await press('Settings');

    await press('Remove Alice');
    await press('Keep');
    expect(client.count('account.remove')).toBe(0);
    await press('Remove Alice');
    await press('Remove');

    expect(client.given.at(-1)).toEqual({ name: 'account.remove', params: { accountId: 'alice' } });
  });
});

describe('the answering machine in the settings', () => {
  it('changes only what was changed', async () => {
    const { client } = await openWindow();
    await press('Settings');
    const seconds = await screen.findByRole('spinbutton', { name: 'Answer after (seconds)' });

    await fireEvent.change(seconds, { target: { value: '5' } });
    screen.getByRole('switch', { name: 'Beep before the message' }).click();

    expect(client.given.filter(({ name }) => name === 'away.set').map(({ params }) => params)).toEqual([
      { answerAfterSec: 5 },
      { beep: false },
    ]);
  });

  it('keeps a number that has to be when its field is emptied', async () => {
    const { client } = await openWindow();
    await press('Settings');
    const seconds = await screen.findByRole('spinbutton', { name: 'Answer after (seconds)' });

    await fireEvent.change(seconds, { target: { value: '' } });

    expect(seconds).toHaveProperty('value', '15');
    expect(client.given.some(({ name }) => name === 'away.set')).toBe(false);
  });

  it('says at the top that one is away, and when calls are answered', async () => {
    const { client } = await openWindow();

    client.change({ away: { ...client.view.away, enabled: true, isOn: true, why: 'byHand' } });

    await screen.findByText(/You are away: calls are answered after 15 s/);
  });
});

describe('the devices', () => {
  const card = (name: string, isDefault: boolean) => ({
    ...{ name, hostApi: 'ALSA', canCapture: true, canPlay: true },
    ...{ isDefaultCapture: isDefault, isDefaultPlayback: isDefault },
  });

  it('are the chosen ones, not the system’s, and one that is gone says so', async () => {
    const chosen = { microphone: 'headset', speaker: 'dock' };
    const { client } = await openWindow({ audio: { backend: 'portaudio', reason: '', chosen } });
    client.answer('device.list', { ok: true, value: [card('built-in', true), card('headset', false)] });
    await press('Settings');

    await waitFor(() => expect(field('Microphone').value).toBe('headset'));
    expect(field('Speaker').value).toBe('dock');
    expect(field('Ringer').value).toBe('dock');
    expect(screen.getAllByText('dock (not there)').length).toBe(2);
    expect(client.count('device.select')).toBe(0);
  });
});
