// Voice messages in SQLite. A row exists from the first second of the recording, so that a killed phone finds it again.
import type { Database, Row } from './database.ts';

export interface MessageRecord {
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

export class MessageRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The caller begins to speak. */
  begin(record: MessageRecord): void {
    this.#database.run('INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, NULL)', [
      record.id,
      record.accountId,
      record.fromName,
      record.fromAddress,
      record.receivedAtMs,
      record.durationSec,
      record.file,
      record.isHeard ? 1 : 0,
    ]);
  }

  /** The recording is complete. */
  finish(id: string, durationSec: number): void {
    this.#database.run('UPDATE message SET is_recording = 0, duration_sec = ? WHERE id = ?', [durationSec, id]);
  }

  /** Newest first; neither deleted nor still being recorded. */
  list(): readonly MessageRecord[] {
    return this.#database
      .all(
        'SELECT * FROM message WHERE deleted_at_ms IS NULL AND is_recording = 0 ORDER BY received_at_ms DESC, rowid DESC',
      )
      .map(toRecord);
  }

  /** Recordings that a phone which ended unexpectedly left unfinished. */
  listUnfinished(): readonly MessageRecord[] {
    return this.#database.all('SELECT * FROM message WHERE is_recording = 1').map(toRecord);
  }

  get(id: string): MessageRecord | undefined {
    return this.#database.all('SELECT * FROM message WHERE id = ?', [id]).map(toRecord)[0];
  }

  markHeard(id: string): void {
    this.#database.run('UPDATE message SET is_heard = 1 WHERE id = ?', [id]);
  }

  /** Puts it aside; `restore` brings it back until `purge`. */
  delete(id: string, atMs: number): void {
    this.#database.run('UPDATE message SET deleted_at_ms = ? WHERE id = ?', [atMs, id]);
  }

  restore(id: string): void {
    this.#database.run('UPDATE message SET deleted_at_ms = NULL WHERE id = ?', [id]);
  }

  /** Forgets one for good; the caller removes the file. */
  purge(id: string): void {
    this.#database.run('DELETE FROM message WHERE id = ?', [id]);
  }

  listDeletedBefore(atMs: number): readonly MessageRecord[] {
    return this.#database.all('SELECT * FROM message WHERE deleted_at_ms < ?', [atMs]).map(toRecord);
  }
}

function toRecord(row: Row): MessageRecord {
  return {
    id: String(row['id']),
    accountId: String(row['account_id']),
    fromName: String(row['from_name']),
    fromAddress: String(row['from_address']),
    receivedAtMs: Number(row['received_at_ms']),
    durationSec: Number(row['duration_sec']),
    file: String(row['file']),
    isHeard: row['is_heard'] === 1,
  };
}
