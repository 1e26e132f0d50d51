// The user's greetings: brought in, recorded, cut, deleted and restored, and heard by callers.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { buildWavHeader } from '../../src-main/media/recording/index.ts';
import type { Greeting } from '../../src-shared/contract/index.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

const RATE_HZ = 8000;

let scenario: Scenario;
let phone: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  phone = await scenario.phone('phone', { away: { enabled: true, answerAfterSec: 0 } });
});
afterEach(() => scenario.close());

/** Silence, a tone, silence. */
function tone(
  name: string,
  frequencyHz: number,
  [beforeSec, toneSec, afterSec]: readonly [number, number, number],
): string {
  const file = join(phone.folder, name);
  const count = Math.round((beforeSec + toneSec + afterSec) * RATE_HZ);
  const samples = Int16Array.from({ length: count }, (_, i) => {
    const isTone = i >= beforeSec * RATE_HZ && i < (beforeSec + toneSec) * RATE_HZ;
    return isTone ? 8000 * Math.sin((2 * Math.PI * frequencyHz * i) / RATE_HZ) : 0;
  });
  writeFileSync(file, Buffer.concat([buildWavHeader(RATE_HZ, 1, samples.byteLength), Buffer.from(samples.buffer)]));
  return file;
}

async function imported(name: string, file: string): Promise<Greeting> {
  const reply = await phone.do['greeting.import']({ name, file });
  if (!reply.ok) throw new Error(reply.failure.message);
  return reply.value;
}
const names = (): readonly string[] => phone.view.greetings.list.map(({ name }) => name);

/** How much of each tone a caller hears, from the first second of the call. */
async function heardBy(caller: ScenarioPhone): Promise<readonly number[]> {
  const file = join(caller.folder, 'heard.wav');
  await caller.dial(phone.address);
  await scenario.until(() => expect(caller.call?.state).toBe('connected'));
  await caller.do['call.startRecording']({ callId: caller.callId, file });
  await scenario.advance(1500);
  await caller.do['call.hangUp']({ callId: caller.callId });
  await scenario.until(() => expect(caller.view.history.length).toBe(1));
  const wav = await readWavTracks(file);
  const samples = wav?.tracks[1] ?? new Int16Array();
  return [500, 900].map((frequencyHz) => levelAt(samples, frequencyHz / (wav?.sampleRateHz ?? 1)));
}

/** The share of a frequency, 0 to 1. */
function levelAt(samples: Int16Array, cyclesPerSample: number): number {
  let [re, im, energy] = [0, 0, 0];
  samples.forEach((sample, i) => {
    re += sample * Math.cos(2 * Math.PI * cyclesPerSample * i);
    im += sample * Math.sin(2 * Math.PI * cyclesPerSample * i);
    energy += sample * sample;
  });
  return energy === 0 ? 0 : (2 * (re * re + im * im)) / (samples.length * energy);
}

describe('greetings', () => {
  it('are brought in from a WAV file, renamed, deleted and restored', async () => {
    const { id, file } = await imported('Office', tone('office.wav', 500, [0, 1, 0]));
    expect(phone.view.greetings.list).toMatchObject([{ name: 'Office', durationSec: 1 }]);
    expect(existsSync(file)).toBe(true);

    await phone.do['greeting.rename']({ greetingId: id, name: 'Work' });
    expect(names()).toEqual(['Work']);
    await phone.do['greeting.delete']({ greetingId: id });
    expect(names()).toEqual([]);
    expect(await phone.do['greeting.play']({ greetingId: id, fromMs: 0 })).toMatchObject({
      failure: { code: 'notFound' },
    });
    await phone.do['greeting.restore']({ greetingId: id });
    expect(names()).toEqual(['Work']);
  });

  it('are refused with a sentence when they are no sound, too short or too long', async () => {
    const text = join(phone.folder, 'text.wav');
    writeFileSync(text, 'no sound');
    const refused = async (file: string) => await phone.do['greeting.import']({ name: 'x', file });

    expect(await refused(text)).toMatchObject({ failure: { message: 'This is not a WAV file of 16 bits.' } });
    expect(await refused(join(phone.folder, 'none.wav'))).toMatchObject({ ok: false });
    expect(await refused(tone('short.wav', 500, [0, 0.2, 0]))).toMatchObject({ failure: { message: /too short/ } });
    expect(await refused(tone('long.wav', 500, [0, 301, 0]))).toMatchObject({ failure: { message: /5 minutes/ } });
    expect(names()).toEqual([]);
  });

  it('come in parts from the window', async () => {
    const bytes = readFileSync(tone('office.wav', 500, [0, 1, 0]));
    const part = (from: number, to: number, isLast: boolean, uploadId = 'u1') =>
      phone.ask('greeting.upload', {
        ...{ uploadId, name: 'Sent', isLast },
        sound: bytes.subarray(from, to).toString('base64'),
      });

    await part(0, 5000, false, 'given up');
    expect(await part(0, 9000, false)).toEqual({ ok: true, value: null });
    expect(await part(9000, bytes.length, true)).toMatchObject({ ok: true, value: { name: 'Sent', durationSec: 1 } });
    expect(await phone.ask('greeting.upload', { uploadId: 'u2', name: 'x', isLast: true, sound: '!' })).toMatchObject({
      failure: { code: 'badParams' },
    });
  });

  it('are cut in their place, so that callers hear the cut one, and made whole again', async () => {
    const { id, file } = await imported('Long', tone('long.wav', 500, [1, 1, 1]));

    const cut = await phone.do['greeting.trim']({ greetingId: id, fromMs: 900, toMs: 2100 });
    expect(cut).toMatchObject({ ok: true, value: { id, file, durationSec: 1.2, isCut: true } });
    expect(await phone.do['greeting.trim']({ greetingId: id, fromMs: 0, toMs: 300 })).toMatchObject({ ok: false });
    await phone.do['greeting.trim']({ greetingId: id, fromMs: 100, toMs: 1100 });
    expect(phone.view.greetings.list).toMatchObject([{ durationSec: 1 }]);
    expect((await readWavTracks(file))?.tracks[0]?.length).toBe(RATE_HZ);
    await phone.do['greeting.untrim']({ greetingId: id });
    expect(phone.view.greetings.list).toMatchObject([{ durationSec: 3, isCut: false }]);
    expect(await phone.do['greeting.untrim']({ greetingId: id })).toMatchObject({ ok: false });
  });

  it('are heard by nobody once they are deleted, and for good after a day', async () => {
    const { id, file } = await imported('Usual', tone('usual.wav', 500, [0, 3, 0]));
    const other = await imported('Other', tone('other.wav', 900, [0, 3, 0]));
    await phone.do['away.set']({ greetingFile: file });
    await phone.do['greeting.delete']({ greetingId: id });
    expect(existsSync(file)).toBe(false);
    expect(await phone.ask('away.explain', { from: 'bob' })).not.toMatchObject({ value: { greetingFile: file } });
    await phone.do['greeting.restore']({ greetingId: id });
    expect(await phone.ask('away.explain', { from: 'bob' })).toMatchObject({ value: { greetingFile: file } });

    await phone.do['greeting.delete']({ greetingId: id });
    scenario.runtime.skip(25 * 3_600_000);
    await phone.do['greeting.delete']({ greetingId: other.id });
    expect(await phone.do['greeting.restore']({ greetingId: id })).toMatchObject({ ok: false });
    expect(await phone.do['greeting.restore']({ greetingId: other.id })).toMatchObject({ ok: true });
  });

  it('are heard by whom a rule means, and the usual one by everybody else', async () => {
    const family = await imported('Family', tone('family.wav', 900, [0, 3, 0]));
    const usual = await imported('Usual', tone('usual.wav', 500, [0, 3, 0]));
    const mum = await scenario.phone('mum');
    const bob = await scenario.phone('bob');
    const rule = { name: 'family', from: ['mum@10.0.0.2'], accountIds: [], hours: [], greetingFile: family.file };
    await phone.do['away.set']({ greetingFile: usual.file, greetingRules: [rule] });

    const [usualAtMum = 0, familyAtMum = 0] = await heardBy(mum);
    expect(familyAtMum).toBeGreaterThan(0.8);
    expect(usualAtMum).toBeLessThan(0.05);
    const [usualAtBob = 0, familyAtBob = 0] = await heardBy(bob);
    expect(usualAtBob).toBeGreaterThan(0.8);
    expect(familyAtBob).toBeLessThan(0.05);
  });

  it('are recorded with the phone’s microphone, one at a time, and dropped without a trace', async () => {
    const levels: number[] = [];
    phone.phone.onEvent((event) => event.event === 'greeting.levelSampled' && levels.push(event.dbov));

    const starting = phone.do['greeting.record']({});
    await scenario.advance(500);
    expect(await starting).toMatchObject({ ok: true });
    expect(phone.view.greetings.recording).toBe('recording');
    expect(await phone.do['greeting.record']({})).toMatchObject({ ok: false });
    await scenario.advance(2000);
    expect(levels.length).toBeGreaterThan(5);
    await phone.do['greeting.dropRecording']({});
    expect(phone.view.greetings).toEqual({ list: [], recording: 'none' });
    expect(readdirSync(join(phone.folder, 'greetings'))).toEqual([]);
    expect(await phone.do['greeting.keepRecording']({ name: 'x' })).toMatchObject({ failure: { code: 'wrongState' } });
  });

  it('end after two minutes by themselves, and wait to be kept', async () => {
    const starting = phone.do['greeting.record']({});
    await scenario.advance(500);
    await starting;
    await scenario.advance(121_000);
    await scenario.until(() => expect(phone.view.greetings.recording).toBe('ended'));
    const keeping = phone.do['greeting.keepRecording']({ name: 'Long' });
    await scenario.advance(500);
    expect(await keeping).toMatchObject({ ok: true, value: { name: 'Long' } });
    expect(phone.view.greetings).toMatchObject({ list: [{ name: 'Long' }], recording: 'none' });
  });

  it('wait to be kept when there is no room for another, and are kept then', async () => {
    const starting = phone.do['greeting.record']({});
    await scenario.advance(500);
    await starting;
    await scenario.advance(2000);
    const file = tone('short.wav', 500, [0, 0.6, 0]);
    for (let count = 0; count < 100; count++) await imported(`${count}`, file);
    const keep = async () => {
      const keeping = phone.do['greeting.keepRecording']({ name: 'Mine' });
      await scenario.advance(500);
      return keeping;
    };

    expect(await keep()).toMatchObject({ failure: { message: /too many/ } });
    expect(phone.view.greetings.recording).toBe('ended');
    await phone.do['greeting.delete']({ greetingId: phone.view.greetings.list[0]?.id ?? '' });
    expect(await keep()).toMatchObject({ ok: true, value: { name: 'Mine' } });
    expect(phone.view.greetings.recording).toBe('none');
  });

  it('are forgotten when the window sends no more of them', async () => {
    const bytes = readFileSync(tone('office.wav', 500, [0, 1, 0]));
    const part = (from: number, to: number, isLast: boolean) =>
      phone.ask('greeting.upload', {
        uploadId: 'u',
        name: 'x',
        isLast,
        sound: bytes.subarray(from, to).toString('base64'),
      });

    await part(0, 9000, false);
    await scenario.advance(61_000);
    expect(await part(9000, bytes.length, true)).toMatchObject({ failure: { message: /not a WAV/ } });
  });
});

describe('“I am away, and back at …”', () => {
  it('is heard in the place of the usual greeting while it is known when the user is back', async () => {
    const usual = await imported('Usual', tone('usual.wav', 500, [0, 3, 0]));
    const [first, second] = [await scenario.phone('mum'), await scenario.phone('bob')];
    await phone.do['away.set']({ enabled: false, saysBack: true, greetingFile: usual.file });

    await phone.do['away.switchOn']({ until: 'hour' });
    const [spoken = 1] = await heardBy(first);
    expect(spoken).toBeLessThan(0.05);
    await phone.do['away.switchOn']({ until: 'switchedOff' });
    const [heard = 0] = await heardBy(second);
    expect(heard).toBeGreaterThan(0.8);
  });

  it('stays what it was for a caller who waits, whatever is asked or said meanwhile', async () => {
    await phone.do['away.set']({ enabled: false, saysBack: true });
    await phone.do['away.switchOn']({ until: 'hour' });
    const fileAt = async (atMs: number): Promise<string> => {
      const told = await phone.ask('away.explain', { from: 'bob', atMs });
      return (told as { value: { greetingFile: string } }).value.greetingFile;
    };
    const nowMs = scenario.runtime.wallMs();
    const file = await fileAt(nowMs);
    const sound = readFileSync(file);

    await phone.do['away.switchOn']({ until: nowMs + 5 * 3_600_000 });
    expect(await fileAt(nowMs)).not.toBe(file);
    expect(readFileSync(file).equals(sound)).toBe(true);
  });
});
