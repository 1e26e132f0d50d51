// The answering machine with a real caller: greeting, beep, message, and what is left after ends of every kind.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';
import { measureTone } from '../../src-main/features/diagnostics/compare-speech.ts';
import { readWavTracks } from '../../src-main/media/index.ts';
import { nightjar, ROOT, startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { leaveLab, pause, Peer, scoreSpeech, SPEECH } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { requireProgram } from '../support/requirements.ts';

const GREETING = join(ROOT, 'assets', 'audio', 'greeting.wav');
const GREETING_SEC = 5.66;
const BEEP_HZ = 1000;
const SHORT_GREETING_SEC = 0.3;
/** From the answer to the first sample of a message with the short greeting: greeting, beep, and starting each. */
const UNTIL_MESSAGE_SEC = SHORT_GREETING_SEC + 0.4 + 0.5;

afterAll(leaveLab);

async function sox(...args: readonly string[]): Promise<void> {
  const { code, stderr } = await runProgram('sox', ['-D', ...args]);
  if (code !== 0) throw new Error(stderr);
}

/** What a caller says: silence, the reference speech (or a part of it), silence. */
async function speechAfter(silenceSec: number, speechSec = 6.49, thenSec = 0): Promise<string> {
  const file = join(temporaryFolder('caller'), 'caller.wav');
  await sox(SPEECH, file, 'trim', '0', String(speechSec), 'pad', String(silenceSec), String(thenSec));
  return file;
}

/** A phone in away mode with a greeting that does not keep a test waiting. */
async function awayPhone(away: object = {}, data = temporaryFolder('data')): Promise<Daemon> {
  const greetingFile = join(temporaryFolder('greeting'), 'greeting.wav');
  await sox(GREETING, greetingFile, 'trim', '0', String(SHORT_GREETING_SEC));
  const config = {
    accounts: [{ id: 'alice', address: 'sip:alice@127.0.0.1', register: false }],
    sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
    media: { address: '127.0.0.1' },
    away: { enabled: true, answerAfterSec: 0, greetingFile, ...away },
  };
  return startDaemon({ config, data });
}

function callerOf(phone: Daemon, options: Readonly<Record<string, string>>): Peer {
  const dial = `sip:alice@127.0.0.1:${phone.port()}`;
  return new Peer('baresip', { user: 'bob', noreg: true, codecs: 'opus', loop: '1', dial, ...options });
}

/** The caller talks for so long after the answer, then the call is left as it is. */
async function talk(phone: Daemon, seconds: number): Promise<Peer> {
  const caller = callerOf(phone, { mic: SPEECH, loop: '20' });
  await caller.event('CALL_ESTABLISHED');
  await pause(seconds * 1000);
  return caller;
}

const messagesOf = (phone: Daemon) => phone.view?.messages ?? [];
const firstMessage = (phone: Daemon, limitMs = 5000): Promise<VoiceMessage> =>
  phone.until('message', () => messagesOf(phone)[0], limitMs);

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

  it('drops a message that is shorter than the least', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ minMessageSec: 3 });
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 1);
    caller.write('hangup');
    await phone.until('end of the call', () => [...phone.calls.values()].find(({ state }) => state === 'ended'));
    // The recording is closed and judged right after the call.
    await pause(500);
    expect(await phone.command('message.list')).toEqual([]);
    expect(readdirSync(join(phone.data, 'messages'))).toEqual([]);
    await caller.quit();
    await phone.terminate();
  });

  it('hangs up when the caller has said nothing for a while', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ endOnSilenceSec: 2, minMessageSec: 1 });
    const caller = callerOf(phone, { mic: await speechAfter(UNTIL_MESSAGE_SEC, 3, 20) });
    const { at } = await caller.event('CALL_ESTABLISHED');
    const closed = await caller.event('CALL_CLOSED', 15_000);
    const spokenMs = (UNTIL_MESSAGE_SEC + 3) * 1000;
    expect(closed.at - at).toBeGreaterThan(spokenMs + 1000);
    expect(closed.at - at).toBeLessThan(spokenMs + 4500);
    expect((await firstMessage(phone)).durationSec).toBeGreaterThan(3);
    await caller.quit();
    await phone.terminate();
  });

  it('deletes a message and brings it back', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ minMessageSec: 1 });
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 2.5);
    caller.write('hangup');
    const { id: messageId, file } = await firstMessage(phone);
    await phone.command('message.delete', { messageId });
    expect(await phone.command('message.list')).toEqual([]);
    await phone.command('message.restore', { messageId });
    expect(await phone.command('message.list')).toMatchObject([{ id: messageId, file }]);
    expect(existsSync(file)).toBe(true);
    await phone.command('message.markHeard', { messageId });
    expect(await phone.command('message.list')).toMatchObject([{ isHeard: true }]);
    await caller.quit();
    await phone.terminate();
  });
});

describe('the answering machine when something ends in the middle of a message', () => {
  const TALK_SEC = 7;
  /** All but the last second of what was said has to be there. */
  const LEAST_SEC = TALK_SEC - UNTIL_MESSAGE_SEC - 1;

  async function expectRescued(message: VoiceMessage): Promise<void> {
    expect(await durationSec(message.file)).toBeGreaterThan(LEAST_SEC);
    expect(message.durationSec).toBeGreaterThan(LEAST_SEC);
    const score = await scoreSpeech(SPEECH, message.file, '--loop');
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
    expect(restarted.view?.notices.length).toBeGreaterThan(0);
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
