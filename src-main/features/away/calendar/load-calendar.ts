// Gets the text of a calendar: a file of this machine, or an address in the web.
import { readFile, stat } from 'node:fs/promises';
import { err, ok, type Result } from '../../../base/result.ts';

const LIMIT_BYTES = 10_000_000;
const LIMIT_MS = 30_000;

/** `source`: a path, or an address that begins with `https:`, `http:` or `webcal:`. The error is a sentence for people. */
export async function loadCalendar(source: string): Promise<Result<string, string>> {
  try {
    return /^(https?|webcal):/i.test(source)
      ? await download(source.replace(/^webcal:/i, 'https:'))
      : await read(source);
  } catch (error) {
    return err(sentenceOf(error as NodeJS.ErrnoException));
  }
}

async function read(file: string): Promise<Result<string, string>> {
  const facts = await stat(file);
  if (!facts.isFile()) return err('This is not a file.');
  return facts.size > LIMIT_BYTES ? tooLarge() : ok(await readFile(file, 'utf8'));
}

async function download(url: string): Promise<Result<string, string>> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) });
  if (!answer.ok) {
    await answer.body?.cancel();
    return err(`The server of the calendar answered ${answer.status}.`);
  }
  const pieces: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const piece of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    sizeBytes += piece.length;
    if (sizeBytes > LIMIT_BYTES) return tooLarge();
    pieces.push(piece);
  }
  return ok(Buffer.concat(pieces).toString('utf8'));
}

const tooLarge = (): Result<string, string> => err(`This calendar has more than ${LIMIT_BYTES / 1_000_000} MB.`);

function sentenceOf({ code, name }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'There is no such file.';
  if (code === 'EACCES') return 'This file may not be read.';
  return name === 'TimeoutError' ? 'The server of the calendar is silent.' : 'The calendar cannot be reached.';
}
