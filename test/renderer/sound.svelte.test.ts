// What the window says of its own sound, and the settings of sound and recordings.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { NO_SOUND } from '../../src-renderer/sound/window-sound.ts';
import { toWindowDevices } from '../../src-renderer/sound/window-devices.ts';
import { openWindow, press } from './open-window.ts';

const status = () => screen.getByRole('status', { name: 'Sound of this window' });
const choose = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

describe('what stands in the way of the window’s sound', () => {
  it.each([
    ['refused', 'The microphone is blocked: nobody hears you.'],
    ['absent', 'No microphone was found: nobody hears you.'],
  ] as const)('a microphone that is %s can be tried again', async (microphone, text) => {
    const { phone } = await openWindow();
    const retry = vi.fn();
    phone.soundHelp = { retry, unblock: vi.fn() };

    phone.sound = { ...NO_SOUND, isOpen: true, microphone };

    await waitFor(() => expect(status()).toHaveTextContent(text));
    await press('Try again');
    expect(retry).toHaveBeenCalledOnce();
    phone.sound = { ...NO_SOUND, isOpen: true, microphone: 'on' };
    await waitFor(() => expect(status()).toBeEmptyDOMElement());
  });

  it('a browser that wants a click gets it', async () => {
    const { phone } = await openWindow();
    const unblock = vi.fn();
    phone.soundHelp = { retry: vi.fn(), unblock };

    phone.sound = { ...NO_SOUND, isBlocked: true };

    await press('Turn sound on');
    expect(unblock).toHaveBeenCalledOnce();
  });

  it('says what to choose while the browser asks', async () => {
    const { phone } = await openWindow();

    phone.sound = { ...NO_SOUND, isOpen: true, microphone: 'asking' };

    await waitFor(() => expect(status()).toHaveTextContent('choose “Allow”'));
  });
});

describe('the settings of sound', () => {
  it('say which way sound takes and why, and let the window be chosen', async () => {
    const { client } = await openWindow({
      audio: { backend: 'webaudio', reason: 'the sound driver is not installed', way: 'auto' },
    });
    await press('Settings');

    await screen.findByText(/Sound goes through this window/);
    expect(screen.getByText(/The sound driver is not installed\./)).toBeInTheDocument();
    await choose('Sound by', 'window');

    expect(client.given.at(-1)).toEqual({ name: 'device.setWay', params: { way: 'window' } });
    expect(screen.getByText(/once it lets Nightjar use the microphone/)).toBeInTheDocument();
  });

  it('do not ask for the devices again at every change of the view', async () => {
    const { client } = await openWindow();
    await press('Settings');
    await waitFor(() => expect(client.count('device.list')).toBe(1));

    client.change({ isDoNotDisturb: true });
    client.change({ audio: { backend: 'webaudio', reason: 'x' } });

    await waitFor(() => expect(client.count('device.list')).toBe(2));
  });

  it('change how calls are recorded', async () => {
    const { client } = await openWindow({ recordings: { format: 'ogg', beep: 'off' } });
    await press('Settings');

    expect(screen.getByLabelText<HTMLSelectElement>('File').value).toBe('ogg');
    await choose('File', 'wav');
    await choose('Tone', 'repeated');

    expect(client.given.filter(({ name }) => name === 'recording.set').map(({ params }) => params)).toEqual([
      { format: 'wav' },
      { beep: 'repeated' },
    ]);
  });
});

describe('the browser’s devices', () => {
  it('are one a name, without the browser’s aliases and what has no name yet', () => {
    const info = (kind: MediaDeviceKind, label: string, deviceId: string) => ({ kind, label, deviceId });

    expect(
      toWindowDevices([
        info('audioinput', 'Default - Headset', 'default'),
        info('audioinput', 'Built-in', '1'),
        info('audioinput', 'Headset', '2'),
        info('audiooutput', 'Headset', '3'),
        info('audiooutput', '', '4'),
        info('videoinput', 'Camera', '5'),
      ]),
    ).toEqual([
      { name: 'Built-in', canCapture: true, canPlay: false, isDefaultCapture: false, isDefaultPlayback: false },
      { name: 'Headset', canCapture: true, canPlay: true, isDefaultCapture: true, isDefaultPlayback: true },
    ]);
  });
});
