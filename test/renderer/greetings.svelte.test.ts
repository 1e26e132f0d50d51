import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { uploadGreeting } from '../../src-renderer/state/greeting-upload.ts';
import { toWav } from '../../src-renderer/sound/decode-sound.ts';
import type { Greeting, GreetingRule } from '../../src-shared/contract/index.ts';
import { buildAccount, buildAway } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const greeting = (id: string, changed: Partial<Greeting> = {}): Greeting => ({
  ...{ id, name: id, file: `/greetings/${id}.wav`, durationSec: 3, madeAtMs: 0, isCut: false },
  ...changed,
});
const rule = (name: string, file: string): GreetingRule => ({
  ...{ name, from: [], accountIds: [], hours: [], greetingFile: file },
});
const GREETINGS = [greeting('work'), greeting('family')];
const settingsOf = (change: object) => buildAway({ settings: { ...buildAway().settings, ...change } });

async function open(
  list: readonly Greeting[] = GREETINGS,
  settings: object = {},
  recording: 'none' | 'recording' = 'none',
) {
  const opened = await openWindow({
    greetings: { list: [...list], recording },
    away: settingsOf(settings),
    accounts: [
      buildAccount(),
      buildAccount({ id: 'office', address: 'sip:alice@office.example', displayName: 'Office' }),
    ],
  });
  await press('Settings');
  await screen.findByRole('list', { name: 'Your greetings' });
  return { ...opened, last: () => opened.client.given.at(-1) };
}

describe('greetings in the settings', () => {
  it('are heard, made the usual one, and the one of the app again', async () => {
    const { last } = await open(GREETINGS, { greetingFile: '/greetings/work.wav' });

    await press('Hear the greeting family');
    expect(last()).toEqual({ name: 'greeting.play', params: { greetingId: 'family' } });
    await press('Use the greeting family');
    expect(last()).toEqual({ name: 'away.set', params: { greetingFile: '/greetings/family.wav' } });
    expect(screen.queryByRole('button', { name: 'Use the greeting work' })).toBeNull();
    await press('Use the greeting that comes with Nightjar');
    expect(last()?.params).toEqual({ greetingFile: null });
  });

  it('are renamed, and deleted with a way back to the usual greeting', async () => {
    const { client, last } = await open(GREETINGS, { greetingFile: '/greetings/work.wav' });

    await press('Rename the greeting work');
    await fireEvent.input(screen.getByLabelText('Name of the greeting'), { target: { value: 'Office' } });
    await press('Keep the name');
    expect(last()).toEqual({ name: 'greeting.rename', params: { greetingId: 'work', name: 'Office' } });
    await press('Delete the greeting work');
    await waitFor(() => expect(last()).toEqual({ name: 'away.set', params: { greetingFile: null } }));
    await press('Undo');
    await waitFor(() => expect(client.given.map(({ name }) => name)).toContain('greeting.restore'));
    expect(last()?.params).toEqual({ greetingFile: '/greetings/work.wav' });
  });

  it('are cut, and made whole again', async () => {
    const { client, last } = await open([greeting('long'), greeting('cut', { isCut: true })]);
    client.answer('greeting.measure', { ok: true, value: [10, 90] });
    await press('Cut the greeting long');
    const cutting = screen.getByRole('group', { name: 'Cut the greeting long' });

    expect(within(cutting).getByRole('button', { name: 'Cut' })).toBeDisabled();
    await fireEvent.input(within(cutting).getByLabelText(/^Begin/), { target: { value: '500' } });
    await fireEvent.input(within(cutting).getByLabelText(/^End/), { target: { value: '2500' } });
    within(cutting).getByRole('button', { name: 'Cut' }).click();
    await waitFor(() =>
      expect(last()).toEqual({ name: 'greeting.trim', params: { greetingId: 'long', fromMs: 500, toMs: 2500 } }),
    );
    await press('Undo');
    expect(last()).toEqual({ name: 'greeting.untrim', params: { greetingId: 'long' } });
    await press('Cut the greeting cut');
    await press('Whole again');
    expect(last()).toEqual({ name: 'greeting.untrim', params: { greetingId: 'cut' } });
  });

  it('are recorded with a meter, kept or thrown away', async () => {
    const { client, last } = await open([]);
    await press('Record');
    expect(last()?.name).toBe('greeting.record');
    client.change({ greetings: { list: [], recording: 'recording' } });
    await screen.findByRole('group', { name: 'Recording a greeting' });
    client.emit({ event: 'greeting.levelSampled', dbov: -20 });

    await press('Stop and keep');
    expect(last()?.name).toBe('greeting.keepRecording');
    await press('Throw away');
    expect(last()?.name).toBe('greeting.dropRecording');
  });

  it('tell callers when the user is back, where that is wanted', async () => {
    const { last } = await open();
    screen.getByRole('switch', { name: 'Say when I am back' }).click();
    expect(last()).toEqual({ name: 'away.set', params: { saysBack: true } });
  });
});

describe('greeting rules in the settings', () => {
  it('are made for some callers of one account', async () => {
    const { last } = await open();
    await press(/Another greeting for some callers/);
    await fireEvent.input(screen.getByLabelText('Name of the rule'), { target: { value: 'family' } });
    await fireEvent.input(screen.getByLabelText(/^Callers/), {
      target: { value: 'mum@example.com\n\n dad@example.com' },
    });
    await fireEvent.change(screen.getByLabelText('Called at'), { target: { value: 'office' } });
    await fireEvent.change(screen.getByLabelText('They hear'), { target: { value: '/greetings/family.wav' } });
    await press('Save the rule');

    expect(last()).toEqual({
      name: 'away.set',
      params: {
        greetingRules: [
          {
            ...{ name: 'family', from: ['mum@example.com', 'dad@example.com'], accountIds: ['office'], hours: [] },
            greetingFile: '/greetings/family.wav',
          },
        ],
      },
    });
  });

  it('are put in order, changed and removed', async () => {
    const rules = [rule('first', '/greetings/work.wav'), rule('second', '/gone.wav')];
    const { last } = await open(GREETINGS, { greetingRules: rules });
    expect(screen.getByText('Everybody: a greeting that is gone')).toBeVisible();

    await press('Try the rule second sooner');
    expect(last()?.params).toEqual({ greetingRules: [rules[1], rules[0]] });
    await press('Change the rule second');
    await press('Remove the rule');
    expect(last()?.params).toEqual({ greetingRules: [rules[0]] });
    await press('Change the rule first');
    await press('Cancel');
    expect(screen.queryByRole('button', { name: 'Save the rule' })).toBeNull();
  });

  it('need a greeting', async () => {
    await open([]);
    expect(screen.getByRole('button', { name: /Another greeting for some callers/ })).toBeDisabled();
  });
});

describe('a sound file that is brought in', () => {
  it('goes to the phone in parts, under its name without the ending', async () => {
    const { phone, client } = await open();
    const wav = toWav(new Float32Array(300_000).fill(0.5));

    await uploadGreeting(phone, new File([], 'Summer.time.mp3'), () => Promise.resolve(wav));

    const sent = client.given.filter(({ name }) => name === 'greeting.upload').map(({ params }) => params) as {
      readonly name: string;
      readonly sound: string;
      readonly isLast: boolean;
    }[];
    expect(sent.map(({ name, isLast }) => [name, isLast])).toEqual([
      ['Summer.time', false],
      ['Summer.time', true],
    ]);
    expect(Buffer.concat(sent.map(({ sound }) => Buffer.from(sound, 'base64'))).equals(Buffer.from(wav))).toBe(true);
  });

  it('is refused with its name when the browser cannot read it', async () => {
    const { phone, client } = await open();

    await uploadGreeting(phone, new File([], 'text.txt'), () => Promise.reject(new Error('no sound')));

    expect(await screen.findByText('text.txt cannot be read as sound')).toBeVisible();
    expect(client.count('greeting.upload')).toBe(0);
  });
});
