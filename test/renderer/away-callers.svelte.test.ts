import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { loudness } from '../../src-renderer/state/away-caller.ts';
import { buildAway, buildCall } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const REPLIES = [{ id: 'later', text: 'I will call you back later today.' }];
const call = buildCall({
  id: 'c1',
  direction: 'incoming',
  state: 'connected',
  isAway: true,
  connectedAtMs: Date.now(),
});

const open = (phase: 'greeting' | 'recording' = 'recording', isHeard = false) =>
  openWindow({ calls: [call], away: buildAway({ callers: [{ callId: 'c1', phase, isHeard }], replies: REPLIES }) });

describe('somebody who speaks to the answering machine', () => {
  it('is shown on every place, and not as a call of the user', async () => {
    await open('greeting');
    expect(screen.getByRole('article').textContent).toContain('Hears your greeting');
    expect(screen.queryByRole('region', { name: /^Call with/ })).toBeNull();
    await press('History');
    expect(screen.getByRole('article', { name: 'Bob speaks to the answering machine' })).toBeTruthy();
  });

  it('is read where what is said is written down', async () => {
    const { client } = await open();
    expect(screen.queryByLabelText('What Bob says')).toBeNull();
    const caller = { callId: 'c1', phase: 'recording' as const, isHeard: false, words: 'please call me back' };
    client.change({ away: buildAway({ callers: [caller], replies: REPLIES }) });
    expect((await screen.findByLabelText('What Bob says')).textContent).toBe('please call me back');
  });

  it('is picked up with one click, and the call comes into view', async () => {
    const { client } = await open();
    await press('History');
    await press('Pick up the call of Bob');
    expect(client.given.at(-1)).toMatchObject({ name: 'away.pickUp', params: { callId: 'c1' } });
    client.change({ calls: [{ ...call, isAway: false }], away: buildAway() });
    await waitFor(() => screen.getByRole('region', { name: /^Call with/ }));
  });

  it('is listened to, and no more', async () => {
    const { client } = await open();
    await press('Listen to Bob without being heard');
    expect(client.given.at(-1)).toMatchObject({ name: 'away.listen', params: { callId: 'c1', enabled: true } });
    client.change({ away: buildAway({ callers: [{ callId: 'c1', phase: 'recording', isHeard: true }] }) });
    await press('Stop listening to Bob');
    expect(client.given.at(-1)).toMatchObject({ params: { callId: 'c1', enabled: false } });
  });

  it('is told what the user chooses', async () => {
    const { client } = await open();
    await press('Have Bob told something');
    await press('“I will call you back later today.”');
    expect(client.given.at(-1)).toMatchObject({ name: 'away.reply', params: { callId: 'c1', replyId: 'later' } });
    await waitFor(() => expect(screen.queryByText(/later today/)).toBeNull());
  });

  it('leaves nothing in view when the call is over', async () => {
    const { client } = await open();
    client.change({ calls: [{ ...call, state: 'ended' }], away: buildAway() });
    await waitFor(() => expect(screen.queryByRole('article')).toBeNull());
    expect(screen.queryByRole('region', { name: /^Call with/ })).toBeNull();
  });

  it('fills the meter as loud as it is', () => {
    expect([undefined, -100, -60, -30, 0].map(loudness)).toEqual([0, 0, 0, 0.5, 1]);
  });
});

describe('the PIN of remote access', () => {
  it('is set when it is one, and can be removed', async () => {
    const { client } = await openWindow();
    await press('Settings');
    const field = await screen.findByLabelText(/^PIN for/);
    await fireEvent.input(field, { target: { value: '12a4' } });
    expect(screen.getByRole('button', { name: 'Set' })).toBeDisabled();
    await fireEvent.input(field, { target: { value: '2580' } });
    await press('Set');
    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'away.setPin', params: { pin: '2580' } }));
    client.change({ away: buildAway({ hasPin: true }) });
    await press('Remove');
    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'away.setPin', params: { pin: null } }));
  });
});
