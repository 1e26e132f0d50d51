// The speech process at work with a program that stands in for the engine: it tells of what it was given, fails, or hangs.
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WriteDown } from '../../../../../src-main/features/away/transcripts/write-down.ts';
import type { SpeechReply, WriteRequest } from '../../../../../src-main/features/away/transcripts/speech-messages.ts';
import { buildWavHeader } from '../../../../../src-main/media/recording/index.ts';

let folder: string;
let told: SpeechReply[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'nightjar-words-'));
  told = [];
  mkdirSync(join(folder, 'model'));
  for (const name of ['mdef', 'en.lm.bin', 'en.dict']) writeFileSync(join(folder, 'model', name), '');
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH'] ?? ''}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function engineThat(script: string): void {
  const file = join(folder, 'pocketsphinx_continuous');
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

/** Says how many bytes of sound it was given. */
const COUNTING = 'count=$(wc -c | tr -d " "); echo "bytes$count 0.000 1.000 0.900000"';
const wav = (): string => join(folder, 'message.wav');
const writeSound = (seconds: number): void =>
  writeFileSync(wav(), Buffer.concat([buildWavHeader(48_000, 1, 96_000 * seconds), Buffer.alloc(96_000 * seconds, 1)]));

const work = (given: Partial<WriteRequest> = {}): WriteDown =>
  new WriteDown(
    {
      ...{ kind: 'write', file: wav(), modelFolder: join(folder, 'model'), limitMiB: 4096, soundKeys: [] },
      ...given,
    },
    (reply) => told.push(reply),
  );
const wordOf = (): string => told.flatMap((reply) => (reply.kind === 'words' ? reply.words : []))[0]?.text ?? '';
const failureOf = (): string | undefined => told.flatMap((reply) => (reply.kind === 'ended' ? [reply.failure] : []))[0];

describe('a recording that is written down', () => {
  it('goes through the program at 16 kHz, with how far it has come', async () => {
    engineThat(COUNTING);
    writeSound(3);
    await work().run();
    expect(Number(wordOf().replace('bytes', '')) / 32_000).toBeCloseTo(3, 1);
    expect(told.filter(({ kind }) => kind === 'progress').length).toBeGreaterThan(5);
    expect(told.at(-1)).toEqual({ kind: 'ended' });
  });

  it('is followed while it is being made, up to what was written last', async () => {
    engineThat(COUNTING);
    writeFileSync(wav(), buildWavHeader(48_000, 1, 0));
    const listening = work({ kind: 'listen' });
    const ended = listening.run();
    for (let second = 0; second < 3; second++) {
      appendFileSync(wav(), Buffer.alloc(96_000, 1));
      await new Promise((resolve) => void setTimeout(resolve, 50));
    }
    listening.finish();
    await ended;
    expect(Number(wordOf().replace('bytes', '')) / 32_000).toBeCloseTo(3, 1);
    expect(failureOf()).toBeUndefined();
  });

  it('says why it was not: the program, the recording, the model', async () => {
    writeSound(1);
    engineThat('cat >/dev/null; exit 1');
    await work().run();
    expect(failureOf()).toBe('The speech program ended with an error: the model may be damaged.');
    told = [];
    engineThat(COUNTING);
    writeFileSync(wav(), 'no sound');
    await work().run();
    expect(failureOf()).toBe('The recording cannot be read.');
    told = [];
    await work({ modelFolder: join(folder, 'nowhere') }).run();
    expect(failureOf()).toBe(`There is no speech model in ${join(folder, 'nowhere')}.`);
  });

  it('ends at once when it is stopped, although the program hangs', async () => {
    engineThat('exec sleep 60');
    writeSound(3);
    const writing = work();
    const ended = writing.run();
    await new Promise((resolve) => void setTimeout(resolve, 100));
    writing.stop('It was stopped.');
    await ended;
    expect(failureOf()).toBe('It was stopped.');
  });

  it('ends when it takes too much memory', async () => {
    engineThat('exec sleep 60');
    writeSound(3);
    await work({ limitMiB: 1 }).run();
    expect(failureOf()).toBe('The speech model takes more than 1 MiB of memory.');
  });
});
