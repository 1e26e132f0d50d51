// What was said is not lost: a full disk, a folder that cannot be written, a torn database, a torn file; the caller hears it, the user is told.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { awayPhone, callerOf, firstMessage, talk, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { temporaryFolder, type Daemon } from '../support/daemon.ts';
import { SPEECH } from '../support/lab.ts';
import { requireProgram, requireThat, type SkippingContext } from '../support/requirements.ts';

const isRoot = process.getuid?.() === 0;
const mounted: string[] = [];

afterEach(() => {
  for (const folder of mounted.splice(0)) execFileSync('umount', ['--lazy', folder]);
});
/** A data folder whose messages lie on a file system of their own. */
function dataWithMessagesOn(context: SkippingContext, options: string): string {
  requireThat(context, isRoot, 'only root may mount a file system');
  const data = temporaryFolder('data');
  const folder = join(data, 'messages');
  mkdirSync(folder, { mode: 0o700 });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]);
  mounted.push(folder);
  return data;
}

const notices = (phone: Daemon): string => (phone.view?.notices ?? []).map(({ text }) => text).join('\n');
const noticed = (phone: Daemon, text: string) =>
  phone.until(text, () => (notices(phone).includes(text) ? true : undefined), 10_000);

/** The loudest that the caller heard in a part of his recording, 0 to 1. */
async function loudest(file: string, fromSec: number): Promise<number> {
  const wav = await readWavTracks(file);
  const part = wav?.tracks[0]?.subarray(fromSec * wav.sampleRateHz) ?? new Int16Array(0);
  return part.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0) / 32_768;
}

/** Calls and talks until the machine hangs up; what the caller heard after the beep is loud when it said something. */
async function talkToTheEnd(phone: Daemon): Promise<number> {
  const heard = join(temporaryFolder('caller'), 'heard.wav');
  const caller = callerOf(phone, { mic: SPEECH, loop: '20', rec: heard });
  await caller.event('CALL_ESTABLISHED');
  await caller.event('CALL_CLOSED', 40_000);
  await caller.quit();
  return loudest(heard, UNTIL_MESSAGE_SEC + 0.5);
}

describe('a message that cannot be kept whole', () => {
  it('ends with an apology when the disk is full, and its beginning is kept', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({ minMessageSec: 1 }, dataWithMessagesOn(context, 'size=400k'));
    expect(await talkToTheEnd(phone)).toBeGreaterThan(0.1);
    await noticed(phone, 'Only the beginning of a message from');
    const message = await firstMessage(phone);
    expect(message.durationSec).toBeGreaterThan(2);
    const wav = await readWavTracks(message.file);
    expect((wav?.tracks[0]?.length ?? 0) / (wav?.sampleRateHz ?? 1)).toBeCloseTo(message.durationSec, 0);
    await phone.terminate();
  });

  it('is an apology alone when the folder cannot be written', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = dataWithMessagesOn(context, 'size=1m');
    execFileSync('mount', ['-o', 'remount,ro', join(data, 'messages')]);
    const phone = await awayPhone({}, data);
    expect(await talkToTheEnd(phone)).toBeGreaterThan(0.1);
    await noticed(phone, 'No message from');
    expect(await phone.command('message.list')).toEqual([]);
    await phone.terminate();
  });
});

describe('what was kept before', () => {
  async function phoneWithMessage() {
    const data = temporaryFolder('data');
    const phone = await awayPhone({ minMessageSec: 1 }, data);
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 4);
    caller.write('hangup');
    const message = await firstMessage(phone);
    await caller.quit();
    return { data, phone, message };
  }

  it('is listed again when the database is torn, with who called and when', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const { data, phone, message } = await phoneWithMessage();
    await phone.terminate();
    const database = readdirSync(data).find((name) => name.endsWith('.db')) ?? '';
    truncateSync(join(data, database), 5000);
    writeFileSync(join(data, database), 'torn', { flag: 'r+' });

    const restarted = await awayPhone({ minMessageSec: 1 }, data);
    await noticed(restarted, 'A message was found again');
    const { id, from, receivedAtMs } = message;
    expect(await restarted.command('message.list')).toMatchObject([{ id, from, receivedAtMs }]);
    await restarted.terminate();
  });

  it('is as long as it can be when power is lost while somebody speaks', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = temporaryFolder('data');
    const phone = await awayPhone({ minMessageSec: 1 }, data);
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 6);
    phone.signal('SIGKILL');
    await phone.ended;
    const [file = ''] = readdirSync(join(data, 'messages')).filter((name) => name.endsWith('.wav'));
    // The last blocks never came to the disk, and the cut is in the midst of a sample.
    truncateSync(join(data, 'messages', file), 200_001);
    const restarted = await awayPhone({ minMessageSec: 1 }, data);
    await noticed(restarted, 'A message was saved');
    expect((await firstMessage(restarted)).durationSec).toBeGreaterThan(2);
    await restarted.terminate();
    await caller.quit();
  });
});
