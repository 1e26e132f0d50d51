// The answering machine with a real caller: greeting, beep, message, and what is left after ends of every kind.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';
import { measureTone } from '../../src-main/features/diagnostics/compare-speech.ts';
import { readWavTracks } from '../../src-main/media/index.ts';
import {
  awayPhone,
  callerOf,
  firstMessage,
  GREETING,
  speechAfter,
  talk,
  UNTIL_MESSAGE_SEC,
} from '../support/away-phone.ts';
import { nightjar, temporaryFolder } from '../support/daemon.ts';
import { pause, printScore, scoreSpeech, SPEECH } from '../support/lab.ts';
import { requireProgram } from '../support/requirements.ts';

const GREETING_SEC = 5.66;
const BEEP_HZ = 1000;

async function durationSec(file: string): Promise<number> {
  const wav = await readWavTracks(file);
  return (wav?.tracks[0]?.length ?? 0) / (wav?.sampleRateHz ?? 1);
}

async function processesBelow(pid: number): Promise<readonly number[]> {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const lists = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'));
  return Promise.resolve(lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number)));
}

describe('the answering machine (RFC 3261 §13.3.1.4)', () => {
  it('greets, beeps, records what the caller says, and has it after a restart', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = temporaryFolder('data');
    const phone = await awayPhone({ greetingFile: null }, data);
    const heard = join(temporaryFolder('caller'), 'heard.wav');
    const caller = callerOf(phone, { mic: await speechAfter(GREETING_SEC + 1.5, 6.49, 5), rec: heard });
    await caller.event('CALL_ESTABLISHED');
    await pause((GREETING_SEC + 1.5 + 6.49 + 0.5) * 1000);
    caller.write('hangup');
    const message = await firstMessage(phone);
    await caller.quit();

    const greeting = await scoreSpeech(GREETING, heard, '--skip', '0', '--max', String(GREETING_SEC));
    printScore('greeting as baresip heard it', greeting);
    expect(greeting.aligned).toBe(true);
    expect(greeting.lsd_db).toBeLessThan(3);
    expect(greeting.cov_pct).toBeGreaterThan(85);
    const wav = await readWavTracks(heard);
    const [track = new Int16Array()] = wav?.tracks ?? [];
    const rateHz = wav?.sampleRateHz ?? 0;
    // The beep is steady for 0.4 s and comes right after the greeting: its middle is 0.2 s later.
    const middles = [0.1, 0.2, 0.3, 0.4].map((sec) => Math.round((GREETING_SEC + sec) * rateHz));
    const tones = middles.map((at) => measureTone(track.subarray(at, at + rateHz / 10), rateHz));
    expect(
      tones.some((tone) => Math.abs(tone - BEEP_HZ) < 5),
      `tones ${tones.join(', ')}`,
    ).toBe(true);

    expect(message.from.address).toContain('bob@');
    expect(message.isHeard).toBe(false);
    const spoken = await scoreSpeech(SPEECH, message.file);
    printScore('message as it was kept', spoken);
    expect(spoken, JSON.stringify(spoken)).toMatchObject({ aligned: true });
    expect(spoken.lsd_db, JSON.stringify(spoken)).toBeLessThan(3);
    expect(spoken.dropout_pct, JSON.stringify(spoken)).toBeLessThan(1);

    const listed = await nightjar('messages', 'list', '--json', '--data', data);
    expect(JSON.parse(listed.stdout)).toMatchObject({ ok: true, messages: [{ id: message.id }] });
    expect(await phone.command('message.list')).toMatchObject([{ id: message.id, file: message.file }]);
    expect((await phone.terminate()).code).toBe(0);
    const later = await awayPhone({}, data);
    expect(await later.command('message.list')).toMatchObject([{ id: message.id, durationSec: message.durationSec }]);
    await later.terminate();
    const closed = await nightjar('messages', 'list', '--json', '--data', data);
    expect(JSON.parse(closed.stdout)).toMatchObject({ ok: true, messages: [{ id: message.id }] });
  });
});

// At the same time: nothing is started or judged while either caller talks.
describe.concurrent('the answering machine when something ends in the middle of a message', () => {
  const TALK_SEC = 7;
  /** All but the last second of what was said has to be there. */
  const LEAST_SEC = TALK_SEC - UNTIL_MESSAGE_SEC - 1;

  async function expectRescued(message: VoiceMessage): Promise<void> {
    expect(await durationSec(message.file)).toBeGreaterThan(LEAST_SEC);
    expect(message.durationSec).toBeGreaterThan(LEAST_SEC);
    const score = await scoreSpeech(SPEECH, message.file, '--loop');
    printScore('message that was saved', score);
    expect(score, JSON.stringify(score)).toMatchObject({ aligned: true });
    expect(score.dropout_pct, JSON.stringify(score)).toBeLessThan(1);
  }

  it('keeps all but the last second when the phone is killed', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = temporaryFolder('data');
    const phone = await awayPhone({}, data);
    const caller = await talk(phone, TALK_SEC);
    phone.signal('SIGKILL');
    await phone.ended;
    const restarted = await awayPhone({}, data);
    await expectRescued(await firstMessage(restarted));
    expect((await restarted.viewNow()).notices.length).toBeGreaterThan(0);
    await restarted.terminate();
    await caller.quit();
  });

  it('keeps all but the last second when its media process is killed', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = temporaryFolder('data');
    const phone = await awayPhone({}, data);
    const caller = await talk(phone, TALK_SEC);
    const [mediaPid] = await processesBelow(phone.pid);
    expect(mediaPid).toBeGreaterThan(1);
    process.kill(mediaPid ?? 0, 'SIGKILL');
    await expectRescued(await firstMessage(phone, 10_000));
    caller.write('hangup');
    await phone.terminate();
    const restarted = await awayPhone({}, data);
    await expectRescued(await firstMessage(restarted));
    await restarted.terminate();
    await caller.quit();
  });
});
