// The user's greetings in SQLite; their sound is in files.
import type { Database, Row } from './database.ts';

export interface GreetingRecord {
  readonly id: string;
  readonly name: string;
  /** The name of its file in the folder of greetings. */
  readonly file: string;
  readonly durationSec: number;
  readonly madeAtMs: number;
  /** Deleted, and can be brought back. */
  readonly deletedAtMs?: number | undefined;
}

export class GreetingRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The oldest first, deleted ones among them. */
  list(): readonly GreetingRecord[] {
    return this.#database.all('SELECT * FROM greeting ORDER BY made_at_ms').map(toRecord);
  }

  /** Adds it, or puts it in the place of the one with its id. */
  save({
    id,
    name,
    file,
    durationSec,
    madeAtMs,
    deletedAtMs = null,
  }: Omit<GreetingRecord, 'deletedAtMs'> & { readonly deletedAtMs?: number | null | undefined }): void {
    const values = [id, name, file, durationSec, madeAtMs, deletedAtMs];
    this.#database.run('INSERT OR REPLACE INTO greeting VALUES (?, ?, ?, ?, ?, ?)', values);
  }

  delete(id: string): void {
    this.#database.run('DELETE FROM greeting WHERE id = ?', [id]);
  }
}

function toRecord(row: Row): GreetingRecord {
  const deletedAtMs = row['deleted_at_ms'];
  return {
    id: String(row['id']),
    name: String(row['name']),
    file: String(row['file']),
    durationSec: Number(row['duration_sec']),
    madeAtMs: Number(row['made_at_ms']),
    ...(deletedAtMs !== null && { deletedAtMs: Number(deletedAtMs) }),
  };
}
