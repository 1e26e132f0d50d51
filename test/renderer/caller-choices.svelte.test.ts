// What callers may choose: the settings of it, who rings through, and who wants to be called back.
import '@testing-library/jest-dom/vitest';
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { buildAway, buildCall, buildMessage } from '../support/fake-phone-client.ts';
import { openWindow, press } from './open-window.ts';

const withMenu = (more: object = {}) => {
  const away = buildAway(more);
  return { ...away, settings: { ...away.settings, callerMenu: true } };
};

describe('the settings of what callers may choose', () => {
  it('are a switch, and the rest once there is a menu', async () => {
    const { client } = await openWindow();
    await press('Settings');
    (await screen.findByRole('switch', { name: /^Menu after the greeting/ })).click();
    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'away.set', params: { callerMenu: true } }));
    expect(screen.queryByLabelText(/^Others who may ring through/)).toBeNull();

    client.change({ away: withMenu() });
    const field = await screen.findByLabelText(/^Others who may ring through/);
    await fireEvent.change(field, { target: { value: ' carol@example.com\n\n+49301234 ' } });
    const params = { ringThroughCallers: ['carol@example.com', '+49301234'] };
    await waitFor(() => expect(client.given.at(-1)).toEqual({ name: 'away.set', params }));
  });

  it('take a PIN of their own', async () => {
    const { client } = await openWindow({ away: withMenu() });
    await press('Settings');
    const field = await screen.findByLabelText(/^PIN for ringing through/);
    await fireEvent.input(field, { target: { value: '1379' } });
    await fireEvent.submit(field.closest('form') ?? field);
    await waitFor(() =>
      expect(client.given.at(-1)).toEqual({ name: 'away.setRingThroughPin', params: { pin: '1379' } }),
    );
  });
});

describe('a caller who rings through', () => {
  const REPLIES = [{ id: 'later', text: 'I will call you back later today.' }];
  const call = buildCall({ id: 'c1', direction: 'incoming', state: 'connected', isAway: true, ringsThrough: true });
  const caller = { callId: 'c1', phase: 'ringingThrough' as const, isHeard: false };
  const ring = () => openWindow({ calls: [call], away: buildAway({ callers: [caller], replies: REPLIES }) });

  it('rings above everything as any call does, and nowhere else, and the focus is there', async () => {
    await ring();
    const dialog = await screen.findByRole('alertdialog', { name: 'Incoming call from Bob' });
    expect(dialog.textContent).toContain('rings through the answering machine');
    await waitFor(() => expect(dialog).toHaveFocus());
    expect(screen.queryByRole('article')).toBeNull();
    expect(screen.getByRole('navigation').closest('.window')).toHaveProperty('inert', true);
    expect(screen.queryByRole('button', { name: /^Hear the name/ })).toBeNull();
  });

  it('is answered, and the call comes into view', async () => {
    const { client } = await ring();
    await press('Answer');
    expect(client.given.at(-1)).toEqual({ name: 'away.pickUp', params: { callId: 'c1' } });
    client.change({ calls: [{ ...call, isAway: false, ringsThrough: false }], away: buildAway() });
    await screen.findByRole('region', { name: /^Call with/ });
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it("is declined by button or Escape, and is the machine's again", async () => {
    const { client } = await ring();
    const dialog = await screen.findByRole('alertdialog');
    await fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(client.count('away.leaveToMachine')).toBe(0);
    await press('Decline');
    await fireEvent.keyDown(dialog, { key: 'Escape' });
    expect(client.count('away.leaveToMachine')).toBe(2);
    expect(client.count('call.reject')).toBe(0);
    const callers = [{ ...caller, phase: 'recording' as const }];
    client.change({ calls: [{ ...call, ringsThrough: false }], away: buildAway({ callers }) });
    expect((await screen.findByRole('article')).textContent).toContain('Leaves a message');
    expect(screen.queryByRole('alertdialog')).toBeNull();
  });

  it('is told a reply in the place of an answer', async () => {
    const { client } = await ring();
    await press('Have Bob told something');
    await press('“I will call you back later today.”');
    expect(client.given.at(-1)).toEqual({ name: 'away.reply', params: { callId: 'c1', replyId: 'later' } });
  });
});

describe('unknown callers', () => {
  it('are asked for their name, where that is chosen', async () => {
    const { client } = await openWindow();
    await press('Settings');
    const choice = await screen.findByRole('combobox', { name: 'Unknown callers' });
    await fireEvent.change(choice, { target: { value: 'always' } });
    expect(client.given.at(-1)).toEqual({ name: 'away.set', params: { screening: 'always' } });
  });

  it('are heard saying it, and taken or left to the machine', async () => {
    const call = buildCall({ id: 'c1', direction: 'incoming', state: 'connected', isAway: true });
    const said = { hasName: true, words: 'carol from the bank' };
    const callers = [{ callId: 'c1', phase: 'announcing' as const, isHeard: false, ...said }];
    const { client } = await openWindow({ calls: [call], away: buildAway({ callers }) });
    expect(screen.getByRole('article').textContent).toContain('Asks for you');
    client.change({ calls: [{ ...call, ringsThrough: true }] });
    const dialog = await screen.findByRole('alertdialog', { name: 'Incoming call from Bob' });
    expect(dialog.textContent).toContain('Was asked who calls, and asks for you');
    expect(screen.getByLabelText('What Bob said').textContent).toBe('“carol from the bank”');
    await press('Hear the name that Bob gave');
    expect(client.given.at(-1)).toEqual({ name: 'away.playName', params: { callId: 'c1' } });
    await press('Decline');
    expect(client.given.at(-1)?.name).toBe('away.leaveToMachine');
  });
});

describe('a caller who wants to be called back', () => {
  it('stands among the messages without sound, and is called back', async () => {
    const messages = [buildMessage({ wantsCallBack: true, durationSec: 0 })];
    const { client } = await openWindow({ messages });
    await press('Messages');
    const card = await screen.findByRole('article', { name: 'Message from Bob' });
    expect(card.textContent).toContain('wants to be called back');
    expect(screen.queryByRole('slider')).toBeNull();
    expect(screen.queryByRole('button', { name: /^Play the message|as a file$/ })).toBeNull();
    await press('Call Bob back, who asked for it');
    expect(client.given.at(-1)).toMatchObject({ name: 'call.dial', params: { target: 'sip:bob@example.com' } });
  });
});
