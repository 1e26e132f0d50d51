// A message as a file of its own for a while: what a browser downloads, what is dragged out of the window.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusal, type Reply } from '../../src-shared/contract/index.ts';
import { newExportFile } from './message-export.ts';
import type { Phone } from './phone.ts';

export interface LentFile {
  /** A WAV file named after the caller and the time. */
  readonly file: string;
  /** Removes it. */
  giveBack(): void;
}

export async function lendMessage(
  phone: Pick<Phone, 'handlers' | 'getView'>,
  messageId: string,
): Promise<Reply<LentFile>> {
  const message = phone.getView().messages.find(({ id }) => id === messageId);
  if (!message) return refusal('notFound', `There is no message ${messageId}.`);
  const folder = newFolder();
  if (folder === undefined) return refusal('storageFailed', 'There is no room for temporary files.');
  const giveBack = (): void => rmSync(folder, { recursive: true, force: true });
  const file = newExportFile(message, 'wav', folder);
  const exported = await phone.handlers['message.export']({ messageId, file, format: 'wav' });
  if (exported.ok) return { ok: true, value: { file, giveBack } };
  giveBack();
  return exported;
}

function newFolder(): string | undefined {
  try {
    return mkdtempSync(join(tmpdir(), 'nightjar-'));
  } catch {
    return undefined;
  }
}
