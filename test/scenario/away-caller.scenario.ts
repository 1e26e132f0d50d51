// What a caller and the user can do while the answering machine has the call.
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { buildWavHeader } from '../../src-main/media/recording/index.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const AWAY = { enabled: true, answerAfterSec: 0, minMessageSec: 1, endOnSilenceSec: 4, maxMessageSec: 20 };
const AUDIO = join(import.meta.dirname, '..', '..', 'assets', 'audio');
const SPEECH = join(AUDIO, 'speech.wav');
const GREETING_MS = 5660;

let scenario: Scenario;
let caller: ScenarioPhone;
let away: ScenarioPhone;

async function open(settings: object = {}): Promise<void> {
  caller = await scenario.phone('caller');
  away = await scenario.phone('away', { away: { ...AWAY, ...settings } });
}

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

const phase = () => away.view.away.callers[0]?.phase;
const isIn = (wanted: string) => scenario.until(() => expect(phase()).toBe(wanted), 20_000);
const messageKept = () => scenario.until(() => expect(away.view.messages).toHaveLength(1));
/** Answered when the digit was sent, for which time must pass. */
const press = (digits: string) => void caller.do['call.sendDtmf']({ callId: caller.callId, digits });
const speak = (phone: ScenarioPhone) => phone.do['call.play']({ callId: phone.callId, file: SPEECH });

/** Dials and skips the greeting; the caller speaks when this returns. */
async function leaveMessage(): Promise<void> {
  await caller.dial(away.address);
  await isIn('greeting');
  press('*');
  await isIn('recording');
  await speak(caller);
}

/** The calling tone of a fax in a WAV file. */
function faxCall(): string {
  const file = join(caller.folder, 'fax.wav');
  const samples = Int16Array.from({ length: 4800 }, (_, i) => 6000 * Math.sin((2 * Math.PI * 1100 * i) / 8000));
  writeFileSync(file, Buffer.concat([buildWavHeader(8000, 1, samples.byteLength), Buffer.from(samples.buffer)]));
  return file;
}

const peakOf = (samples: Int16Array): number =>
  samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32_768;

/** What was said, and how loud it is at its loudest from one second to another, 0 to 1. */
async function readTrack(file: string, track: number) {
  const wav = await readWavTracks(file);
  const samples = wav?.tracks[track] ?? new Int16Array(0);
  const rateHz = wav?.sampleRateHz ?? 1;
  const peak = (fromSec: number, toSec: number): number => peakOf(samples.subarray(fromSec * rateHz, toSec * rateHz));
  return { durationSec: samples.length / rateHz, peak };
}

/** What the caller hears from now on until the call is over. */
async function hearToTheEnd() {
  const file = join(caller.folder, 'heard.wav');
  await caller.do['call.startRecording']({ callId: caller.callId, file });
  await scenario.until(() => expect(caller.view.history).toHaveLength(1), 20_000);
  return readTrack(file, 1);
}

describe('a caller of the answering machine', () => {
  it('skips the greeting with *', async () => {
    await open();
    await caller.dial(away.address);
    await isIn('greeting');
    const startedAtMs = scenario.runtime.nowMs();
    press('*');
    await isIn('recording');
    expect(scenario.runtime.nowMs() - startedAtMs).toBeLessThan(GREETING_MS / 2);
  });

  it('is told that the message is recorded, where that is wanted, and cannot skip it', async () => {
    await open({ notice: true });
    await caller.dial(away.address);
    await isIn('greeting');
    press('*');
    await isIn('noticing');
    press('*');
    await scenario.advance(1000);
    expect(phase()).toBe('noticing');
    await isIn('recording');
    await caller.do['call.hangUp']({ callId: caller.callId });
  });

  it('ends the message with #', async () => {
    await open();
    await leaveMessage();
    await scenario.advance(3000);
    press('#');
    await scenario.until(() => expect(caller.view.history).toMatchObject([{ outcome: 'answered' }]));
    await messageKept();
    expect(away.view.messages[0]?.durationSec).toBeGreaterThan(2.5);
  });

  it('hears the greeting before the call is answered, where that is wanted — RFC 3960 §3', async () => {
    await open({ earlyGreeting: true });
    await caller.dial(away.address);
    await isIn('greetingEarly');
    const levels: number[] = [];
    caller.phone.onEvent((event) => {
      if (event.event === 'media.levelsSampled') levels.push(event.receivedDbov);
    });
    expect(caller.call).toMatchObject({ state: 'early' });
    expect(away.call).toMatchObject({ state: 'ringing' });
    await scenario.advance(GREETING_MS - 1000);
    expect(caller.call).toMatchObject({ state: 'early' });
    expect(Math.max(...levels)).toBeGreaterThan(-30);
    await isIn('recording');
    expect(caller.call).toMatchObject({ state: 'connected' });
    await speak(caller);
    await scenario.advance(3000);
    await caller.do['call.hangUp']({ callId: caller.callId });
    await messageKept();
  });

  it('is hung up on when it is a fax, which leaves no message — ITU-T T.30 §4.2', async () => {
    await open();
    await leaveMessage();
    await caller.do['call.play']({ callId: caller.callId, file: faxCall() });
    await scenario.until(() => expect(caller.view.history).toHaveLength(1));
    await scenario.advance(500);
    expect(away.view.messages).toEqual([]);
    expect(readdirSync(join(away.folder, 'messages'))).toEqual([]);
  });

  it('is told that no message can be taken when nothing can be written', async () => {
    await open();
    const folder = join(away.folder, 'messages');
    rmSync(folder, { recursive: true });
    writeFileSync(folder, 'a file where the folder was');
    await caller.dial(away.address);
    await isIn('greeting');
    press('*');
    await isIn('apologising');
    const heard = await hearToTheEnd();
    expect(heard.peak(0, 3)).toBeGreaterThan(0.1);
    expect(heard.durationSec).toBeGreaterThan(3);
    expect(away.view.messages).toEqual([]);
    expect(away.view.notices.map(({ text }) => text)).toEqual([expect.stringContaining('No message from caller')]);
  });
});

describe('the user while a message is left', () => {
  it('takes the call with one click, and keeps what was said before', async () => {
    await open();
    await leaveMessage();
    await scenario.advance(3000);
    expect(await away.do['away.pickUp']({ callId: away.callId })).toMatchObject({ ok: true });
    expect(away.call).toMatchObject({ state: 'connected', isAway: false });
    await messageKept();
    await scenario.advance(3000);
    expect(away.view.messages[0]?.durationSec).toBeGreaterThan(2);
    expect(away.view.messages[0]?.durationSec).toBeLessThan(4);
    expect(away.view.away.callers).toEqual([]);
    await away.do['call.hangUp']({ callId: away.callId });
    await scenario.until(() => expect(away.view.history).toMatchObject([{ outcome: 'answered' }]));
  });

  it('takes the call, and the recording goes on with both voices, beyond silence and limit', async () => {
    await open({ afterPickUp: 'record', maxMessageSec: 6 });
    await leaveMessage();
    await scenario.advance(2000);
    await away.do['away.pickUp']({ callId: away.callId });
    await caller.do['call.setMuted']({ callId: caller.callId, muted: true });
    await scenario.advance(7000);
    await speak(away);
    await scenario.advance(2000);
    await away.do['call.hangUp']({ callId: away.callId });
    await messageKept();
    const recorded = await readTrack(String(away.view.messages[0]?.file), 0);
    expect(recorded.durationSec).toBeGreaterThan(10);
    expect(recorded.peak(0, 2)).toBeGreaterThan(0.1);
    expect(recorded.peak(4, 8)).toBeLessThan(0.02);
    expect(recorded.peak(9, Infinity)).toBeGreaterThan(0.1);
  });

  it('takes the call out of the greeting, and nothing is kept', async () => {
    await open();
    await caller.dial(away.address);
    await isIn('greeting');
    await away.do['away.pickUp']({ callId: away.callId });
    await scenario.advance(GREETING_MS + 5000);
    expect(away.call).toMatchObject({ state: 'connected', isAway: false });
    expect(away.view.messages).toEqual([]);
    expect(readdirSync(join(away.folder, 'messages'))).toEqual([]);
  });

  it('hears the caller and is not heard', async () => {
    await open();
    await leaveMessage();
    await away.do['away.listen']({ callId: away.callId, enabled: true });
    expect(away.view.away.callers).toMatchObject([{ phase: 'recording', isHeard: true }]);
    await away.do['away.listen']({ callId: away.callId, enabled: false });
    expect(away.view.away.callers).toMatchObject([{ isHeard: false }]);
  });

  it('has the caller told something, and what was said until then is kept', async () => {
    await open();
    await leaveMessage();
    await scenario.advance(2000);
    expect(await away.do['away.reply']({ callId: away.callId, replyId: 'tenMinutes' })).toMatchObject({ ok: true });
    expect(phase()).toBe('replying');
    const heard = await hearToTheEnd();
    await messageKept();
    expect(away.view.messages[0]?.durationSec).toBeGreaterThan(5);
    expect(heard.peak(0, 3)).toBeGreaterThan(0.1);
  });

  it('is refused what cannot be done', async () => {
    await open();
    const wrong = { ok: false, failure: { code: 'wrongState' } };
    expect(await away.do['away.pickUp']({ callId: 'none' })).toMatchObject(wrong);
    expect(await away.do['away.listen']({ callId: 'none', enabled: true })).toMatchObject(wrong);
    await leaveMessage();
    expect(await away.do['away.reply']({ callId: away.callId, replyId: 'none' })).toMatchObject({
      ok: false,
      failure: { code: 'notFound' },
    });
  });
});
