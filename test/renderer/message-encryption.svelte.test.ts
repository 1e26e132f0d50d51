// The switch that encrypts messages on the disk: how far it has come, what it does not cover, what cannot be heard.
import '@testing-library/jest-dom/vitest';
import { screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { openWindow, press } from './open-window.ts';

const SWITCH = 'Encrypt messages on this computer';

describe('messages encrypted on the disk', () => {
  it('are a switch that says how far it has come and what it does not cover', async () => {
    const { client } = await openWindow();
    await press('Settings');
    (await screen.findByRole('switch', { name: SWITCH })).click();
    expect(client.given.at(-1)).toEqual({ name: 'message.setEncryption', params: { isOn: true } });
    client.change({ encryption: { messages: true, progress: { done: 3, total: 12 }, lockedCount: 0 } });
    await screen.findByText('Encrypting what is there: 3 of 12');
    expect(screen.getByText(/your notes, and what was written down are not encrypted/)).toBeTruthy();
    client.change({ encryption: { messages: false, progress: { done: 1, total: 12 }, lockedCount: 0 } });
    await screen.findByText('Decrypting what is there: 1 of 12');
  });

  it('say when their key is gone', async () => {
    await openWindow({ encryption: { messages: true, progress: null, lockedCount: 2 } });
    await press('Settings');
    await screen.findByText(/2 messages cannot be heard: the key is not on this computer/);
  });
});
