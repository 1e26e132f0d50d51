import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { join } from 'node:path';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');
const BOB = 'bob@example.com';
const HOUR_MS = 3_600_000;

let scenario: Scenario;
let phone: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  const greetingRules = [{ name: 'bob', from: [BOB], accountIds: [], hours: [], greetingFile: SPEECH }];
  phone = await scenario.phone('phone', { away: { answerAfterSec: 5, greetingRules } });
});
afterEach(() => scenario.close());

describe('what would happen to a call', () => {
  it('is that it rings while nobody is away', async () => {
    expect(await phone.ask('away.explain', { from: BOB })).toEqual({
      ok: true,
      value: { outcome: 'rings', why: null, answerAfterSec: null, asksName: false, greetingFile: null, rule: null },
    });
  });

  it('is the machine, with the greeting of the rule that fits', async () => {
    await phone.do['away.switchOn']({ until: 'hour' });

    expect(await phone.ask('away.explain', { from: `sip:${BOB}` })).toEqual({
      ok: true,
      value: {
        outcome: 'machine',
        why: 'byHand',
        answerAfterSec: 5,
        asksName: false,
        greetingFile: SPEECH,
        rule: 'bob',
      },
    });
    expect(await phone.ask('away.explain', { from: 'eve@example.com' })).toMatchObject({ value: { rule: null } });
  });

  it('is another thing when the end has come', async () => {
    await phone.do['away.switchOn']({ until: 'hour' });
    const atMs = scenario.runtime.wallMs() + HOUR_MS;

    expect(await phone.ask('away.explain', { from: BOB, atMs: atMs - 1 })).toMatchObject({
      value: { outcome: 'machine' },
    });
    expect(await phone.ask('away.explain', { from: BOB, atMs })).toMatchObject({ value: { outcome: 'rings' } });
  });

  it('is a refusal on do not disturb, unless that is a way in', async () => {
    await phone.do['phone.setDoNotDisturb']({ enabled: true });
    expect(await phone.ask('away.explain', { from: BOB })).toMatchObject({ value: { outcome: 'refused' } });

    await phone.do['away.set']({ onDoNotDisturb: true });
    expect(await phone.ask('away.explain', { from: BOB })).toMatchObject({
      value: { outcome: 'machine', why: 'doNotDisturb', answerAfterSec: 0 },
    });
  });

  it('is a question for the name of somebody whom nobody knows, also while nobody is away', async () => {
    await phone.do['away.set']({ screening: 'always', ringThroughCallers: [BOB] });
    expect(await phone.ask('away.explain', { from: 'eve@example.com' })).toMatchObject({
      value: { outcome: 'machine', asksName: true, answerAfterSec: 0 },
    });
    expect(await phone.ask('away.explain', { from: BOB })).toMatchObject({
      value: { outcome: 'rings', asksName: false },
    });

    await phone.do['phone.setDoNotDisturb']({ enabled: true });
    expect(await phone.ask('away.explain', { from: 'eve@example.com' })).toMatchObject({
      value: { outcome: 'refused', asksName: false },
    });
  });

  it('is not known for an account that is not there', async () => {
    expect(await phone.ask('away.explain', { from: BOB, accountId: 'none' })).toMatchObject({
      failure: { code: 'notFound' },
    });
  });
});
