// Who left a message, in a small file beside its sound: what the database is made of again when it was lost.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';

export interface MessageCaller {
  readonly accountId: string;
  readonly displayName: string;
  readonly address: string;
}

export interface CallerNote extends MessageCaller {
  readonly receivedAtMs: number;
}

const fileOf = (soundFile: string): string => soundFile.replace(/\.[^.]+$/, '.json');

/** The sound matters more: a note that cannot be written is done without. */
export function writeCallerNote(soundFile: string, note: CallerNote): void {
  try {
    writeFileSync(fileOf(soundFile), JSON.stringify(note), { mode: 0o600 });
  } catch {
    return;
  }
}

/** undefined when there is none that can be read. */
export function readCallerNote(soundFile: string): CallerNote | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(fileOf(soundFile), 'utf8'));
    const { accountId, displayName, address, receivedAtMs } = read as Record<string, unknown>;
    if (typeof receivedAtMs !== 'number') return undefined;
    return { accountId: textOf(accountId), displayName: textOf(displayName), address: textOf(address), receivedAtMs };
  } catch {
    return undefined;
  }
}

export const removeCallerNote = (soundFile: string): void => rmSync(fileOf(soundFile), { force: true });

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
