// Callers whom nobody knows are asked for their name, announced to the user with it, or sent away.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const AWAY = { enabled: true, answerAfterSec: 0, minMessageSec: 1, endOnSilenceSec: 4 };
const CALLER = 'caller@10.0.0.1';
const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');

let scenario: Scenario;
let caller: ScenarioPhone;
let away: ScenarioPhone;

async function open(settings: object): Promise<void> {
  caller = await scenario.phone('caller');
  away = await scenario.phone('away', { away: { ...AWAY, ...settings } });
}

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

const phase = () => away.view.away.callers[0]?.phase;
const isIn = (wanted: string) => scenario.until(() => expect(phase()).toBe(wanted), 20_000);
const names = (): readonly string[] =>
  readdirSync(join(away.folder, 'greetings')).filter((file) => file.startsWith('name-'));
const speak = () => caller.do['call.play']({ callId: caller.callId, file: SPEECH });

describe('asking unknown callers for their name', () => {
  it('rings for the user with the name to hear; what was recorded of it is gone afterwards', async () => {
    await open({ screening: 'whenAway' });
    await caller.dial(away.address);
    await isIn('hearingName');
    await speak();
    await isIn('announcing');
    expect(away.view.away.callers[0]?.hasName).toBe(true);
    expect(await away.do['away.playName']({ callId: away.callId })).toMatchObject({ ok: true });
    const [name = ''] = names();
    expect(existsSync(join(away.folder, 'greetings', name))).toBe(true);
    await away.do['away.pickUp']({ callId: away.callId });
    expect(away.call).toMatchObject({ state: 'connected', isAway: false });
    expect(names()).toEqual([]);
  });

  it('sends away who says nothing, and keeps nothing', async () => {
    await open({ screening: 'whenAway' });
    await caller.dial(away.address);
    await isIn('hearingName');
    await isIn('dismissing');
    await scenario.until(() => expect(caller.view.history).toHaveLength(1), 20_000);
    expect(away.view.messages).toEqual([]);
    expect(names()).toEqual([]);
  });

  it('leads to the greeting when the user does not take the call', async () => {
    await open({ screening: 'whenAway' });
    await caller.dial(away.address);
    await isIn('hearingName');
    await speak();
    await isIn('announcing');
    await isIn('greeting');
    await isIn('recording');
  });

  it('asks nobody whom the user knows', async () => {
    await open({ screening: 'whenAway' });
    await away.do['contact.save']({
      address: `sip:${CALLER}`,
      displayName: 'Caller',
      note: '',
      isWatched: false,
      isFavourite: false,
    });
    await caller.dial(away.address);
    await isIn('greeting');
  });

  it('asks also when the user is not away, where that is wanted, and then takes a message', async () => {
    await open({ screening: 'always', enabled: false, answerAfterSec: 15 });
    await caller.dial(away.address);
    await isIn('hearingName');
    await speak();
    await isIn('announcing');
    expect(away.view.away.isOn).toBe(false);
    await isIn('greeting');
  });

  it('rings as ever when the user is not away and only then wants it', async () => {
    await open({ screening: 'whenAway', enabled: false });
    await caller.dial(away.address);
    await scenario.advance(2000);
    expect(away.call).toMatchObject({ state: 'ringing' });
  });
});
