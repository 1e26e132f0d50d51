import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const AWAY = { enabled: true, answerAfterSec: 5, minMessageSec: 2, endOnSilenceSec: 4, maxMessageSec: 20 };
const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');

let scenario: Scenario;
let caller: ScenarioPhone;
let away: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  caller = await scenario.phone('caller');
  away = await scenario.phone('away', { away: AWAY });
});
afterEach(() => scenario.close());

/** Files are real also on virtual time: waits until the message is on disk. */
const messageKept = () => scenario.until(() => expect(away.view.messages).toHaveLength(1));

/** The file is there from the first word. */
const recordingBegan = () =>
  scenario.until(
    () => expect(readdirSync(join(away.folder, 'messages')).filter((name) => name.endsWith('.wav'))).toHaveLength(1),
    20_000,
  );

/** Calls, hears the greeting, and has begun to speak when this returns. */
async function callAndSpeak(): Promise<void> {
  await caller.dial(away.address);
  await scenario.advance(AWAY.answerAfterSec * 1000);
  await scenario.until(() => expect(caller.call).toMatchObject({ state: 'connected' }));
  await caller.do['call.play']({ callId: caller.callId, file: SPEECH });
  await recordingBegan();
}

describe('away mode', () => {
  it('answers after its time, takes a message, and lists it', async () => {
    await caller.dial(away.address);
    await scenario.advance(AWAY.answerAfterSec * 1000 - 200);
    expect(away.call).toMatchObject({ state: 'ringing', isAway: false });

    await scenario.advance(600);
    await scenario.until(() => expect(caller.call).toMatchObject({ state: 'connected' }));
    expect(away.call).toMatchObject({ state: 'connected', isAway: true });
    await caller.do['call.play']({ callId: caller.callId, file: SPEECH });
    await recordingBegan();
    await scenario.advance(5000);
    await caller.do['call.hangUp']({ callId: caller.callId });
    await scenario.advance(500);
    await messageKept();

    expect(away.view.messages).toMatchObject([{ from: { address: 'sip:caller@10.0.0.1' }, isHeard: false }]);
    expect(away.view.messages[0]?.durationSec).toBeGreaterThan(3);
    expect(existsSync(String(away.view.messages[0]?.file))).toBe(true);
    expect(away.view.away.unheardCount).toBe(1);
    expect(away.view.history).toMatchObject([{ outcome: 'message' }]);
  });

  it('hangs up when the caller has said nothing for a while, and keeps no message of silence', async () => {
    await caller.dial(away.address);
    await recordingBegan();
    await scenario.advance(AWAY.endOnSilenceSec * 1000 + 500);

    await scenario.until(() => expect(caller.view.history).toMatchObject([{ outcome: 'answered' }]));
    expect(away.view.messages).toEqual([]);
  });

  it('ends a message at its limit', async () => {
    await callAndSpeak();
    await scenario.advance(AWAY.maxMessageSec * 1000 + 2000);

    await messageKept();
    expect(away.view.messages[0]?.durationSec).toBeCloseTo(AWAY.maxMessageSec, 0);
    expect(caller.view.history).toHaveLength(1);
  });

  it('drops a message that is shorter than the minimum', async () => {
    await callAndSpeak();
    await scenario.advance(1000);
    await caller.do['call.hangUp']({ callId: caller.callId });
    await scenario.advance(500);

    expect(away.view.messages).toEqual([]);
  });

  it('leaves a call to the person who answers it first', async () => {
    await caller.dial(away.address);
    await scenario.advance(1000);
    await away.do['call.answer']({ callId: away.callId });
    await scenario.advance(10_000);

    expect(away.call).toMatchObject({ state: 'connected', isAway: false });
    expect(away.view.messages).toEqual([]);
  });

  it('leaves a call that rings to the user when it is switched off', async () => {
    await caller.dial(away.address);
    await scenario.advance(1000);
    await away.do['away.set']({ enabled: false });
    await scenario.advance(10_000);

    expect(away.call).toMatchObject({ state: 'ringing' });
  });

  it('marks heard, deletes and restores', async () => {
    await callAndSpeak();
    await scenario.advance(5000);
    await caller.do['call.hangUp']({ callId: caller.callId });
    await scenario.advance(500);
    await messageKept();
    const messageId = String(away.view.messages[0]?.id);

    await away.do['message.markHeard']({ messageId, isHeard: true });
    expect(away.view.away.unheardCount).toBe(0);
    await away.do['message.delete']({ messageId });
    expect(away.view.messages).toEqual([]);
    await away.do['message.restore']({ messageId });
    expect(away.view.messages).toHaveLength(1);
    expect(await away.do['message.delete']({ messageId: 'none' })).toMatchObject({
      ok: false,
      failure: { code: 'notFound' },
    });
  });
});
