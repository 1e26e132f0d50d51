import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { openWindow, press } from './open-window.ts';

const fill = async (label: string, value: string) =>
  fireEvent.input(await screen.findByLabelText(label), { target: { value } });

const MAIL = {
  ...{ host: 'mail.example.com', port: 465, security: 'tls' as const, username: 'alice' },
  ...{ from: 'alice@example.com', to: 'alice@example.com', attachesSound: true },
};

describe('where messages are sent on to', () => {
  it('is set in one form, and empty fields are ways that are not used', async () => {
    const { client } = await openWindow();
    await press('Settings');
    await press('Choose where messages are sent');
    await fill('Your e-mail address', 'alice@example.com');
    await fill('Mail server', 'mail.example.com:465');
    await fill('Name at the mail server', 'alice');
    await fill('Password there', 'secret');
    await press('Save');
    await waitFor(() =>
      expect(client.given.at(-1)).toEqual({
        name: 'delivery.set',
        params: { mail: MAIL, webhook: null, folder: null, mailPassword: 'secret' },
      }),
    );
    await screen.findByText('Choose where messages are sent');
  });

  it('says what is used, how much waits, and can be tried', async () => {
    const { client } = await openWindow({
      delivery: { settings: { mail: MAIL, webhook: null, folder: '/srv/messages' }, pendingCount: 2 },
    });
    await press('Settings');
    await screen.findByText('/srv/messages');
    expect(screen.getByText('2 not arrived yet; they are tried again.')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Try Web server' })).toBeNull();
    await press('Try E-mail');
    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'delivery.test', params: { way: 'mail' } }));
    await screen.findByText('It has arrived there');
  });
});
