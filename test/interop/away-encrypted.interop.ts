// Messages encrypted at rest: nothing of the sound is on the disk in the clear, a kill -9 costs no more than without, a lost key deletes nothing.
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { readWavTracks } from '../../src-main/media/index.ts';
import { awayPhone, firstMessage, talk, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { nightjar, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { requireProgram } from '../support/requirements.ts';

const AWAY = { minMessageSec: 1 };
const ENCRYPTED = { encryption: { messages: true } };
const WAV_HEAD = 44;
/** Bytes of samples that are looked for. */
const RUN_BYTES = 32;

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile());
}

/** Stretches of a WAV in which somebody speaks, one every quarter of a second. */
function runsOf(wavFile: string): readonly Buffer[] {
  const samples = readFileSync(wavFile).subarray(WAV_HEAD);
  const runs: Buffer[] = [];
  for (let at = 0; at + RUN_BYTES <= samples.length; at += 24_000) {
    const run = samples.subarray(at, at + RUN_BYTES);
    if (new Set(run).size > RUN_BYTES / 2) runs.push(run);
  }
  return runs;
}

/** Where in the folder any of the stretches, or the beginning of a WAV or Ogg file, lies in the clear. */
function findPlain(folder: string, runs: readonly Buffer[]): readonly string[] {
  const marks = [Buffer.from('RIFF'), Buffer.from('WAVEfmt'), Buffer.from('OggS'), ...runs];
  return filesIn(folder).filter((file) => {
    const bytes = readFileSync(file);
    return marks.some((mark) => bytes.includes(mark));
  });
}

async function exported(phone: Daemon, messageId: string): Promise<string> {
  const file = join(temporaryFolder('export'), 'message.wav');
  await phone.command('message.export', { messageId, file });
  return file;
}

const noticed = (phone: Daemon, text: string) =>
  phone.until(text, () => phone.view?.notices.find((notice) => notice.text.includes(text)), 10_000);

async function leaveMessage(phone: Daemon, seconds: number): Promise<string> {
  const caller = await talk(phone, UNTIL_MESSAGE_SEC + seconds);
  caller.write('hangup');
  const { id } = await firstMessage(phone);
  await caller.quit();
  return id;
}

describe('messages encrypted at rest', () => {
  it('are nowhere in the clear, neither while they are spoken nor after a kill -9, and are heard afterwards', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = temporaryFolder('data');
    const phone = await awayPhone(AWAY, data, ENCRYPTED);
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 5);
    expect(findPlain(join(data, 'messages'), [])).toEqual([]);
    phone.signal('SIGKILL');
    await phone.ended;
    const restarted = await awayPhone(AWAY, data, ENCRYPTED);
    await noticed(restarted, 'A message was saved');
    const message = await firstMessage(restarted);
    expect(message.durationSec).toBeGreaterThan(3.5);
    // The wave form is drawn from what was decrypted.
    await restarted.until('wave form', () => restarted.view?.messages.find(({ waveForm }) => waveForm.length > 0));
    await restarted.command('message.play', { messageId: message.id });
    const plain = await exported(restarted, message.id);
    const wav = await readWavTracks(plain);
    expect((wav?.tracks[0]?.length ?? 0) / (wav?.sampleRateHz ?? 1)).toBeCloseTo(message.durationSec, 2);
    const runs = runsOf(plain);
    expect(runs.length).toBeGreaterThan(3);
    expect(findPlain(data, runs)).toEqual([]);
    // The search finds what is there.
    expect(findPlain(join(plain, '..'), runs)).toEqual([plain]);

    // What is there follows the switch, back and forth.
    await restarted.command('message.setEncryption', { isOn: false });
    await vi.waitFor(() => expect(findPlain(data, runs)).toEqual([message.file]), 10_000);
    await restarted.command('message.setEncryption', { isOn: true });
    await vi.waitFor(() => expect(findPlain(data, runs)).toEqual([]), 10_000);
    await restarted.terminate();

    // The command line opens them without a running phone as well.
    const target = join(temporaryFolder('export'), 'line.wav');
    expect((await nightjar('messages', 'export', message.id, target, '--data', data)).code).toBe(0);
    expect(readFileSync(target)).toEqual(readFileSync(plain));
    await caller.quit();
  });

  it('are delivered in the clear where the user wants them', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const folder = temporaryFolder('delivered');
    const phone = await awayPhone(AWAY, temporaryFolder('data'), { ...ENCRYPTED, delivery: { settings: { folder } } });
    const messageId = await leaveMessage(phone, 3);
    const plain = readFileSync(await exported(phone, messageId));
    const delivered = await phone.until('delivered', () => readdirSync(folder).find((name) => name.endsWith('.txt')));
    expect(readFileSync(join(folder, delivered.replace(/txt$/, 'wav')))).toEqual(plain);
    await phone.terminate();
  });

  it('stay when their key is lost: listed, not heard, not deleted', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const data = temporaryFolder('data');
    const phone = await awayPhone(AWAY, data, ENCRYPTED);
    const caller = await talk(phone, UNTIL_MESSAGE_SEC + 4);
    phone.signal('SIGKILL');
    await phone.ended;
    await caller.quit();
    rmSync(join(data, 'secrets.key'));
    const restarted = await awayPhone(AWAY, data, ENCRYPTED);
    await noticed(restarted, 'A message cannot be heard');
    const message = await firstMessage(restarted);
    expect(message.durationSec).toBeGreaterThan(2.5);
    expect((await restarted.viewNow()).encryption.lockedCount).toBe(1);
    const sealed = readFileSync(message.file);
    await expect(restarted.command('message.play', { messageId: message.id })).rejects.toThrow('its key is not here');
    await expect(exported(restarted, message.id)).rejects.toThrow('its key is not here');
    await restarted.command('message.setEncryption', { isOn: false });
    await restarted.terminate();
    expect(readFileSync(message.file)).toEqual(sealed);
  });
});
