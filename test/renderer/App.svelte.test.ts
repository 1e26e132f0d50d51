// The window as a whole: places, notices, refusals, typing from anywhere.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { buildAccount, buildCall, buildHistoryEntry } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const TEST_LINE = { address: 'sip:127.0.0.1:5070', numbers: [{ number: 'echo', description: 'Hear yourself' }] };
const fresh = { accounts: [buildAccount({ isTestLine: true, displayName: '' })], testLine: TEST_LINE };

describe('the window', () => {
  it('offers the test line while there is no account, and dials it', async () => {
    const { client } = await openWindow(fresh);

    await press('Call echo: Hear yourself');

    expect(client.given.at(-1)).toEqual({ name: 'call.dial', params: { target: 'echo' } });
  });

  it('offers no test line beside an account', async () => {
    await openWindow({ testLine: TEST_LINE });

    expect(screen.queryByText(/built-in test line/)).toBeNull();
  });

  it('shows recent calls beside the dial pad when it is wide', async () => {
    await openWindow({ history: [buildHistoryEntry()] }, true);

    expect(screen.getByRole('region', { name: 'Call history' })).toBeTruthy();
    expect(screen.getByRole('group', { name: 'Dial pad' })).toBeTruthy();
  });

  it('dials what was typed with Enter, and nothing more', async () => {
    const { client } = await openWindow();
    const field = screen.getByLabelText<HTMLInputElement>('Number or address');

    await fireEvent.input(field, { target: { value: ' 4711 ' } });
    await press('Call');

    await waitFor(() => expect(field.value).toBe(''));
    expect(client.given.at(-1)).toEqual({ name: 'call.dial', params: { target: '4711' } });
  });

  it('has no key on the dial pad that would send the form', async () => {
    await openWindow();

    const keys = screen.getByRole('group', { name: 'Dial pad' }).querySelectorAll('button');

    expect([...keys].map(({ type }) => type)).toEqual(Array.from({ length: 12 }, () => 'button'));
  });

  it('fills the number field when digits are typed anywhere', async () => {
    await openWindow();
    await press('History');
    await screen.findByText('No calls yet');

    for (const key of ['+', '4', '9', 'x']) await fireEvent.keyDown(document.body, { key });

    const field = await screen.findByLabelText<HTMLInputElement>('Number or address');
    expect(field.value).toBe('+49');
    expect(document.activeElement).toBe(field);
  });

  it('shows a refusal as an alert', async () => {
    const { client } = await openWindow();
    client.answer('away.switchOn', { ok: false, failure: { code: 'storageFailed', message: 'The disk is full.' } });

    screen.getByRole('switch', { name: /^Away/ }).click();

    const text = await screen.findByText('The disk is full.');
    expect(text.closest('[role=alert]')).not.toBeNull();
  });

  it('says when the phone is gone and when it is back', async () => {
    const { client } = await openWindow();

    client.connect(false);
    await screen.findByText(/Nightjar is not running/);
    client.connect();

    await waitFor(() => expect(screen.queryByText(/Nightjar is not running/)).toBeNull());
  });

  it('shows notices until they are dismissed', async () => {
    const { client } = await openWindow({ notices: [{ id: 'n1', atMs: 0, text: 'A message was rescued.' }] });

    await press(/^Dismiss: A message/);

    expect(client.given.at(-1)).toEqual({ name: 'phone.dismissNotice', params: { noticeId: 'n1' } });
  });

  it('leads back to a call from another place', async () => {
    await openWindow({ calls: [buildCall()] });
    await press('Settings');

    await press('Back to the call');

    await screen.findByRole('region', { name: 'Call with Bob' });
  });

  it('writes what comes from the network as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    await openWindow({
      calls: [buildCall({ remote: { displayName: hostile, address: 'sip:x@y', isAsserted: false } })],
    });

    expect(screen.getByRole('heading', { name: hostile })).toBeTruthy();
    expect(document.querySelector('img[src=x]')).toBeNull();
  });
});

describe('somebody who calls', () => {
  const ringing = { direction: 'incoming', state: 'ringing', connectedAtMs: undefined } as const;

  it('is shown with what the provider knows and with who forwarded the call', async () => {
    const remote = {
      displayName: 'Bob',
      address: 'tel:+12015550123',
      isAsserted: true,
      verification: 'failed',
    } as const;
    const forwardedFrom = { displayName: '', address: 'sip:carol@example.com', reason: 'noAnswer' } as const;
    await openWindow({ calls: [buildCall({ ...ringing, remote, forwardedFrom })] });

    await screen.findByText(/This number may be forged/);
    screen.getByText('Forwarded from carol@example.com, who did not answer');
  });

  it('is an anonymous caller who wants to be', async () => {
    const remote = {
      displayName: '',
      address: 'sip:anonymous@anonymous.invalid',
      isAsserted: false,
      isAnonymous: true,
    };
    await openWindow({ calls: [buildCall({ ...ringing, remote })] });

    await screen.findByRole('heading', { name: 'Anonymous caller' });
    expect(screen.queryByText(/anonymous\.invalid/)).toBeNull();
  });
});

describe('every control', () => {
  it.each(['Phone', 'History', 'Messages', 'Settings'])('has a name in %s', async (place) => {
    await openWindow({ ...fresh, history: [buildHistoryEntry()] });
    await press(place);

    await waitFor(() => expect(screen.getByRole('button', { name: place }).getAttribute('aria-current')).toBe('page'));
    for (const role of ['button', 'switch', 'textbox', 'spinbutton', 'slider', 'combobox'])
      for (const control of screen.queryAllByRole(role)) expect(control, control.outerHTML).toHaveAccessibleName();
  });
});
