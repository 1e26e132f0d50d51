// Drives the program pocketsphinx_continuous: sound goes to its standard input and never to the disk.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { accessSync, constants, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { PocketsphinxLines } from './pocketsphinx-lines.ts';
import type { PocketsphinxModel } from './pocketsphinx-model.ts';
import type { HeardWord, SpeechEngine, SpeechStream } from './speech-engine.ts';

const PROGRAM = 'pocketsphinx_continuous';
/** WHY: Node gives a socket as standard input, which cannot be opened by its name; `cat` makes a pipe of it. */
const BY_PIPE = 'cat | "$0" "$@"';
const KIB_PER_MIB = 1024;

type Program = ChildProcessByStdio<Writable, Readable, null>;

/** The full path; undefined when it is not installed. */
export function findPocketsphinx(path = process.env['PATH'] ?? ''): string | undefined {
  return path
    .split(delimiter)
    .map((folder) => join(folder, PROGRAM))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export function createPocketsphinx(program: string, model: PocketsphinxModel): SpeechEngine {
  const { acousticFolder, languageFile, dictionaryFile } = model;
  const parts = ['-hmm', acousticFolder, '-lm', languageFile, '-dict', dictionaryFile];
  const args = [...parts, '-infile', '/dev/stdin', '-time', 'yes', '-logfn', '/dev/null'];
  return {
    name: 'PocketSphinx',
    open: (onWords) => {
      // A group of its own, so that all of it can be ended at once.
      const group = spawn('/bin/sh', ['-c', BY_PIPE, program, ...args], {
        stdio: ['pipe', 'pipe', 'ignore'],
        detached: true,
      });
      return streamOf(group, onWords);
    },
  };
}

function streamOf(child: Program, onWords: (words: readonly HeardWord[]) => void): SpeechStream {
  const lines = new PocketsphinxLines(onWords);
  child.stdout.setEncoding('utf8').on('data', (text: string) => lines.take(text));
  // It may end before it has read everything; its status says so.
  child.stdin.on('error', () => {});
  const ended = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(`The speech program cannot be started: ${error.message}`));
    child.on('close', (status) => {
      lines.finish();
      resolve(status === 0 ? undefined : 'The speech program ended with an error: the model may be damaged.');
    });
  });
  return {
    write: async (samples) => {
      if (child.stdin.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength))) return;
      const drained = new Promise<void>((resolve) => void child.stdin.once('drain', resolve));
      await Promise.race([drained, ended]);
    },
    finish: () => {
      child.stdin.end();
      return ended;
    },
    stop: () => endGroup(child.pid),
    memoryMiB: () => residentMiB(child.pid),
  };
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

/** Of everything that the shell has started; 0 where the system does not say. */
function residentMiB(pid = 0): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return children.reduce((sum, child) => sum + residentKib(child), 0) / KIB_PER_MIB;
  } catch {
    return 0;
  }
}

function residentKib(pid: string): number {
  const [, kibibytes = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes);
}
