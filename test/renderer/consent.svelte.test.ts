import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it } from 'vitest';
import { CONSENT, consentSentence, ELSEWHERE, presetOf } from '../../src-renderer/state/consent.ts';
import { openWindow, press } from './open-window.ts';

beforeEach(() => localStorage.clear());

describe('consent by country', () => {
  it('sets notice and tone, says why, and is remembered', async () => {
    const { client } = await openWindow();
    await press('Settings');
    const choice = await screen.findByRole('combobox', { name: 'Country' });
    expect(client.count('recording.set')).toBe(0);

    await fireEvent.change(choice, { target: { value: 'DE' } });
    expect(await screen.findByText(/^In Germany everybody in a call must agree/)).toBeVisible();
    expect(client.given.slice(-2)).toEqual([
      { name: 'away.set', params: { notice: true } },
      { name: 'recording.set', params: { beep: 'start' } },
    ]);
    expect(localStorage.getItem('nightjar.country')).toBe('DE');
  });

  it('is as it was when the phone refuses', async () => {
    const { client } = await openWindow();
    await press('Settings');
    client.answer('recording.set', { ok: false, failure: { code: 'storageFailed', message: 'The disk is full.' } });
    await fireEvent.change(await screen.findByRole('combobox', { name: 'Country' }), { target: { value: 'DE' } });

    await waitFor(() => screen.getByText('The disk is full.'));
    expect(screen.queryByText(/^In Germany/)).toBeNull();
  });

  it('takes the strict rule where nobody is sure', () => {
    expect(presetOf(ELSEWHERE)).toEqual({ notice: true, beep: 'start' });
    expect(presetOf('GB')).toEqual({ notice: false, beep: 'off' });
    expect(consentSentence(ELSEWHERE)).toMatch(/^Where you are not sure/);
    for (const country of Object.keys(CONSENT)) expect(consentSentence(country)).not.toContain('undefined');
  });
});
