import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  remoteStart,
  remoteStep,
  type RemoteFacts,
  type RemoteInput,
  type RemoteState,
  type RemoteStep,
} from '../../../../src-main/features/away/remote-access/remote-machine.ts';
import { sayNewMessages, sayNumber } from '../../../../src-main/features/away/spoken-number.ts';

const PHRASES = join(import.meta.dirname, '..', '..', '..', '..', 'assets', 'audio', 'phrases');
const FACTS: RemoteFacts = { messages: 2, newMessages: 1, isAway: true };
const MENU: RemoteState = { phase: 'menu' };
const message = (index: number, isPlaying = true): RemoteState => ({ phase: 'message', index, isPlaying });
const digit = (pressed: string): RemoteInput => ({ kind: 'digit', digit: pressed });
const said: RemoteInput = { kind: 'said' };

/** The state after the inputs, and what was to be done at the last one. */
const run = (state: RemoteState, ...inputs: readonly RemoteInput[]): RemoteStep =>
  inputs.reduce<RemoteStep>((step, input) => remoteStep(step.state, input, FACTS), { state, actions: [] });

const say = (...phrases: string[]) => ({ kind: 'say', phrases });

describe('the owner on the telephone', () => {
  it('is asked for the PIN, which # ends and * begins anew', () => {
    expect(run(remoteStart, { kind: 'started', isLocked: false }).actions).toEqual([say('enterPin')]);
    expect(run(remoteStart, ...Array.from('9*12', digit), digit('#')).actions).toEqual([
      { kind: 'checkPin', pin: '12' },
    ]);
  });

  it('hears how many messages are new, and what he can do', () => {
    expect(run(remoteStart, { kind: 'pinChecked', isRight: true, isLocked: false })).toEqual({
      state: MENU,
      actions: [say('youHave', '1', 'newMessage', 'ownerMenu')],
    });
  });

  it('is sent away at the third wrong PIN, and at once while the lock is shut', () => {
    const wrong: RemoteInput = { kind: 'pinChecked', isRight: false, isLocked: false };
    expect(run(remoteStart, wrong).actions).toEqual([say('wrongPin', 'enterPin')]);
    expect(run(remoteStart, wrong, wrong).state).toMatchObject({ phase: 'pin', wrong: 2 });
    expect(run(remoteStart, wrong, wrong, wrong)).toMatchObject({
      state: { phase: 'leaving' },
      actions: [say('lockedOut')],
    });
    expect(run(remoteStart, { kind: 'started', isLocked: true }).state).toEqual({ phase: 'leaving' });
    expect(run(remoteStart, { ...wrong, isLocked: true }).state).toEqual({ phase: 'leaving' });
  });

  it('hears a message, again, the next, and deletes', () => {
    const played = (index: number, ...opening: string[]) => ({ kind: 'playMessage', index, opening });
    expect(run(MENU, digit('1'))).toEqual({ state: message(0), actions: [played(0)] });
    expect(run(message(0), said)).toEqual({ state: message(0, false), actions: [say('messageMenu')] });
    expect(run(message(0, false), digit('1')).actions).toEqual([played(0)]);
    expect(run(message(0), digit('2')).actions).toEqual([played(1)]);
    expect(run(message(0), digit('3')).actions).toEqual([{ kind: 'deleteMessage', index: 0 }, played(1, 'deleted')]);
    expect(run(message(1), digit('3'))).toEqual({
      state: MENU,
      actions: [{ kind: 'deleteMessage', index: 1 }, say('deleted', 'noMoreMessages', 'ownerMenu')],
    });
    expect(run(message(1), digit('2'))).toEqual({ state: MENU, actions: [say('noMoreMessages', 'ownerMenu')] });
    expect(run(message(1), digit('*')).state).toEqual(MENU);
  });

  it('speaks a greeting, and hears whether it was kept', () => {
    const recording = run(MENU, digit('2'), said);
    expect(recording).toEqual({ state: { phase: 'greeting' }, actions: [{ kind: 'recordGreeting' }] });
    expect(run({ phase: 'greeting' }, digit('#')).actions).toEqual([{ kind: 'stopGreeting' }]);
    expect(run({ phase: 'greeting' }, { kind: 'greetingRecorded', isKept: true }).actions).toEqual([
      say('greetingKept', 'ownerMenu'),
    ]);
    expect(run({ phase: 'greeting' }, { kind: 'greetingRecorded', isKept: false }).actions).toEqual([
      say('greetingTooShort', 'ownerMenu'),
    ]);
  });

  it('switches away mode, and leaves', () => {
    expect(run(MENU, digit('3')).actions).toEqual([{ kind: 'setAway', enabled: false }, say('awayOff', 'ownerMenu')]);
    expect(run(MENU, digit('*'), said)).toEqual({ state: { phase: 'finished' }, actions: [{ kind: 'hangUp' }] });
  });

  it('is hung up on when he presses nothing, but not while he speaks a greeting', () => {
    for (const state of [remoteStart, MENU, message(0)]) {
      expect(run(state, { kind: 'idle' })).toEqual({ state: { phase: 'leaving' }, actions: [say('goodbye')] });
    }
    expect(run({ phase: 'greeting' }, { kind: 'idle' })).toEqual({ state: { phase: 'greeting' }, actions: [] });
  });

  it('does nothing before the PIN was right, whatever is pressed', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('0123456789*#ABCD')), maxLength: 60 }), (pressed) => {
        const { state } = run(remoteStart, { kind: 'started', isLocked: false }, ...Array.from(pressed, digit));
        expect(state.phase).toBe('pin');
      }),
    );
  });

  it('is over when the call is, in every phase', () => {
    for (const state of [remoteStart, MENU, message(0), { phase: 'greeting' }, { phase: 'leaving' }] as RemoteState[]) {
      expect(run(state, { kind: 'callEnded' })).toEqual({ state: { phase: 'finished' }, actions: [] });
    }
    expect(run({ phase: 'finished' }, digit('1'))).toEqual({ state: { phase: 'finished' }, actions: [] });
  });
});

describe('what is said', () => {
  it('is a number as people say it', () => {
    expect([0, 20, 21, 40, 59, 60, 107].map((value) => sayNumber(value).join(' '))).toEqual([
      '0',
      '20',
      '20 1',
      '40',
      '50 9',
      '6 0',
      '1 0 7',
    ]);
    expect(sayNewMessages(0)).toEqual(['youHave', 'no', 'newMessages']);
  });

  it('was spoken for the app', () => {
    const names = [
      'enterPin',
      'wrongPin',
      'lockedOut',
      'ownerMenu',
      'messageMenu',
      'recordGreeting',
      'greetingKept',
      'goodbye',
    ];
    const more = ['greetingTooShort', 'awayOn', 'awayOff', 'noMoreMessages', 'deleted', 'apology'];
    const counts = [0, 1, 7, 45].flatMap(sayNewMessages);
    for (const name of [...names, ...more, ...counts])
      expect(existsSync(join(PHRASES, `${name}.wav`)), name).toBe(true);
  });
});
