// What the window says of the microphone: talking while muted, and silence.
import '@testing-library/jest-dom/vitest';
import { screen, waitFor } from '@testing-library/svelte';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MicrophoneNotices } from '../../src-renderer/state/microphone-notices.svelte.ts';
import { buildCall } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const noticed = (notice: 'speakingWhileMuted' | 'microphoneSilent' | 'microphoneHeard') =>
  ({ event: 'call.microphoneNoticed', callId: 'call-1', notice }) as const;
const status = () => screen.getByRole('status', { name: 'Microphone' });

describe('notices of the microphone', () => {
  afterEach(() => void vi.useRealTimers());

  it('say that one talks while muted for as long as the phone repeats it', () => {
    vi.useFakeTimers();
    const notices = new MicrophoneNotices();
    const muted = buildCall({ isMuted: true });

    notices.take(noticed('speakingWhileMuted'));
    vi.advanceTimersByTime(5000);
    notices.take(noticed('speakingWhileMuted'));
    vi.advanceTimersByTime(5000);
    expect(notices.of(muted)).toBe('speakingWhileMuted');
    expect(notices.of(buildCall())).toBeUndefined();
    vi.advanceTimersByTime(5000);

    expect(notices.of(muted)).toBeUndefined();
  });

  it('say nothing of a silent microphone that nobody is to hear', () => {
    const notices = new MicrophoneNotices();
    notices.take(noticed('microphoneSilent'));

    expect(notices.of(buildCall())).toBe('microphoneSilent');
    expect(notices.of(buildCall({ isMuted: true }))).toBeUndefined();
    expect(notices.of(buildCall({ isOnHold: true }))).toBeUndefined();
  });

  it('are forgotten with their call', () => {
    const notices = new MicrophoneNotices();
    notices.take(noticed('microphoneSilent'));

    notices.keep([buildCall({ state: 'ended' })]);

    expect(notices.of(buildCall())).toBeUndefined();
  });
});

describe('a call whose microphone is not heard', () => {
  it('offers to speak who talks while muted', async () => {
    const { client } = await openWindow({ calls: [buildCall({ isMuted: true })] });
    expect(status()).toBeEmptyDOMElement();

    client.emit(noticed('speakingWhileMuted'));
    await waitFor(() => expect(status()).toHaveTextContent('You are muted: nobody hears you.'));
    await press('Speak');

    expect(client.given.at(-1)).toEqual({ name: 'call.setMuted', params: { callId: 'call-1', muted: false } });
    client.change({ calls: [buildCall()] });
    await waitFor(() => expect(status()).not.toHaveTextContent('You are muted'));
  });

  it('says that the microphone delivers silence until it is heard again', async () => {
    const { client } = await openWindow({ calls: [buildCall()] });

    client.emit(noticed('microphoneSilent'));
    await waitFor(() => expect(status()).toHaveTextContent('Your microphone delivers silence.'));
    client.emit(noticed('microphoneHeard'));

    await waitFor(() => expect(status()).not.toHaveTextContent('silence'));
  });
});
