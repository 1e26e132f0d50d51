import '@testing-library/jest-dom/vitest';
import { tick } from 'svelte';
import { screen, waitFor } from '@testing-library/svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildAway, buildCall, buildHistoryEntry, buildMessage } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

interface Shown {
  readonly title: string;
  readonly body: string | undefined;
  readonly notice: FakeNotification;
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
  isClosed = false;
  close(): void {
    this.isClosed = true;
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

  it('tell of a call that rings, and of one that the machine puts through, as long as it rings', async () => {
    const ringing = buildCall({ id: 'c1', direction: 'incoming', state: 'ringing', connectedAtMs: undefined });
    const { client } = await openWindow();
    client.change({ calls: [ringing] });
    await waitFor(() => expect(titles()).toEqual(['Bob calls']));
    expect(shown[0]?.notice.isClosed).toBe(false);

    const taken = buildCall({ id: 'c1', direction: 'incoming', state: 'connected', isAway: true });
    const away = buildAway({ callers: [{ callId: 'c1', phase: 'announcing', isHeard: false }] });
    client.change({ calls: [taken], away });
    await waitFor(() => expect(shown[0]?.notice.isClosed).toBe(true));
    client.change({ calls: [{ ...taken, ringsThrough: true }] });
    await waitFor(() => expect(titles()).toEqual(['Bob calls', 'Bob calls']));
    expect(shown[1]?.body).toBe('Was asked who calls, and asks for you');
    client.change({ calls: [], away: buildAway() });
    client.change({ history: [buildHistoryEntry({ id: 'c1', direction: 'incoming', outcome: 'missed' })] });

    await waitFor(() => expect(titles().at(-1)).toBe('Missed call from Bob'));
    expect(shown[1]?.notice.isClosed).toBe(true);
  });

  it('tell of a caller of the machine who left nothing, once that is known', async () => {
    const entry = { id: 'c1', direction: 'incoming', outcome: 'machine' } as const;
    const { client } = await openWindow();
    client.change({ history: [buildHistoryEntry(entry)] });
    await tick();
    client.change({ history: [buildHistoryEntry({ ...entry, outcome: 'noMessage' })] });
    await tick();
    client.change({ history: [buildHistoryEntry({ ...entry, outcome: 'noMessage' })] });

    await waitFor(() => expect(titles()).toEqual(['Missed call from Bob']));
    expect(shown[0]?.body).toBe('Left no message');
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
