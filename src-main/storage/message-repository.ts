// Voice messages in SQLite. A row exists from the first second of the recording, so that a killed phone finds it again.
import type { Database, Row, SqlValue } from './database.ts';

/** What is known of a message when the caller begins to speak. */
export interface MessageStart {
  readonly id: string;
  readonly accountId: string;
  readonly fromName: string;
  readonly fromAddress: string;
  readonly receivedAtMs: number;
  readonly durationSec: number;
  /** File name inside the messages folder. */
  readonly file: string;
  readonly isHeard: boolean;
}

export interface MessageRecord extends MessageStart {
  /** The caller said nothing and wants to be called back: there is no file. */
  readonly wantsCallBack: boolean;
  readonly isMarked: boolean;
  readonly note: string;
  /** What was said, where something has written it down. */
  readonly transcript: string;
  /** Loudness over time, 0 to 100; empty until the recording was measured. */
  readonly waveForm: readonly number[];
  /** undefined while it is not in the trash. */
  readonly deletedAtMs: number | undefined;
}

/** What may be changed later, each by itself. */
export type MessageChange = Partial<
  Pick<MessageRecord, 'wantsCallBack' | 'isHeard' | 'isMarked' | 'note' | 'transcript' | 'waveForm' | 'deletedAtMs'>
>;

export interface MessageQuery {
  readonly limit: number;
  /** Beginnings of words in the caller's name, address, note and transcript, or a part of the address. */
  readonly search?: string | undefined;
}

/** More words are not looked for. */
const MAX_WORDS = 16;
const COMPLETE = 'is_recording = 0 AND deleted_at_ms IS NULL';
const NEWEST_FIRST = 'ORDER BY received_at_ms DESC, rowid DESC';

export class MessageRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The caller begins to speak. */
  begin(start: MessageStart): void {
    this.#database.run(INSERT, [
      start.id,
      start.accountId,
      start.fromName,
      start.fromAddress,
      start.receivedAtMs,
      start.durationSec,
      start.file,
      start.isHeard ? 1 : 0,
    ]);
  }

  /** The recording is complete. */
  finish(id: string, durationSec: number): void {
    this.#database.run('UPDATE message SET is_recording = 0, duration_sec = ? WHERE id = ?', [durationSec, id]);
  }

  /** Newest first; neither deleted nor still being recorded. */
  list(): readonly MessageRecord[] {
    return this.#all(`WHERE ${COMPLETE} ${NEWEST_FIRST}`);
  }

  /** Newest first; those of `list` in which the words are found. */
  find({ limit, search = '' }: MessageQuery): readonly MessageRecord[] {
    if (search.trim() === '') return this.#all(`WHERE ${COMPLETE} ${NEWEST_FIRST} LIMIT ?`, [limit]);
    const part = `%${search.trim().replace(/[\\%_]/g, '\\$&')}%`;
    const words = wordQuery(search);
    if (words === undefined)
      return this.#all(`WHERE ${COMPLETE} AND from_address LIKE ? ESCAPE '\\' ${NEWEST_FIRST} LIMIT ?`, [part, limit]);
    return this.#all(
      `WHERE ${COMPLETE} AND (rowid IN (SELECT rowid FROM message_words WHERE message_words MATCH ?)
         OR from_address LIKE ? ESCAPE '\\') ${NEWEST_FIRST} LIMIT ?`,
      [words, part, limit],
    );
  }

  /** Recordings that a phone which ended unexpectedly left unfinished. */
  listUnfinished(): readonly MessageRecord[] {
    return this.#all('WHERE is_recording = 1');
  }

  /** What is in the trash, what was deleted last first. */
  listDeleted(): readonly MessageRecord[] {
    return this.#all('WHERE deleted_at_ms IS NOT NULL ORDER BY deleted_at_ms DESC, rowid DESC');
  }

  get(id: string): MessageRecord | undefined {
    return this.#all('WHERE id = ?', [id])[0];
  }

  /** `deletedAtMs: undefined` takes it out of the trash. */
  change(id: string, change: MessageChange): void {
    for (const name of Object.keys(change) as (keyof MessageChange)[]) {
      const { column, valueOf } = COLUMNS[name];
      this.#database.run(`UPDATE message SET ${column} = ? WHERE id = ?`, [valueOf(change), id]);
    }
  }

  /** Forgets one for good; the caller removes the file. */
  purge(id: string): void {
    this.#database.run('DELETE FROM message WHERE id = ?', [id]);
  }

  listDeletedBefore(atMs: number): readonly MessageRecord[] {
    return this.#all('WHERE deleted_at_ms < ?', [atMs]);
  }

  #all(rest: string, values: readonly SqlValue[] = []): readonly MessageRecord[] {
    return this.#database.all(`SELECT * FROM message ${rest}`, values).map(toRecord);
  }
}

const INSERT = `INSERT INTO message
  (id, account_id, from_name, from_address, received_at_ms, duration_sec, file, is_heard, is_recording)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)`;

interface Column {
  readonly column: string;
  readonly valueOf: (change: MessageChange) => SqlValue;
}

const COLUMNS: Readonly<Record<keyof MessageChange, Column>> = {
  wantsCallBack: { column: 'wants_call_back', valueOf: ({ wantsCallBack }) => (wantsCallBack === true ? 1 : 0) },
  isHeard: { column: 'is_heard', valueOf: ({ isHeard }) => (isHeard === true ? 1 : 0) },
  isMarked: { column: 'is_marked', valueOf: ({ isMarked }) => (isMarked === true ? 1 : 0) },
  note: { column: 'note', valueOf: ({ note = '' }) => note },
  transcript: { column: 'transcript', valueOf: ({ transcript = '' }) => transcript },
  waveForm: { column: 'wave_form', valueOf: ({ waveForm = [] }) => waveForm.join(',') },
  deletedAtMs: { column: 'deleted_at_ms', valueOf: ({ deletedAtMs }) => deletedAtMs ?? null },
};

/** Each word as the beginning of one, all of them wanted; undefined when there is none. What is typed is never taken for syntax. */
function wordQuery(search: string): string | undefined {
  const words = search.match(/[\p{L}\p{N}\p{M}]+/gu)?.slice(0, MAX_WORDS);
  return words?.map((word) => `"${word}"*`).join(' ');
}

function toRecord(row: Row): MessageRecord {
  const deletedAtMs = row['deleted_at_ms'];
  return {
    id: String(row['id']),
    accountId: String(row['account_id']),
    fromName: String(row['from_name']),
    fromAddress: String(row['from_address']),
    receivedAtMs: Number(row['received_at_ms']),
    durationSec: Number(row['duration_sec']),
    file: String(row['file']),
    wantsCallBack: row['wants_call_back'] === 1,
    isHeard: row['is_heard'] === 1,
    isMarked: row['is_marked'] === 1,
    note: String(row['note']),
    transcript: String(row['transcript']),
    waveForm: readWaveForm(String(row['wave_form'])),
    deletedAtMs: deletedAtMs === null || deletedAtMs === undefined ? undefined : Number(deletedAtMs),
  };
}

/** What was written by hand is left out where it does not fit. */
function readWaveForm(text: string): readonly number[] {
  if (!/^[\d,]+$/.test(text)) return [];
  try {
    const values = JSON.parse(`[${text}]`) as readonly number[];
    return values.every((value) => value <= 100) ? values : [];
  } catch {
    return [];
  }
}
