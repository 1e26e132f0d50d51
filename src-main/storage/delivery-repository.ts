// Messages that are still to be sent on, in SQLite: by which way, and how often it was tried.
import type { Database, Row } from './database.ts';

export interface PendingRecord {
  readonly messageId: string;
  readonly way: string;
  readonly tries: number;
}

export class DeliveryRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  list(): readonly PendingRecord[] {
    return this.#database.all('SELECT * FROM delivery ORDER BY rowid').map(toRecord);
  }

  /** Adds one, or notes how often it was tried. */
  put({ messageId, way, tries }: PendingRecord): void {
    this.#database.run('INSERT OR REPLACE INTO delivery VALUES (?, ?, ?)', [messageId, way, tries]);
  }

  remove({ messageId, way }: PendingRecord): void {
    this.#database.run('DELETE FROM delivery WHERE message_id = ? AND way = ?', [messageId, way]);
  }
}

const toRecord = (row: Row): PendingRecord => ({
  messageId: String(row['message_id']),
  way: String(row['way']),
  tries: Number(row['tries']),
});
