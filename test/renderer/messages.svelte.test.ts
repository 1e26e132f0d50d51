// Visual voicemail: how it is played, searched, noted, marked, saved, and brought back from the trash.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { buildMessage } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const carol = { displayName: 'Carol', address: 'sip:carol@example.com' };

beforeEach(() => localStorage.clear());

async function openMessages(messages = [buildMessage()]) {
  const opened = await openWindow({ messages });
  await press('Messages');
  return opened;
}

describe('messages in the window', () => {
  it('are played as fast as was chosen, now and next time; the position follows the speed', async () => {
    const { client } = await openMessages();
    await fireEvent.change(await screen.findByLabelText('Speed'), { target: { value: '2' } });
    (await screen.findByRole('switch', { name: 'Skip pauses' })).click();
    await press('Play the message from Bob');

    const params = { messageId: 'message-1', fromMs: 0, speed: 2, skipsSilence: true };
    expect(client.given.at(-1)).toEqual({ name: 'message.play', params });
    const startedAtMs = Date.now() - 3000;
    client.change({ playback: { messageId: 'message-1', startedAtMs, fromMs: 1000, speed: 2, skipsSilence: true } });

    const slider = await screen.findByRole<HTMLInputElement>('slider');
    await waitFor(() => expect(Number(slider.value)).toBeGreaterThanOrEqual(7000));
    expect(Number(slider.value)).toBeLessThan(9000);
    expect(slider.getAttribute('aria-valuetext')).toMatch(/^0:0[78] of 0:13$/);
    expect(JSON.parse(localStorage.getItem('nightjar.playing') ?? '')).toEqual({ speed: 2, skipsSilence: true });
  });

  it('go on from where they are when the speed is changed', async () => {
    const { client } = await openMessages();
    const startedAtMs = Date.now() - 2000;
    client.change({ playback: { messageId: 'message-1', startedAtMs, fromMs: 1000, speed: 1, skipsSilence: false } });

    await fireEvent.change(await screen.findByLabelText('Speed'), { target: { value: '1.5' } });

    const given = client.given.at(-1);
    expect(given).toMatchObject({ name: 'message.play', params: { messageId: 'message-1', speed: 1.5 } });
    expect((given?.params as { fromMs: number }).fromMs).toBeGreaterThanOrEqual(3000);
  });

  it('are searched by the phone, and are there again when the field is empty', async () => {
    const messages = [buildMessage(), buildMessage({ id: 'message-2', from: carol })];
    const { client } = await openMessages(messages);
    client.answer('message.list', { ok: true, value: messages.slice(1) });
    const field = await screen.findByRole('searchbox', { name: 'Search the messages' });

    await fireEvent.input(field, { target: { value: 'car' } });
    await waitFor(() => expect(screen.queryByRole('article', { name: 'Message from Bob' })).toBeNull());
    expect(screen.getByRole('article', { name: 'Message from Carol' })).toBeTruthy();
    expect(client.given.at(-1)).toEqual({ name: 'message.list', params: { search: 'car' } });
    client.answer('message.list', { ok: true, value: [] });
    await fireEvent.input(field, { target: { value: 'carx' } });
    await screen.findByText('Nothing found.');
    await fireEvent.input(field, { target: { value: '' } });

    expect(await screen.findAllByRole('article')).toHaveLength(2);
  });

  it('are marked, and are new again', async () => {
    const { client } = await openMessages([buildMessage({ isHeard: true })]);

    await press('Mark the message from Bob');
    expect(client.given.at(-1)).toEqual({
      name: 'message.setMarked',
      params: { messageId: 'message-1', isMarked: true },
    });
    await press('Mark as new: the message from Bob');

    expect(client.given.at(-1)).toEqual({
      name: 'message.markHeard',
      params: { messageId: 'message-1', isHeard: false },
    });
  });

  it('have a note, with a way back to what was there', async () => {
    const { client } = await openMessages([buildMessage({ note: 'Boiler' })]);
    await screen.findByText('Boiler');
    await press('Note on the message from Bob');
    const field = await screen.findByRole('textbox', { name: 'Note on the message from Bob' });

    await fireEvent.input(field, { target: { value: ' Boiler, Friday ' } });
    await press('Keep the note');
    expect(client.given.at(-1)).toEqual({
      name: 'message.setNote',
      params: { messageId: 'message-1', note: 'Boiler, Friday' },
    });
    await press('Undo');

    expect(client.given.at(-1)).toEqual({
      name: 'message.setNote',
      params: { messageId: 'message-1', note: 'Boiler' },
    });
  });

  it('are saved in the format that was chosen, and the window says where', async () => {
    const { client } = await openMessages();
    client.answer('message.export', { ok: true, value: { file: 'Downloads/Bob.mp3' } });

    await press('Save the message from Bob as a file');
    await press('MP3');

    expect(client.given.at(-1)).toEqual({ name: 'message.export', params: { messageId: 'message-1', format: 'mp3' } });
    await screen.findByText('Saved as Downloads/Bob.mp3');
  });

  it('come back from the trash, or go for good when that was said twice', async () => {
    const { client } = await openMessages([]);
    client.answer('message.listDeleted', { ok: true, value: [buildMessage({ deletedAtMs: Date.now() })] });

    await press('Trash');
    await press('Restore the message from Bob');
    expect(client.given.at(-1)).toEqual({ name: 'message.restore', params: { messageId: 'message-1' } });
    await press('Empty the trash …');
    expect(client.given.at(-1)?.name).not.toBe('message.emptyTrash');
    await press('Delete for good');

    expect(client.given.at(-1)?.name).toBe('message.emptyTrash');
    await screen.findByRole('heading', { name: 'The trash is empty' });
  });
});
