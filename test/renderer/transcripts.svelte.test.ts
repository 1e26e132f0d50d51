// What callers say in words: shown with the message, on its way, failed, begun and stopped by hand; the model's folder in the settings.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { TranscriptView } from '../../src-shared/contract/index.ts';
import { buildMessage } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const view = (jobs: TranscriptView['jobs'], given: Partial<TranscriptView> = {}): TranscriptView => ({
  settings: { modelFolder: '/models/en', isAutomatic: true },
  problem: null,
  jobs,
  ...given,
});
const job = (given: Partial<TranscriptView['jobs'][number]>) => ({
  ...{ messageId: 'message-1', state: 'working' as const, percent: 40 },
  ...given,
});

describe('what is said in a message', () => {
  it('is written down when it is asked for, stopped, and tried again', async () => {
    const { client } = await openWindow({ messages: [buildMessage()], transcripts: view([]) });
    await press('Messages');
    await press('Write down the message from Bob');
    expect(client.given.at(-1)).toEqual({ name: 'transcript.write', params: { messageId: 'message-1' } });

    client.change({ transcripts: view([job({})]) });
    await screen.findByText('Being written down: 40 %');
    await press('Stop writing down the message from Bob');
    expect(client.given.at(-1)).toEqual({ name: 'transcript.cancel', params: { messageId: 'message-1' } });

    client.change({ transcripts: view([job({ state: 'failed', reason: 'No words were understood.' })]) });
    await screen.findByText('Not written down: No words were understood.');
    await screen.findByRole('button', { name: 'Write down the message from Bob' });

    client.change({ messages: [buildMessage({ transcript: 'please call me' })], transcripts: view([]) });
    await screen.findByText('please call me');
    expect(screen.queryByRole('button', { name: 'Write down the message from Bob' })).toBeNull();
  });

  it('is not offered without a model', async () => {
    await openWindow({ messages: [buildMessage()] });
    await press('Messages');
    await screen.findByRole('button', { name: 'Play the message from Bob' });
    expect(screen.queryByRole('button', { name: 'Write down the message from Bob' })).toBeNull();
  });
});

describe('the speech model', () => {
  it('is a folder, refused in words where it holds none', async () => {
    const { client } = await openWindow();
    client.answer('transcript.set', {
      ok: false,
      failure: { code: 'badParams', message: 'There is no speech model in /tmp.' },
    });
    await press('Settings');
    await press('Choose the folder with a speech model');
    await fireEvent.input(await screen.findByLabelText('Folder with a speech model'), { target: { value: ' /tmp ' } });
    await press('Save');
    expect(client.given.at(-1)).toEqual({ name: 'transcript.set', params: { modelFolder: '/tmp' } });
    expect(await screen.findByLabelText('Folder with a speech model')).toHaveAccessibleDescription(
      'There is no speech model in /tmp.',
    );
  });

  it('says when it is gone, and works by itself only where that is wanted', async () => {
    const { client } = await openWindow({
      transcripts: view([], { problem: 'There is no speech model in /models/en.' }),
    });
    await press('Settings');
    await screen.findByText('There is no speech model in /models/en.');
    (await screen.findByRole('switch', { name: 'Write down what callers say' })).click();
    await waitFor(() =>
      expect(client.given.at(-1)).toEqual({ name: 'transcript.set', params: { isAutomatic: false } }),
    );
  });
});
