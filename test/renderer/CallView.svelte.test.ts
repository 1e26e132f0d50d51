// One call in the window: its states, its buttons, its end.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { buildAccount, buildCall, buildQuality } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const region = () => screen.getByRole('region', { name: 'Call with Bob' });

describe('a call in view', () => {
  it('shows who it is with, its time and its sound', async () => {
    const quality = buildQuality();
    await openWindow({ calls: [buildCall({ connectedAtMs: Date.now() - 67_000, quality })] });

    expect(screen.getByRole('heading', { name: 'Bob' })).toBeTruthy();
    expect(screen.getByRole('timer').textContent).toMatch(/^1:0[78]$/);
    expect(region()).toHaveTextContent(/Connected.*HD.*Good line/);
  });

  it.each([
    [3.5, 'Fair line'],
    [2, 'Poor line'],
  ])('says what a MOS of %d means in words', async (mos, word) => {
    await openWindow({ calls: [buildCall({ quality: buildQuality({ mos, lossPercent: 9 }) })] });

    expect(region()).toHaveTextContent(word);
  });

  it('shows on demand what was measured, in words', async () => {
    const quality = buildQuality({
      lossPercent: 2.5,
      latePercent: 0.4,
      bursts: { durationMs: 120, lossPercent: 60 },
      roundTripMs: 84,
      concealedMs: 1400,
      stretchedMs: 260,
      remote: { mos: 4.1, lossPercent: 1 },
    });
    await openWindow({ calls: [buildCall({ quality })] });
    expect(screen.queryByRole('group', { name: 'What was measured' })).toBeNull();

    await press('Good line');

    const facts = await screen.findByRole('group', { name: 'What was measured' });
    const shown = [...facts.querySelectorAll('dt, dd')].map(({ textContent }) => textContent.trim()).join(' ');
    for (const words of [
      'Opus, 48 kHz',
      '4.3 of 5',
      '2.5 %, in bursts of 120 ms',
      'Came too late 0.4 %',
      'There and back 84 ms',
      'Unevenness 3 ms',
      'Held back 40 ms, 30 ms wanted',
      'Filled in 1.4 s',
      'Stretched and shortened 0.3 s',
      'Other side hears you 4.1 of 5, 1.0 % lost',
    ]) {
      expect(shown).toContain(words);
    }
    await press('Good line');
    expect(screen.queryByRole('group', { name: 'What was measured' })).toBeNull();
  });

  it('says what is not known', async () => {
    await openWindow({ calls: [buildCall({ quality: buildQuality() })] });
    await press('Good line');
    const facts = await screen.findByRole('group', { name: 'What was measured' });
    expect(facts).toHaveTextContent(/not known yet.*it does not tell/);
  });

  it.each([
    [{ state: 'checking' }, 'being looked for'],
    [{ state: 'completed', localKind: 'host', remoteKind: 'host' }, 'direct'],
    [{ state: 'completed', localKind: 'srflx', remoteKind: 'prflx' }, 'direct, through a router'],
    [{ state: 'completed', localKind: 'relay', remoteKind: 'host' }, 'by a relay'],
    [{ state: 'failed' }, 'none was found'],
  ] as const)('says which way the sound takes: %o', async (path, words) => {
    await openWindow({ calls: [buildCall({ quality: buildQuality({ path }) })] });
    await press('Good line');
    const facts = await screen.findByRole('group', { name: 'What was measured' });
    expect(facts).toHaveTextContent(new RegExp(`Way of the sound ?${words}$`));
  });

  it('offers only to hang up while it rings', async () => {
    const { client } = await openWindow({ calls: [buildCall({ state: 'ringing', connectedAtMs: undefined })] });

    expect(screen.queryByRole('button', { name: 'Mute' })).toBeNull();
    await press('Hang up');

    expect(client.given.at(-1)).toEqual({ name: 'call.hangUp', params: { callId: 'call-1' } });
  });

  it.each([
    ['Mute', {}, 'call.setMuted', { callId: 'call-1', muted: true }],
    ['Unmute', { isMuted: true }, 'call.setMuted', { callId: 'call-1', muted: false }],
    ['Hold', {}, 'call.hold', { callId: 'call-1' }],
    ['Resume', { isOnHold: true }, 'call.resume', { callId: 'call-1' }],
    ['Record', {}, 'call.startRecording', { callId: 'call-1' }],
  ] as const)('gives the command of "%s"', async (name, given, command, params) => {
    const { client } = await openWindow({ calls: [buildCall(given)] });

    await press(name);

    expect(client.given.at(-1)).toEqual({ name: command, params });
  });

  it('sets how loud the peer is', async () => {
    const { client } = await openWindow({ calls: [buildCall({ volumePercent: 60 })] });
    const slider = screen.getByLabelText<HTMLInputElement>('Volume of this call');
    expect(slider.value).toBe('60');

    await fireEvent.change(slider, { target: { value: '140' } });

    expect(client.given.at(-1)).toEqual({ name: 'call.setVolume', params: { callId: 'call-1', percent: 140 } });
  });

  it('says in words that it is recorded, and where the recording is', async () => {
    const { client } = await openWindow({ calls: [buildCall({ isRecording: true })] });
    client.answer('call.stopRecording', { ok: true, value: { file: 'recordings/bob.wav' } });

    expect(region()).toHaveTextContent('Recording');
    await press('Stop');

    await screen.findByText('Recording saved: recordings/bob.wav');
  });

  it('sends digits from the keypad and the keyboard, and shows them', async () => {
    const { client } = await openWindow({ calls: [buildCall()] });

    await press('Keypad');
    await screen.findByRole('group', { name: 'Keypad' });
    await press('5 JKL');
    await fireEvent.keyDown(document.body, { key: '#' });

    await screen.findByText('5#');
    expect(client.given.filter(({ name }) => name === 'call.sendDtmf').map(({ params }) => params)).toEqual([
      { callId: 'call-1', digits: '5' },
      { callId: 'call-1', digits: '#' },
    ]);
  });

  it('changes its words as the phone says', async () => {
    const { client } = await openWindow({ calls: [buildCall({ state: 'dialing', connectedAtMs: undefined })] });
    expect(region()).toHaveTextContent('Calling …');

    client.change({ calls: [buildCall({ isOnHold: true })] });
    await waitFor(() => expect(region()).toHaveTextContent('On hold'));
    client.change({ calls: [buildCall({ isRemoteHolding: true })] });

    await waitFor(() => expect(region()).toHaveTextContent('The other side put you on hold'));
  });

  it('keeps the reason of a failed call until it is closed', async () => {
    const { client } = await openWindow();
    const end = { by: 'remote', statusCode: 486, reason: 'Busy Here' } as const;

    client.change({ calls: [buildCall({ state: 'ended', connectedAtMs: undefined, end })] });
    await waitFor(() => expect(region()).toHaveTextContent('Busy'));
    client.change({ calls: [] });
    expect(region()).toHaveTextContent('Busy');
    await press('Close');

    await screen.findByLabelText('Number or address');
  });

  it('calls again after a failure', async () => {
    const end = { by: 'remote', statusCode: 480, reason: '' } as const;
    const { client } = await openWindow({ calls: [buildCall({ state: 'ended', connectedAtMs: undefined, end })] });

    await press('Call again');

    expect(client.given.at(-1)).toEqual({
      name: 'call.dial',
      params: { target: 'sip:bob@example.com', accountId: 'alice' },
    });
  });

  it('changes to another call that goes on', async () => {
    const carol = { displayName: 'Carol', address: 'sip:carol@example.com', isAsserted: false };
    await openWindow({ calls: [buildCall({ id: 'call-2', remote: carol, isOnHold: true }), buildCall()] });

    await press(/Carol\s*On hold/);

    await screen.findByRole('region', { name: 'Call with Carol' });
  });
});

describe('several calls', () => {
  const carol = { displayName: 'Carol', address: 'sip:carol@example.com', isAsserted: false };

  it('are brought together, and one is taken out again', async () => {
    const { client } = await openWindow({
      calls: [buildCall({ id: 'call-2', remote: carol, isOnHold: true }), buildCall()],
    });

    await press('Merge');
    expect(client.given.at(-1)).toEqual({ name: 'call.merge', params: { callIds: ['call-1', 'call-2'] } });

    const conferenceId = 'conference-1';
    client.change({ calls: [buildCall({ id: 'call-2', remote: carol, conferenceId }), buildCall({ conferenceId })] });
    await waitFor(() => expect(region()).toHaveTextContent('In a conference'));
    expect(screen.queryByRole('button', { name: 'Merge' })).toBeNull();
    await press('Split');

    expect(client.given.at(-1)).toEqual({ name: 'call.split', params: { callIds: ['call-1'] } });
  });

  it('are not brought together before both are there', async () => {
    const dialing = buildCall({ id: 'call-2', remote: carol, state: 'dialing', connectedAtMs: undefined });
    await openWindow({ calls: [buildCall(), dialing] });

    expect(screen.queryByRole('button', { name: 'Merge' })).toBeNull();
  });
});

describe('a busy line', () => {
  it('is called when it is free, unless the user thinks better of it', async () => {
    const end = { by: 'remote', statusCode: 486, reason: 'Busy Here' } as const;
    const { client } = await openWindow({ calls: [buildCall({ state: 'ended', connectedAtMs: undefined, end })] });
    client.answer('call.callBackWhenFree', { ok: true, value: { address: 'sip:bob@example.com' } });

    await press('Call when free');
    await screen.findByText('Bob is called as soon as the line is free');
    await press('Undo');

    expect(client.given.at(-1)).toEqual({ name: 'call.cancelCallBack', params: { address: 'sip:bob@example.com' } });
  });
});

describe('an incoming call', () => {
  const ringing = buildCall({ direction: 'incoming', state: 'ringing', connectedAtMs: undefined });

  it('opens a dialog that has the focus and gives it back', async () => {
    const { client } = await openWindow();
    const history = screen.getByRole('button', { name: 'History' });
    history.focus();

    client.change({ calls: [ringing] });
    const dialog = await screen.findByRole('alertdialog', { name: 'Incoming call from Bob' });
    await waitFor(() => expect(document.activeElement).toBe(dialog));
    expect(history.closest('.window')).toHaveProperty('inert', true);
    client.change({ calls: [] });

    await waitFor(() => expect(document.activeElement).toBe(history));
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it('is answered, and the call comes into view', async () => {
    const { client } = await openWindow({ calls: [ringing] });

    await press('Answer');
    expect(client.given.at(-1)).toEqual({ name: 'call.answer', params: { callId: 'call-1' } });
    client.change({ calls: [buildCall({ direction: 'incoming' })] });

    await screen.findByRole('region', { name: 'Call with Bob' });
  });

  it('is declined by its button or Escape, but not by what was meant for something else', async () => {
    const { client } = await openWindow({ calls: [ringing] });
    const dialog = screen.getByRole('alertdialog');

    await fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(client.count('call.reject')).toBe(0);
    await press('Decline');
    await fireEvent.keyDown(dialog, { key: 'Escape' });

    expect(client.count('call.reject')).toBe(2);
  });

  it('names the account that is called when there are several', async () => {
    await openWindow({
      calls: [ringing],
      accounts: [buildAccount(), buildAccount({ id: 'work' })],
    });

    expect(screen.getByRole('alertdialog')).toHaveTextContent('to Alice');
  });
});
