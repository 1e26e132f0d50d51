// The owner calls his own number: PIN, messages, greeting, away mode, all by the keys of a telephone.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const AWAY = { enabled: true, answerAfterSec: 0, minMessageSec: 1, beep: false };
const PIN = '2580';
const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');

let scenario: Scenario;
let caller: ScenarioPhone;
let away: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  caller = await scenario.phone('caller');
  away = await scenario.phone('away', { away: AWAY, remoteAccess: { pin: PIN } });
});
afterEach(() => scenario.close());

const isIn = (phase: string) => scenario.until(() => expect(away.view.away.callers).toMatchObject([{ phase }]), 20_000);

/** Answered when the digits were sent, for which time must pass. */
async function press(digits: string): Promise<void> {
  let isSent = false;
  void caller.do['call.sendDtmf']({ callId: caller.callId, digits }).then(() => (isSent = true));
  await scenario.until(() => expect(isSent).toBe(true));
  await scenario.advance(300);
}

async function leaveMessage(): Promise<void> {
  await caller.dial(away.address);
  await isIn('greeting');
  await press('*');
  await isIn('recording');
  await caller.do['call.play']({ callId: caller.callId, file: SPEECH });
  await scenario.advance(3000);
  await hangUp();
}

async function hangUp(): Promise<void> {
  const calls = caller.view.history.length;
  await caller.do['call.hangUp']({ callId: caller.callId });
  await scenario.until(() => expect(caller.view.history.length).toBe(calls + 1));
  await scenario.until(() => expect(away.view.away.callers).toEqual([]));
}

/** Calls and gives a PIN. */
async function enter(pin: string): Promise<void> {
  await caller.dial(away.address);
  await isIn('greeting');
  await press('#');
  await isIn('remote');
  await press(`${pin}#`);
}

/** How loud it was at the caller's at most in the next time. */
async function loudest(forMs: number): Promise<number> {
  let most = -100;
  const stop = caller.phone.onEvent((event) => {
    if (event.event === 'media.levelsSampled') most = Math.max(most, event.receivedDbov);
  });
  await scenario.advance(forMs);
  stop();
  return most;
}

describe('remote access', () => {
  it('plays and deletes messages after the PIN', async () => {
    await leaveMessage();
    await scenario.until(() => expect(away.view.messages).toHaveLength(1));
    await enter(PIN);
    expect(await loudest(1000)).toBeGreaterThan(-35);
    await press('1');
    await scenario.until(() => expect(away.view.messages[0]?.isHeard).toBe(true));
    expect(await loudest(1500)).toBeGreaterThan(-35);
    await press('3');
    await scenario.until(() => expect(away.view.messages).toEqual([]));
    await press('*');
    await scenario.until(() => expect(caller.view.history).toHaveLength(2), 20_000);
    expect(away.view.messages).toEqual([]);
  });

  it('takes a greeting that is spoken from afar', async () => {
    await enter(PIN);
    await press('2');
    await scenario.advance(5000);
    await caller.do['call.play']({ callId: caller.callId, file: SPEECH });
    await scenario.advance(3000);
    await press('#');
    await scenario.until(() => expect(away.view.away.settings.greetingFile).not.toBeNull());
    expect(existsSync(String(away.view.away.settings.greetingFile))).toBe(true);
    await hangUp();
  });

  it('switches away mode off and on', async () => {
    await enter(PIN);
    await press('3');
    await scenario.until(() => expect(away.view.away.enabled).toBe(false));
    await press('3');
    await scenario.until(() => expect(away.view.away.enabled).toBe(true));
    await hangUp();
  });

  it('is refused after three wrong PINs, and shut after nine', { timeout: 30_000 }, async () => {
    for (let call = 1; call <= 3; call++) {
      await enter('0000');
      await press('1111#2222#');
      await scenario.until(() => expect(caller.view.history).toHaveLength(call), 20_000);
    }
    await enter('');
    await scenario.until(() => expect(caller.view.history).toHaveLength(4), 20_000);
  });

  it('is not there without a PIN', async () => {
    await away.do['away.setPin']({ pin: null });
    expect(away.view.away.hasPin).toBe(false);
    await caller.dial(away.address);
    await isIn('greeting');
    await press('#');
    await isIn('recording');
    await hangUp();
  });

  it('refuses a PIN that is none', async () => {
    for (const pin of ['123', '12a4', '1234567890123']) {
      expect(await away.ask('away.setPin', { pin })).toMatchObject({ ok: false, failure: { code: 'badParams' } });
    }
    expect(await away.ask('away.setPin', { pin: '1357' })).toMatchObject({ ok: true });
    await enter('1357');
    expect(away.view.away.callers).toMatchObject([{ phase: 'remote' }]);
    await hangUp();
  });
});
