// What callers say, written down by a real speech model on this machine, and found by its words.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { awayPhone, callerOf, firstMessage, speechAfter, UNTIL_MESSAGE_SEC } from '../support/away-phone.ts';
import { nightjar, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { requireProgram, requireThat, type SkippingContext } from '../support/requirements.ts';

/** Debian's package pocketsphinx-en-us. */
const MODEL = '/usr/share/pocketsphinx/model/en-us';
/** What `assets/audio/speech.wav` says, without its ending. */
const SAID = ['quick', 'brown', 'fox', 'over', 'the', 'lazy', 'dog', 'she', 'sells', 'seashells'];

function requireSpeech(context: SkippingContext): void {
  requireProgram(context, 'baresip', 'sox', 'pocketsphinx_continuous');
  requireThat(context, existsSync(MODEL), 'not installed here: pocketsphinx-en-us');
}

async function leaveMessage(phone: Daemon): Promise<string> {
  const caller = callerOf(phone, { mic: await speechAfter(UNTIL_MESSAGE_SEC + 0.3, 6.49, 20) });
  await caller.event('CALL_ESTABLISHED');
  await caller.event('CALL_CLOSED', 25_000);
  await caller.quit();
  return (await firstMessage(phone)).id;
}

/** The niceness of every program of that name that runs here. */
function niceOf(program: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]?.endsWith(program)) return [];
        // Behind the name in brackets, the niceness is the seventeenth field.
        return [Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[16])];
      } catch {
        // It has ended meanwhile.
        return [];
      }
    });
}

const wordsOf = (phone: Daemon): Promise<string> =>
  phone.until('the words', () => phone.view?.messages[0]?.transcript || undefined, 40_000);

describe('a message is written down', () => {
  it('by itself, and is found by its words', async (context) => {
    requireSpeech(context);
    const phone = await awayPhone({ endOnSilenceSec: 2 }, temporaryFolder('data'), {
      transcripts: { modelFolder: MODEL },
    });
    const messageId = await leaveMessage(phone);
    const words = (await wordsOf(phone)).split(/\s+/);
    expect(SAID.filter((word) => words.includes(word)).length).toBeGreaterThanOrEqual(8);
    expect(await phone.command('message.list', { search: 'lazy dog' })).toMatchObject([{ id: messageId }]);
    expect(await phone.command('message.list', { search: 'lazy cat' })).toEqual([]);
    expect((await phone.viewNow()).transcripts.jobs).toEqual([]);
    const listed = await nightjar('messages', '--data', phone.data);
    expect(listed.stdout).toContain('lazy dog');
    // Beside the sound as well, so that it outlives a lost database.
    const note = readFileSync(join(phone.data, 'messages', `${messageId}.json`), 'utf8');
    expect(note).toContain('lazy dog');
    await phone.terminate();
  });

  it('while it is spoken, and not once more afterwards', async (context) => {
    requireSpeech(context);
    const phone = await awayPhone({ endOnSilenceSec: 5 }, temporaryFolder('data'), {
      transcripts: { modelFolder: MODEL },
      encryption: { messages: true },
    });
    const caller = callerOf(phone, { mic: await speechAfter(UNTIL_MESSAGE_SEC + 0.3, 6.49, 20) });
    await caller.event('CALL_ESTABLISHED');
    const spoken = await phone.until(
      'words of the caller',
      () => phone.view?.away.callers[0]?.words || undefined,
      25_000,
    );
    expect(SAID.filter((word) => spoken.split(' ').includes(word)).length).toBeGreaterThanOrEqual(3);
    expect((await phone.viewNow()).away.callers[0]?.phase).toBe('recording');
    expect(niceOf('pocketsphinx_continuous')).toEqual([19]);
    await caller.event('CALL_CLOSED', 25_000);
    await caller.quit();
    // What was heard is the message's words at once: the recording is not read a second time.
    expect(await wordsOf(phone)).toContain('fox');
    expect((await phone.viewNow()).transcripts.jobs).toEqual([]);
    await phone.terminate();
    expect(niceOf('pocketsphinx_continuous')).toEqual([]);
  });

  it('when the user asks for it, and can be stopped', async (context) => {
    requireSpeech(context);
    const phone = await awayPhone({ endOnSilenceSec: 2 }, temporaryFolder('data'), {
      transcripts: { modelFolder: MODEL, isAutomatic: false },
    });
    const messageId = await leaveMessage(phone);
    expect((await phone.viewNow()).transcripts.jobs).toEqual([]);
    await phone.command('transcript.write', { messageId });
    await phone.until('work', () => phone.view?.transcripts.jobs.find(({ state }) => state === 'working'));
    await phone.command('transcript.cancel', { messageId });
    expect((await phone.viewNow()).transcripts.jobs).toEqual([]);
    expect((await phone.viewNow()).messages[0]?.transcript).toBe('');
    await phone.command('transcript.write', { messageId });
    expect(await wordsOf(phone)).toContain('fox');
    await phone.terminate();
  });

  it('by no folder that holds no model', async (context) => {
    requireSpeech(context);
    const phone = await awayPhone();
    const modelFolder = temporaryFolder('empty');
    await expect(phone.command('transcript.set', { modelFolder })).rejects.toThrow(`no speech model in ${modelFolder}`);
    expect((await phone.viewNow()).transcripts.settings.modelFolder).toBeNull();
    await phone.command('transcript.set', { modelFolder: MODEL });
    expect((await phone.viewNow()).transcripts).toMatchObject({ settings: { modelFolder: MODEL }, problem: null });
    await phone.terminate();
  });
});
