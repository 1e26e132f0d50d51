// What the history says of calls that the answering machine took: what became of each, and the message that was kept of it.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildWavHeader } from '../../src-main/media/recording/index.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const AWAY = { enabled: true, answerAfterSec: 0, minMessageSec: 1, endOnSilenceSec: 4, callerMenu: true };
const RING_THROUGH = { ringThroughCallers: ['caller@10.0.0.1'], ringThroughSec: 8 };
const OWNER_PIN = '2580';
const RING_PIN = '1379';
const SPEECH = join(import.meta.dirname, '..', '..', 'assets', 'audio', 'speech.wav');

let scenario: Scenario;
let caller: ScenarioPhone;
let away: ScenarioPhone;

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

async function open(settings: object = {}): Promise<void> {
  caller = await scenario.phone('caller');
  away = await scenario.phone('away', {
    away: { ...AWAY, ...settings },
    remoteAccess: { pin: OWNER_PIN, ringThroughPin: RING_PIN },
  });
}

const isIn = (wanted: string) => scenario.until(() => expect(away.view.away.callers[0]?.phase).toBe(wanted), 30_000);
const speak = (file = SPEECH) => caller.do['call.play']({ callId: caller.callId, file });

async function press(digits: string): Promise<void> {
  let isSent = false;
  void caller.do['call.sendDtmf']({ callId: caller.callId, digits }).then(() => (isSent = true));
  await scenario.until(() => expect(isSent).toBe(true));
  await scenario.advance(300);
}

async function callAndPress(key: string): Promise<void> {
  await caller.dial(away.address);
  await isIn('greeting');
  await press(key);
}

/** Calls and has been asked to speak when this returns. */
async function comeToTone(): Promise<void> {
  await callAndPress('1');
  await isIn('recording');
}

/** The entry when the machine has done with the call; it is the same when it is asked for from the disk. */
async function entryAfterHangUp() {
  if (caller.view.calls.some(({ state }) => state === 'connected'))
    await caller.do['call.hangUp']({ callId: caller.callId });
  return entry();
}

async function entry() {
  await scenario.until(() => {
    expect(away.view.history).toHaveLength(1);
    expect(away.view.history[0]?.outcome).not.toBe('machine');
  }, 20_000);
  const listed = await away.do['history.list']({ limit: 10 });
  expect(listed).toMatchObject({ ok: true, value: away.view.history });
  return away.view.history[0];
}

const messageId = () => away.view.messages[0]?.id;

/** The calling tone of a fax in a WAV file. */
function faxCall(): string {
  const file = join(caller.folder, 'fax.wav');
  const samples = Int16Array.from({ length: 4800 }, (_, i) => 6000 * Math.sin((2 * Math.PI * 1100 * i) / 8000));
  writeFileSync(file, Buffer.concat([buildWavHeader(8000, 1, samples.byteLength), Buffer.from(samples.buffer)]));
  return file;
}

describe('the history of calls that the machine took', () => {
  it('names the message that was left', async () => {
    await open();
    await comeToTone();
    await speak();
    await scenario.advance(3000);
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'message' });
    expect(messageId()).toBeDefined();
    expect(away.view.history[0]?.messageId).toBe(messageId());
  });

  it('says that no message was left: in the greeting, too short, silence, a fax', async () => {
    await open();
    await caller.dial(away.address);
    await isIn('greeting');
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'noMessage' });
    await away.do['history.delete']({ entryId: String(away.view.history[0]?.id) });

    await comeToTone();
    await speak();
    await scenario.advance(300);
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'noMessage' });
    await away.do['history.delete']({ entryId: String(away.view.history[0]?.id) });

    await comeToTone();
    await scenario.advance(AWAY.endOnSilenceSec * 1000 + 500);
    expect(await entry()).toMatchObject({ outcome: 'noMessage' });
    await away.do['history.delete']({ entryId: String(away.view.history[0]?.id) });

    await comeToTone();
    await speak(faxCall());
    await scenario.advance(3000);
    const fax = await entryAfterHangUp();
    expect(fax).toMatchObject({ outcome: 'noMessage' });
    expect(fax).not.toHaveProperty('messageId');
    expect(away.view.messages).toEqual([]);
  });

  it('says that no message was left where none could be recorded', async () => {
    await open();
    await callAndPress('9');
    rmSync(join(away.folder, 'messages'), { recursive: true, force: true });
    writeFileSync(join(away.folder, 'messages'), '');
    await press('1');
    await isIn('apologising');
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'noMessage' });
    rmSync(join(away.folder, 'messages'));
    mkdirSync(join(away.folder, 'messages'));
  });

  it('says that the caller wants to be called back, and names what was kept of it', async () => {
    await open();
    await callAndPress('2');
    await isIn('notingCallBack');
    expect(await entry()).toMatchObject({ outcome: 'callBackWanted' });
    expect(away.view.history[0]?.messageId).toBe(messageId());
    expect(away.view.messages).toMatchObject([{ wantsCallBack: true }]);
  });

  it('says that the caller was told a reply, also when he left a message before', async () => {
    await open();
    await comeToTone();
    await speak();
    await scenario.advance(3000);
    await away.do['away.reply']({ callId: away.callId, replyId: 'later' });
    expect(await entry()).toMatchObject({ outcome: 'replied' });
    await scenario.until(() => expect(away.view.history[0]?.messageId).toBe(messageId()));
  });

  it('says that a caller who did not name himself was sent away', async () => {
    await open({ screening: 'whenAway' });
    await caller.dial(away.address);
    await isIn('dismissing');
    expect(await entry()).toMatchObject({ outcome: 'sentAway' });
  });

  it('says that messages were heard from afar, and nothing of the kind after a wrong PIN', async () => {
    await open();
    await callAndPress('#');
    await isIn('remote');
    await press(`${OWNER_PIN}#`);
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'remoteAccess' });
    await away.do['history.delete']({ entryId: String(away.view.history[0]?.id) });

    await callAndPress('#');
    await isIn('remote');
    await press('1111#');
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'noMessage' });
  });

  it('calls answered what the user took: rung through, or in the middle of a message, which stays', async () => {
    await open({ ...RING_THROUGH, afterPickUp: 'record' });
    await callAndPress('0');
    await press(`${RING_PIN}#`);
    await isIn('ringingThrough');
    await away.do['away.pickUp']({ callId: away.callId });
    await scenario.advance(2000);
    const taken = await entryAfterHangUp();
    expect(taken).toMatchObject({ outcome: 'answered' });
    expect(taken).not.toHaveProperty('messageId');
    await away.do['history.delete']({ entryId: String(away.view.history[0]?.id) });

    await comeToTone();
    await speak();
    await scenario.advance(2000);
    await away.do['away.pickUp']({ callId: away.callId });
    await scenario.advance(2000);
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'answered' });
    await scenario.until(() => expect(away.view.history[0]?.messageId).toBeDefined());
    expect(away.view.history[0]?.messageId).toBe(messageId());
  });

  it('calls missed what ended during a greeting before the answer', async () => {
    await open({ earlyGreeting: true });
    await caller.dial(away.address);
    await isIn('greetingEarly');
    await caller.do['call.hangUp']({ callId: caller.callId });
    expect(await entry()).toMatchObject({ outcome: 'missed' });
  });

  it('leaves alone a call that the user took before the machine', async () => {
    await open({ answerAfterSec: 5 });
    await caller.dial(away.address);
    await scenario.advance(1000);
    await away.do['call.answer']({ callId: away.callId });
    await scenario.advance(1000);
    expect(await entryAfterHangUp()).toMatchObject({ outcome: 'answered' });
  });
});
