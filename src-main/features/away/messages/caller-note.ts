// Who left a message and what the user noted of it, in a small file beside its sound: what the database is made of again when it was lost.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { MessageRecord } from '../../../storage/index.ts';

export interface MessageCaller {
  readonly accountId: string;
  readonly displayName: string;
  readonly address: string;
}

type Noted = Pick<MessageRecord, 'wantsCallBack' | 'isHeard' | 'isMarked' | 'note' | 'transcript'>;

export interface CallerNote extends MessageCaller, Noted {
  readonly receivedAtMs: number;
}

const fileOf = (soundFile: string): string => soundFile.replace(/\.[^.]+$/, '.json');

/** The sound matters more: a note that cannot be written is done without, and the one before it stays. */
export function writeCallerNote(soundFile: string, note: CallerNote): void {
  const file = fileOf(soundFile);
  try {
    writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  } catch {
    // A draft that is left over is written over by the next one.
    return;
  }
}

/** undefined when there is none that can be read. */
export function readCallerNote(soundFile: string): CallerNote | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(fileOf(soundFile), 'utf8'));
    const { accountId, displayName, address, receivedAtMs, ...noted } = read as Record<string, unknown>;
    if (typeof receivedAtMs !== 'number') return undefined;
    const who = { accountId: textOf(accountId), displayName: textOf(displayName), address: textOf(address) };
    return { ...who, receivedAtMs, ...readNoted(noted) };
  } catch {
    return undefined;
  }
}

export const removeCallerNote = (soundFile: string): void => rmSync(fileOf(soundFile), { force: true });

/** Notes of earlier versions have nothing of it. */
const readNoted = ({ wantsCallBack, isHeard, isMarked, note, transcript }: Record<string, unknown>): Noted => ({
  wantsCallBack: wantsCallBack === true,
  isHeard: isHeard === true,
  isMarked: isMarked === true,
  note: textOf(note),
  transcript: textOf(transcript),
});

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
