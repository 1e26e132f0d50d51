import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { awaySentence } from '../../src-renderer/state/away-words.ts';
import { buildAway } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const NOON = new Date(2026, 10, 25, 12).getTime();
const HOUR_MS = 3_600_000;
const by = (why: 'schedule' | 'doNotDisturb' | 'byHand', untilMs: number | null = null) =>
  buildAway({ isOn: true, why, untilMs, enabled: why === 'byHand' });
const settingsOf = (change: object) => buildAway({ settings: { ...buildAway().settings, ...change } });

describe('the words of away mode', () => {
  it('say why and until when', () => {
    const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });

    expect(awaySentence(by('byHand'), NOON)).toBe('You are away: calls are answered after 15 s.');
    expect(awaySentence(by('schedule', NOON + HOUR_MS), NOON)).toBe(
      `You are away by your weekly hours until ${clock.format(NOON + HOUR_MS)}: calls are answered after 15 s.`,
    );
    expect(awaySentence(by('byHand', NOON + 24 * HOUR_MS), NOON)).toMatch(/until Thursday/);
    expect(awaySentence(by('doNotDisturb'), NOON)).toMatch(/answered at once/);
  });
});

describe('the away switch', () => {
  it('shows what is on by itself, and switches that off', async () => {
    const { client } = await openWindow({ away: by('schedule', Date.now() + HOUR_MS) });

    expect(screen.getByRole('switch', { name: /^Away/ })).toBeChecked();
    screen.getByRole('switch', { name: /^Away/ }).click();

    expect(client.given.at(-1)).toMatchObject({ name: 'away.switchOff' });
  });

  it('is there on every place, with the time that it ends', async () => {
    await openWindow({ away: by('schedule', Date.now() + HOUR_MS) });

    for (const place of ['Phone', 'People', 'History', 'Messages', 'Settings']) {
      await press(new RegExp(`^${place}`));
      expect(screen.getByText(/You are away by your weekly hours until/)).toBeVisible();
    }
  });

  it('asks until when, once it is on by hand', async () => {
    const { client } = await openWindow({ away: by('byHand') });

    await fireEvent.change(screen.getByRole('combobox', { name: 'How long you are away' }), {
      target: { value: 'tomorrow' },
    });

    expect(client.given.at(-1)).toEqual({ name: 'away.switchOn', params: { until: 'tomorrow' } });
  });

  it('asks nothing when something else switched it on', async () => {
    await openWindow({ away: by('schedule') });

    expect(screen.queryByRole('combobox', { name: 'How long you are away' })).toBeNull();
  });
});

describe('the weekly hours in the settings', () => {
  const hours = { days: ['monday' as const], from: '17:00', to: '08:30' };

  it('are added, changed and removed', async () => {
    const { client } = await openWindow({ away: settingsOf({ schedule: [hours] }) });
    await press('Settings');
    const line = await screen.findByRole('group', { name: 'Weekly hours 1' });

    within(line).getByRole('button', { name: 'sunday' }).click();
    expect(client.given.at(-1)?.params).toEqual({ schedule: [{ ...hours, days: ['monday', 'sunday'] }] });
    await fireEvent.change(within(line).getByLabelText('to'), { target: { value: '07:00' } });
    expect(client.given.at(-1)?.params).toEqual({ schedule: [{ ...hours, to: '07:00' }] });
    await press('Add weekly hours');
    expect(client.given.at(-1)?.params).toMatchObject({ schedule: [hours, { from: '17:00', to: '09:00' }] });
    await press('Remove weekly hours 1');
    expect(client.given.at(-1)?.params).toEqual({ schedule: [] });
  });

  it('keep their last day', async () => {
    const { client } = await openWindow({ away: settingsOf({ schedule: [hours] }) });
    await press('Settings');

    await press('monday');

    expect(client.count('away.set')).toBe(0);
  });
});

describe('what switches it on besides', () => {
  it('is chosen in the settings', async () => {
    const { client } = await openWindow();
    await press('Settings');

    await fireEvent.change(await screen.findByRole('combobox', { name: 'While busy' }), {
      target: { value: 'anyCall' },
    });
    await fireEvent.change(screen.getByRole('combobox', { name: 'While idle' }), { target: { value: '10' } });
    screen.getByRole('switch', { name: 'Away while the screen is locked' }).click();
    screen.getByRole('switch', { name: 'Away on do not disturb' }).click();

    await waitFor(() =>
      expect(client.given.filter(({ name }) => name === 'away.set').map(({ params }) => params)).toEqual([
        { whenBusy: 'anyCall' },
        { onIdleMin: 10 },
        { onLock: true },
        { onDoNotDisturb: true },
      ]),
    );
  });
});

describe('what would happen to a call', () => {
  it('is asked of the phone and told in a sentence', async () => {
    const { client } = await openWindow();
    const value = {
      outcome: 'machine',
      why: 'schedule',
      answerAfterSec: 5,
      greetingFile: 'f.wav',
      rule: 'family',
    } as const;
    client.answer('away.explain', { ok: true, value: { ...value, asksName: false } });
    await press('Settings');

    await fireEvent.input(await screen.findByLabelText('What would happen to a call from'), {
      target: { value: ' bob@example.com ' },
    });
    await press('Now?');

    await screen.findByText('It is answered by the machine after 5 s, with the greeting “family”.');
    expect(client.given.at(-1)).toEqual({ name: 'away.explain', params: { from: 'bob@example.com' } });
    client.answer('away.explain', { ok: true, value: { ...value, asksName: true } });
    await press('Now?');
    await screen.findByText(/^The caller is asked for a name first; whom you do not take then hears the greeting/);
  });
});

describe('the calendar in the settings', () => {
  const calendar = { source: '/calendars/busy.ics', word: 'holiday' };
  const followed = (status: object) => ({
    ...settingsOf({ calendar }),
    calendar: { readAtMs: NOON, entryCount: 3, failure: null, ...status },
  });

  it('is chosen with a word of its titles', async () => {
    const { client } = await openWindow();
    await press('Settings');
    await press('Choose a calendar');

    await fireEvent.input(screen.getByLabelText('Calendar'), { target: { value: calendar.source } });
    await fireEvent.input(screen.getByLabelText(/Only entries/), { target: { value: calendar.word } });
    await press('Save');

    expect(client.given.at(-1)).toEqual({ name: 'away.set', params: { calendar } });
    await waitFor(() => expect(screen.queryByLabelText('Calendar')).toBeNull());
  });

  it('says what was read of it, and is read again', async () => {
    const { client } = await openWindow({ away: followed({}) });
    await press('Settings');

    expect(await screen.findByText(/^3 entries in the coming two months/)).toBeVisible();
    await press('Read the calendar now');
    expect(client.given.at(-1)?.name).toBe('away.readCalendar');
  });

  it('says why it cannot be read', async () => {
    await openWindow({ away: followed({ failure: 'There is no such file.' }) });
    await press('Settings');

    expect(await screen.findByText('There is no such file. What was read before holds on.')).toBeVisible();
  });

  it('is left by an empty field', async () => {
    const { client } = await openWindow({ away: followed({}) });
    await press('Settings');
    await press('Choose a calendar');

    await fireEvent.input(screen.getByLabelText('Calendar'), { target: { value: '' } });
    await press('Save');

    expect(client.given.at(-1)?.params).toEqual({ calendar: null });
  });
});
