import '@testing-library/jest-dom/vitest';
import { tick } from 'svelte';
import { screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAway, buildHistoryEntry, buildMessage } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

interface Shown {
  readonly title: string;
  readonly body: string | undefined;
  readonly notice: { onclick: (() => void) | null };
}

const shown: Shown[] = [];
let permission: NotificationPermission;
let asked: number;

/** jsdom has no notices. */
class FakeNotification {
  static get permission(): NotificationPermission {
    return permission;
  }
  static requestPermission(): Promise<NotificationPermission> {
    asked++;
    permission = permission === 'default' ? 'granted' : permission;
    return Promise.resolve(permission);
  }
  onclick: (() => void) | null = null;
  constructor(title: string, { body }: NotificationOptions = {}) {
    shown.push({ title, body, notice: this });
  }
  close(): void {
    return;
  }
}

const titles = (): readonly string[] => shown.map(({ title }) => title);

beforeEach(() => {
  shown.length = 0;
  asked = 0;
  permission = 'granted';
  localStorage.clear();
  vi.stubGlobal('Notification', FakeNotification);
  vi.spyOn(document, 'hasFocus').mockReturnValue(false);
});
afterEach(() => vi.unstubAllGlobals());

describe('notices on the desktop', () => {
  it('tell of a message and of a missed call, and lead there', async () => {
    const { client } = await openWindow({ messages: [buildMessage({ id: 'old' })] });

    client.change({ messages: [buildMessage({ id: 'new', durationSec: 23 }), buildMessage({ id: 'old' })] });
    client.change({ history: [buildHistoryEntry({ direction: 'incoming', outcome: 'missed' })] });

    await waitFor(() => expect(titles()).toEqual(['New message from Bob', 'Missed call from Bob']));
    expect(shown[0]?.body).toBe('0:23');
    shown[0]?.notice.onclick?.();
    expect(await screen.findByRole('heading', { name: 'Messages' })).toBeVisible();
  });

  it('are silent about what the user did, sees, or knows already', async () => {
    const { client } = await openWindow({ messages: [buildMessage({ id: 'old' })] });

    client.change({ messages: [buildMessage({ id: 'old', note: 'call back' })] });
    client.change({ messages: [buildMessage({ id: 'heard', isHeard: true })] });
    client.change({ history: [buildHistoryEntry({ direction: 'outgoing', outcome: 'missed' })] });
    vi.mocked(document.hasFocus).mockReturnValue(true);
    client.change({ messages: [buildMessage({ id: 'seen' })] });
    await tick();
    vi.mocked(document.hasFocus).mockReturnValue(false);
    client.change({ away: buildAway() });
    await press('Settings');

    expect(titles()).toEqual([]);
  });

  it('come only when they are wanted, and ask the browser upon a click', async () => {
    permission = 'default';
    const { client } = await openWindow();
    await press('Settings');
    expect(asked).toBe(0);

    screen.getByRole('switch', { name: 'Notices on the desktop' }).click();
    await waitFor(() => expect(screen.getByRole('switch', { name: 'Notices on the desktop' })).toBeChecked());
    expect(asked).toBe(1);
    screen.getByRole('switch', { name: 'Notices on the desktop' }).click();
    await waitFor(() => expect(screen.getByRole('switch', { name: 'Notices on the desktop' })).not.toBeChecked());
    client.change({ messages: [buildMessage()] });
    await press('Phone');

    expect(titles()).toEqual([]);
  });

  it('say that the browser blocks them', async () => {
    permission = 'denied';
    await openWindow();
    await press('Settings');

    expect(await screen.findByText(/Your browser blocks them/)).toBeVisible();
    expect(screen.getByRole('switch', { name: 'Notices on the desktop' })).toBeDisabled();
  });
});

describe('the title of the window', () => {
  it('says how many messages wait', async () => {
    const { client } = await openWindow({ away: buildAway({ unheardCount: 2 }) });

    expect(document.title).toBe('(2) Nightjar');
    client.change({ away: buildAway() });
    await waitFor(() => expect(document.title).toBe('Nightjar'));
  });
});
