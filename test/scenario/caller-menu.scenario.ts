// What callers choose by key at the answering machine: a message, to be called back, to ring through; keys as events and by INFO.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const AWAY = { enabled: true, answerAfterSec: 0, minMessageSec: 1, endOnSilenceSec: 4, callerMenu: true };
const RING_THROUGH = { ringThroughCallers: ['caller@10.0.0.1'], ringThroughSec: 8 };
const PIN = '1379';
const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');

let scenario: Scenario;
let caller: ScenarioPhone;
let away: ScenarioPhone;

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

async function open(settings: object = {}, account: object = {}): Promise<void> {
  const own = { id: 'caller', address: 'sip:caller@10.0.0.1', register: false, codecs: ['PCMU'] };
  caller = await scenario.phone('caller', { accounts: [{ ...own, ...account }] });
  away = await scenario.phone('away', {
    away: { ...AWAY, ...settings },
    remoteAccess: { ringThroughPin: PIN },
  });
}

const phase = () => away.view.away.callers[0]?.phase;
const isIn = (wanted: string) => scenario.until(() => expect(phase()).toBe(wanted), 30_000);
const isOver = () => scenario.until(() => expect(caller.view.history).toHaveLength(1), 20_000);

async function press(digits: string): Promise<void> {
  let isSent = false;
  void caller.do['call.sendDtmf']({ callId: caller.callId, digits }).then(() => (isSent = true));
  await scenario.until(() => expect(isSent).toBe(true));
  await scenario.advance(300);
}

/** Calls, skips the greeting, and hears the menu. */
async function comeToMenu(): Promise<void> {
  await caller.dial(away.address);
  await isIn('greeting');
  await press('*');
  await isIn('choosing');
}

async function speakAndHangUp(): Promise<void> {
  await isIn('recording');
  await caller.do['call.play']({ callId: caller.callId, file: SPEECH });
  await scenario.advance(3000);
  await caller.do['call.hangUp']({ callId: caller.callId });
  await scenario.until(() => expect(away.view.messages).toHaveLength(1));
}

const WAYS = [
  ['as events (RFC 4733 §2.5)', 'rfc4733'],
  ['by INFO (RFC 6086 §4)', 'info'],
] as const;

for (const [words, dtmf] of WAYS) {
  describe(`the caller's menu, keys ${words}`, () => {
    it('takes a message with 1', async () => {
      await open({}, { dtmf });
      await comeToMenu();
      await press('1');
      await speakAndHangUp();
      expect(away.view.messages).toMatchObject([{ wantsCallBack: false }]);
    });

    it('keeps with 2 that the caller wants to be called back, and says so', async () => {
      await open({}, { dtmf });
      await comeToMenu();
      await press('2');
      expect(phase()).toBe('notingCallBack');
      await isOver();
      expect(away.view.messages).toMatchObject([
        { wantsCallBack: true, durationSec: 0, isHeard: false, from: { address: 'sip:caller@10.0.0.1' } },
      ]);
      expect(away.view.away.unheardCount).toBe(1);
    });

    it('rings with 0 and the PIN, and the user takes the call', async () => {
      await open(RING_THROUGH, { dtmf });
      await comeToMenu();
      await press('0');
      expect(phase()).toBe('askingPin');
      await press(`${PIN}#`);
      expect(phase()).toBe('ringingThrough');
      expect(away.call).toMatchObject({ state: 'connected', isAway: true, ringsThrough: true });
      expect(await away.do['away.pickUp']({ callId: away.callId })).toMatchObject({ ok: true });
      await scenario.advance(10_000);
      expect(away.call).toMatchObject({ state: 'connected', isAway: false });
      expect(away.call).not.toHaveProperty('ringsThrough');
      await caller.do['call.hangUp']({ callId: caller.callId });
      await scenario.until(() => expect(away.view.history).toMatchObject([{ outcome: 'answered' }]));
      expect(away.view.messages).toEqual([]);
    });
  });
}

describe("the caller's menu", () => {
  it('is not there unless it is wanted', async () => {
    await open({ callerMenu: false });
    await caller.dial(away.address);
    await isIn('greeting');
    await press('2');
    expect(phase()).toBe('greeting');
    await press('*');
    await speakAndHangUp();
  });

  it('takes a message from who presses nothing', async () => {
    await open({ menuWaitSec: 2 });
    await comeToMenu();
    await speakAndHangUp();
    expect(away.view.messages).toMatchObject([{ wantsCallBack: false }]);
  });

  it('takes 2 during the greeting, and what is asked outlives a lost database', async () => {
    await open();
    await caller.dial(away.address);
    await isIn('greeting');
    await press('2');
    expect(phase()).toBe('notingCallBack');
    await caller.do['call.hangUp']({ callId: caller.callId });
    await isOver();
    expect(away.view.messages).toMatchObject([{ wantsCallBack: true }]);
    expect(readdirSync(join(away.folder, 'messages'))).toEqual([`${away.view.messages[0]?.id}.json`]);
  });

  it('takes a message from a hidden number that wants to be called back', async () => {
    await open({}, { hideIdentity: true });
    await comeToMenu();
    await press('2');
    await speakAndHangUp();
    expect(away.view.messages).toMatchObject([{ wantsCallBack: false }]);
  });

  it('has nothing to play or to save of who left no sound', async () => {
    await open();
    await comeToMenu();
    await press('2');
    await isOver();
    const messageId = String(away.view.messages[0]?.id);
    expect(await away.ask('message.play', { messageId })).toMatchObject({ ok: false });
    const file = join(away.folder, 'saved.wav');
    expect(await away.ask('message.export', { messageId, file })).toMatchObject({
      failure: { code: 'wrongState' },
    });
    expect(existsSync(file)).toBe(false);
    await away.ask('message.delete', { messageId });
    await away.ask('message.emptyTrash', {});
    expect(readdirSync(join(away.folder, 'messages'))).toEqual([]);
  });

  it('still has # for the owner', async () => {
    await open();
    await comeToMenu();
    await press('#');
    expect(phase()).toBe('choosing');
    await away.do['away.setPin']({ pin: '2580' });
    await caller.do['call.hangUp']({ callId: caller.callId });
    await isOver();
    await comeToMenu();
    await press('#');
    expect(phase()).toBe('remote');
  });
});

describe('a caller who rings through', () => {
  async function ringThrough(settings: object = {}): Promise<void> {
    await open({ ...RING_THROUGH, ...settings });
    await comeToMenu();
    await press('0');
    await press(`${PIN}#`);
    expect(phase()).toBe('ringingThrough');
  }

  it('hears that it rings, and comes to the machine when nobody takes the call', async () => {
    await ringThrough();
    const levels: number[] = [];
    caller.phone.onEvent((event) => {
      if (event.event === 'media.levelsSampled') levels.push(event.receivedDbov);
    });
    await scenario.advance(7000);
    expect(Math.max(...levels)).toBeGreaterThan(-40);
    expect(phase()).toBe('ringingThrough');
    await speakAndHangUp();
  });

  it('is left to the machine by the user', async () => {
    await ringThrough();
    expect(await away.do['away.leaveToMachine']({ callId: away.callId })).toMatchObject({ ok: true });
    expect(await away.do['away.leaveToMachine']({ callId: away.callId })).toMatchObject({
      failure: { code: 'wrongState' },
    });
    await speakAndHangUp();
  });

  it('may be one of the contacts', async () => {
    await open({ ringThroughContacts: true });
    await comeToMenu();
    await press('0');
    expect(phase()).toBe('choosing');
    await away.ask('contact.save', { address: 'sip:caller@10.0.0.1', displayName: 'Carol' });
    await caller.do['call.hangUp']({ callId: caller.callId });
    await isOver();
    await comeToMenu();
    await press('0');
    expect(phase()).toBe('askingPin');
  });

  it('leaves a message after three wrong PINs, and after nine the door is shut to him', async () => {
    await open(RING_THROUGH);
    for (let round = 1; round <= 3; round++) {
      await comeToMenu();
      await press('0');
      for (let wrong = 1; wrong <= 3; wrong++) {
        expect(phase()).toBe('askingPin');
        await press('0000#');
      }
      await isIn('recording');
      await caller.do['call.hangUp']({ callId: caller.callId });
      await scenario.until(() => expect(caller.view.history).toHaveLength(round));
    }
    await comeToMenu();
    await press('0');
    expect(phase()).toBe('choosing');
  });

  it('may begin the PIN anew with *, and leaves a message when he gives none', async () => {
    await open({ ...RING_THROUGH, menuWaitSec: 3 });
    await comeToMenu();
    await press('0');
    await press(`99*${PIN}#`);
    expect(phase()).toBe('ringingThrough');
    await caller.do['call.hangUp']({ callId: caller.callId });
    await isOver();
    await comeToMenu();
    await press('0');
    await isIn('recording');
  });

  it('has to be listed', async () => {
    await open({ ringThroughCallers: ['somebody@10.0.0.9'] });
    await comeToMenu();
    await press('0');
    expect(phase()).toBe('choosing');
  });
});
