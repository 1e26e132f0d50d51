// Transfer in the window: by number, by joining two calls, asked by the other side; and the mark of a full mailbox.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { transferEndText, voicemailText } from '../../src-renderer/state/selectors.ts';
import { buildAccount, buildCall } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const person = (displayName: string) => ({ displayName, address: `sip:${displayName}@example.com`, isAsserted: false });

describe('a transfer', () => {
  it('goes to what is typed, and says how it ended', async () => {
    const { client } = await openWindow({ calls: [buildCall()] });
    client.answer('call.transfer', { ok: true, value: { statusCode: 486 } });

    await press('Transfer');
    const field = await screen.findByLabelText('Send to');
    await fireEvent.input(field, { target: { value: '200' } });
    await fireEvent.submit(screen.getByRole('form', { name: 'Transfer Bob' }));

    await screen.findByText(/did not work: busy/);
    expect(client.given.at(-1)).toEqual({ name: 'call.transfer', params: { callId: 'call-1', target: '200' } });
  });

  it('joins the other call that goes on', async () => {
    const held = buildCall({ id: 'call-2', isOnHold: true, remote: person('Carol') });
    const { client } = await openWindow({ calls: [buildCall(), held] });
    client.answer('call.transferAttended', { ok: true, value: { statusCode: 200 } });

    await press('Transfer');
    await press('Connect with Carol');

    await screen.findByText('The call was transferred');
    expect(client.given.at(-1)).toEqual({
      name: 'call.transferAttended',
      params: { callId: 'call-1', consultationCallId: 'call-2' },
    });
  });

  it('is shown while it goes on', async () => {
    await openWindow({ calls: [buildCall({ isOnHold: true, transfer: { target: 'sip:carol@example.com' } })] });

    expect(screen.getByText('Transferring to carol@example.com …')).toBeTruthy();
  });

  it.each([
    ['Call there', 'call.acceptTransfer'],
    ['No', 'call.declineTransfer'],
  ] as const)('that the other side asks for is a question: "%s"', async (answer, name) => {
    const transferRequest = { target: 'sip:<b>carol</b>@example.com', referredBy: 'sip:bob@example.com' };
    const { client } = await openWindow({ calls: [buildCall({ transferRequest })] });

    expect(screen.getByRole('alertdialog', { name: 'Transfer?' })).toHaveTextContent('<b>carol</b>@example.com');
    await press(answer);

    await waitFor(() => expect(client.given.at(-1)).toEqual({ name, params: { callId: 'call-1' } }));
  });

  it('ends in plain words', () => {
    expect(transferEndText(200)).toBe('The call was transferred');
    expect(transferEndText(603)).toBe('The transfer did not work: declined. You are back in the call');
    expect(transferEndText(500)).toContain('refused (500)');
  });
});

describe('the mailbox at the server', () => {
  const waiting = { isWaiting: true, newCount: 2, oldCount: 8, address: 'sip:vm@example.com' };

  it('is told with its account, and can be called', async () => {
    const { client } = await openWindow({ accounts: [buildAccount({ voicemail: waiting })] });
    await press('Settings');
    await screen.findByText('2 new voice messages');
    await press(/^Listen to the messages/);

    expect(client.given.at(-1)).toMatchObject({ name: 'call.dial', params: { target: 'sip:vm@example.com' } });
  });

  it('is told without a count as well', () => {
    const text = (voicemail: typeof waiting | null | object) => voicemailText(buildAccount({ voicemail } as never));
    expect(text(null)).toBeUndefined();
    expect(text({ ...waiting, isWaiting: false })).toBeUndefined();
    expect(text({ ...waiting, newCount: null })).toBe('New voice messages');
    expect(text({ ...waiting, newCount: 1 })).toBe('1 new voice message');
  });
});
