// Gives the sound of one message to the browser: dragged out of the window it becomes a file elsewhere.
import { createReadStream } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { basename } from 'node:path';
import { lendMessage, type Phone } from '../app/index.ts';

const PATH = /^\/messages\/([\w-]{1,100})\.wav$/;

/** The message that a path names. */
export const messageIdOf = (path: string): string | undefined => PATH.exec(path)?.[1];

export async function serveMessage(
  messageId: string,
  response: ServerResponse,
  phone: Phone,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const lent = await lendMessage(phone, messageId);
  if (!lent.ok) {
    response.writeHead(404, headers).end(lent.failure.message);
    return;
  }
  const { file } = lent.value;
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(basename(file))}`;
  response.writeHead(200, { ...headers, 'Content-Type': 'audio/wav', 'Content-Disposition': disposition });
  const sound = createReadStream(file);
  // Also when the browser went away.
  response.once('close', () => lent.value.giveBack());
  sound.on('error', () => response.destroy());
  sound.pipe(response);
}
