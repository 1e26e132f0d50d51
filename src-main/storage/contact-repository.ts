// The user's contacts in SQLite.
import type { Database, Row } from './database.ts';

export interface ContactRecord {
  readonly id: string;
  readonly displayName: string;
  /** As dialled. */
  readonly address: string;
  readonly note: string;
  /** Their presence and line are watched. */
  readonly isWatched: boolean;
  readonly isFavourite: boolean;
}

export class ContactRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By name, without regard to case. */
  list(): readonly ContactRecord[] {
    return this.#database.all('SELECT * FROM contact ORDER BY display_name COLLATE NOCASE, address').map(toRecord);
  }

  /** Adds it, or puts it in the place of the one with its id. */
  save({ id, displayName, address, note, isWatched, isFavourite }: ContactRecord): void {
    const values = [id, displayName, address, note, isWatched ? 1 : 0, isFavourite ? 1 : 0];
    this.#database.run('INSERT OR REPLACE INTO contact VALUES (?, ?, ?, ?, ?, ?)', values);
  }

  delete(id: string): void {
    this.#database.run('DELETE FROM contact WHERE id = ?', [id]);
  }
}

function toRecord(row: Row): ContactRecord {
  return {
    id: String(row['id']),
    displayName: String(row['display_name']),
    address: String(row['address']),
    note: String(row['note']),
    isWatched: row['is_watched'] === 1,
    isFavourite: row['is_favourite'] === 1,
  };
}
