// `nightjar messages`: lists, exports and deletes voice messages, through the running phone when there is one.
import { resolve } from 'node:path';
import { defaultControlPath, openMessageBook, type MessageBook } from '../app/index.ts';
import type { VoiceMessage } from '../../src-shared/contract/index.ts';
import type { MessagesOptions } from './command-line.ts';
import { EXIT, reportFailure, type Console } from './console.ts';
import { connectControl } from './control-client.ts';

export async function runMessages(options: MessagesOptions, console: Console): Promise<number> {
  const book = await openBook(options.data);
  if (typeof book === 'string') return reportFailure(console, options.isJson, { code: 'storageFailed', message: book });
  try {
    const messages = await book.list();
    if (options.action === 'list') {
      printList(messages, options.isJson, console);
      return EXIT.done;
    }
    const message = messages.find(({ id }) => id === options.id);
    if (!message)
      return reportFailure(console, options.isJson, { code: 'notFound', message: `there is no message ${options.id}` });
    if (options.action === 'delete') await book.delete(message.id);
    else await book.export(message, resolve(options.file));
    if (options.isJson) console.out(JSON.stringify({ ok: true }));
    return EXIT.done;
  } catch (error) {
    return reportFailure(console, options.isJson, { code: 'storageFailed', message: (error as Error).message });
  } finally {
    book.close();
  }
}

function printList(messages: readonly VoiceMessage[], isJson: boolean, console: Console): void {
  if (isJson) {
    console.out(JSON.stringify({ ok: true, messages }));
    return;
  }
  if (messages.length === 0) console.out('no messages');
  for (const { id, from, receivedAtMs, durationSec, isHeard, transcript } of messages) {
    const name = from.displayName || from.address;
    const seconds = durationSec.toFixed(0).padStart(4);
    console.out(`${isHeard ? ' ' : '*'} ${id}  ${new Date(receivedAtMs).toISOString()}  ${seconds} s  ${name}`);
    for (const line of transcript.split('\n')) if (line !== '') console.out(`      ${line}`);
  }
}

/** The running phone's messages, or the folder's own when no phone runs; a sentence when neither can be had. */
async function openBook(dataRoot: string | undefined): Promise<MessageBook | string> {
  const client = await connectControl(defaultControlPath(dataRoot));
  if (!client) {
    const opened = openMessageBook(dataRoot);
    return opened.ok ? opened.value : opened.error.message;
  }
  const ask = async (name: string, params?: unknown): Promise<unknown> => {
    const reply = await client.call(name, params);
    if (!reply.ok) throw new Error(reply.failure.message);
    return reply.value;
  };
  return {
    list: async () => (await ask('message.list')) as readonly VoiceMessage[],
    delete: async (messageId) => {
      await ask('message.delete', { messageId });
    },
    export: async ({ id: messageId }, file) => {
      await ask('message.export', { messageId, file });
    },
    close: () => client.close(),
  };
}
