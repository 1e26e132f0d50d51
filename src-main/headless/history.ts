// `nightjar history`: the calls that were and what became of each, through the running phone when there is one.
import { defaultControlPath, openHistoryBook, type HistoryBook } from '../app/index.ts';
import type { HistoryEntry } from '../../src-shared/contract/index.ts';
import type { HistoryOptions } from './command-line.ts';
import { EXIT, reportFailure, type Console } from './console.ts';
import { connectControl } from './control-client.ts';

const OUTCOME_WORDS: Readonly<Record<HistoryEntry['outcome'], string>> = {
  answered: 'answered',
  missed: 'missed',
  refused: 'refused',
  failed: 'failed',
  answeredElsewhere: 'answered elsewhere',
  message: 'left a message',
  noMessage: 'left no message',
  callBackWanted: 'wants a call back',
  replied: 'was told a reply',
  sentAway: 'was sent away',
  remoteAccess: 'remote access',
  machine: 'answering machine',
};
const WIDTH = Math.max(...Object.values(OUTCOME_WORDS).map(({ length }) => length));

export async function runHistory(options: HistoryOptions, console: Console): Promise<number> {
  const { data, isJson, limit, search } = options;
  const book = await openBook(data);
  if (typeof book === 'string') return reportFailure(console, isJson, { code: 'storageFailed', message: book });
  try {
    const entries = await book.list({ limit, search });
    if (isJson) console.out(JSON.stringify({ ok: true, entries }));
    else for (const line of entries.length === 0 ? ['no calls'] : entries.map(lineOf)) console.out(line);
    return EXIT.done;
  } catch (error) {
    return reportFailure(console, isJson, { code: 'storageFailed', message: (error as Error).message });
  } finally {
    book.close();
  }
}

/** When, from or to whom, what became of it, how long, and the id of the message that was kept. */
export function lineOf(entry: HistoryEntry): string {
  const { direction, outcome, remote, startedAtMs, durationSec, messageId } = entry;
  const words = [
    new Date(startedAtMs).toISOString(),
    direction === 'incoming' ? 'from' : 'to  ',
    OUTCOME_WORDS[outcome].padEnd(WIDTH),
    `${durationSec.toFixed(0).padStart(5)} s`,
    remote.displayName || remote.address,
  ];
  return [...words, ...(messageId === undefined ? [] : [`message ${messageId}`])].join('  ');
}

/** The running phone's history, or the folder's own when no phone runs; a sentence when neither can be had. */
async function openBook(dataRoot: string | undefined): Promise<HistoryBook | string> {
  const client = await connectControl(defaultControlPath(dataRoot));
  if (!client) {
    const opened = openHistoryBook(dataRoot);
    return opened.ok ? opened.value : opened.error.message;
  }
  return {
    list: async (query) => {
      const reply = await client.call('history.list', query);
      if (!reply.ok) throw new Error(reply.failure.message);
      return reply.value as readonly HistoryEntry[];
    },
    close: () => client.close(),
  };
}
