// History and messages.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { buildAway, buildHistoryEntry, buildMessage } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const remote = { displayName: 'Carol', address: 'sip:carol@example.com' };

describe('the call history', () => {
  it.each([
    [{ outcome: 'answered', direction: 'incoming' }, 'Received, 1:05'],
    [{ outcome: 'answered', direction: 'outgoing' }, 'Called, 1:05'],
    [{ outcome: 'missed', direction: 'incoming' }, 'Missed'],
    [{ outcome: 'missed', direction: 'outgoing' }, 'No answer'],
    [{ outcome: 'refused', direction: 'incoming' }, 'Declined'],
    [{ outcome: 'refused', direction: 'outgoing', reason: 'Busy' }, 'Busy'],
    [
      { outcome: 'refused', direction: 'outgoing', reason: 'Temporarily Unavailable', statusCode: 480 },
      'Not available right now',
    ],
    [
      { outcome: 'failed', direction: 'outgoing', reason: 'Not Found', statusCode: 404 },
      'There is nobody at this address',
    ],
    [{ outcome: 'failed', direction: 'outgoing' }, 'Failed'],
    [{ outcome: 'message', direction: 'incoming' }, 'Left a message'],
    [{ outcome: 'noMessage', direction: 'incoming' }, 'Left no message'],
    [{ outcome: 'callBackWanted', direction: 'incoming' }, 'Wants to be called back'],
    [{ outcome: 'replied', direction: 'incoming' }, 'Was told your reply'],
    [{ outcome: 'sentAway', direction: 'incoming' }, 'Sent away without a name'],
    [{ outcome: 'remoteAccess', direction: 'incoming' }, 'Messages heard from afar'],
    [{ outcome: 'machine', direction: 'incoming' }, 'Answering machine'],
    [{ outcome: 'answeredElsewhere', direction: 'incoming' }, 'Answered on another phone'],
  ] as const)('says what became of %j', async (given, text) => {
    await openWindow({ history: [buildHistoryEntry(given)] });
    await press('History');

    expect(await screen.findByText(text)).toBeTruthy();
  });

  it('opens the message that was left, of several the right one', async () => {
    const left = { outcome: 'message', direction: 'incoming', messageId: 'message-2' } as const;
    const messages = [buildMessage(), buildMessage({ id: 'message-2', from: remote })];
    await openWindow({ messages, history: [buildHistoryEntry(left)] });
    await press('History');

    await press('Left a message');

    const opened = await screen.findByRole('article', { name: 'Message from Carol' });
    expect(opened).toHaveFocus();
    await press('History');
    await press('Messages');
    expect(await screen.findByRole('article', { name: 'Message from Carol' })).not.toHaveFocus();
  });

  it('opens what was kept of a call that the user took, and nothing of a message that is gone', async () => {
    const taken = buildHistoryEntry({ direction: 'incoming', messageId: 'message-1' });
    const gone = buildHistoryEntry({ id: 'entry-2', outcome: 'message', direction: 'incoming', messageId: 'gone' });
    await openWindow({ messages: [buildMessage()], history: [taken, gone] });
    await press('History');

    expect(await screen.findByText('Left a message')).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Left a message' })).toBeNull();
    await press('Received, 1:05');
    expect(await screen.findByRole('article', { name: 'Message from Bob' })).toHaveFocus();
  });

  it('calls back on the account of the call', async () => {
    const { client } = await openWindow({ history: [buildHistoryEntry({ accountId: 'work' })] });
    await press('History');

    await press('Call Bob back');

    const params = { target: 'sip:bob@example.com', accountId: 'work' };
    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'call.dial', params }));
  });

  it('lets the phone search, and says when there is nothing', async () => {
    const { client } = await openWindow({ history: [buildHistoryEntry()] });
    client.answer('history.list', { ok: true, value: [buildHistoryEntry({ id: 'old', remote })] });
    await press('History');
    const field = await screen.findByRole('searchbox', { name: 'Search the history' });

    await fireEvent.input(field, { target: { value: 'car' } });
    await screen.findByText('Carol');
    expect(screen.queryByText('Bob')).toBeNull();
    client.answer('history.list', { ok: true, value: [] });
    await fireEvent.input(field, { target: { value: 'carx' } });

    await screen.findByText('Nothing found.');
  });
});

describe('the messages', () => {
  it('marks what is new in words and counts it', async () => {
    await openWindow({ messages: [buildMessage()], away: buildAway({ unheardCount: 1 }) });

    await press(/^Messages/);

    expect((await screen.findByRole('article')).textContent).toContain('new');
    expect(screen.getByRole('button', { name: /^Messages\s*1\s*new$/ })).toBeTruthy();
  });

  it('plays, shows the position and stops', async () => {
    const { client } = await openWindow({ messages: [buildMessage()] });
    await press('Messages');

    await press('Play the message from Bob');
    const asRecorded = { fromMs: 0, speed: 1, skipsSilence: false };
    expect(client.given.at(-1)).toEqual({ name: 'message.play', params: { messageId: 'message-1', ...asRecorded } });
    const playback = {
      messageId: 'message-1',
      startedAtMs: Date.now() - 4000,
      fromMs: 1000,
      speed: 1,
      skipsSilence: false,
    };
    client.change({ playback });
    await press('Stop');

    expect(client.given.at(-1)?.name).toBe('message.stop');
    const slider = screen.getByRole<HTMLInputElement>('slider');
    await waitFor(() => expect(Number(slider.value)).toBeGreaterThanOrEqual(5000));
  });

  it('plays on from where the slider is put', async () => {
    const { client } = await openWindow({ messages: [buildMessage()] });
    await press('Messages');
    const slider = await screen.findByRole('slider', { name: 'Position in the message from Bob' });

    await fireEvent.change(slider, { target: { value: '7000' } });

    const params = { messageId: 'message-1', fromMs: 7000, speed: 1, skipsSilence: false };
    expect(client.given.at(-1)).toEqual({ name: 'message.play', params });
  });

  it('deletes with a way back', async () => {
    const { client } = await openWindow({ messages: [buildMessage()] });
    await press('Messages');

    await press('Delete the message from Bob');
    await press('Undo');

    expect(client.given.at(-1)).toEqual({ name: 'message.restore', params: { messageId: 'message-1' } });
    await waitFor(() => expect(screen.queryByText('Message deleted')).toBeNull());
  });

  it('says what will be here when there is nothing', async () => {
    await openWindow();
    await press('Messages');

    await screen.findByRole('heading', { name: 'No messages' });
  });
});
