// The SQLite file: opening, migrations, and what to do with one that is locked or torn.
import { existsSync, renameSync, rmSync } from 'node:fs';
import sqlite, { type Database as SqliteDatabase } from 'node-sqlite3-wasm';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, unknown>>;

/** Each entry takes the database from version n to n + 1; entries are never changed once released. */
const MIGRATIONS = [
  `CREATE TABLE history (
     id TEXT PRIMARY KEY, account_id TEXT NOT NULL, direction TEXT NOT NULL, outcome TEXT NOT NULL,
     remote_name TEXT NOT NULL, remote_address TEXT NOT NULL,
     started_at_ms INTEGER NOT NULL, duration_sec REAL NOT NULL, reason TEXT);
   CREATE INDEX history_by_time ON history (started_at_ms);
   CREATE TABLE message (
     id TEXT PRIMARY KEY, account_id TEXT NOT NULL, from_name TEXT NOT NULL, from_address TEXT NOT NULL,
     received_at_ms INTEGER NOT NULL, duration_sec REAL NOT NULL, file TEXT NOT NULL,
     is_heard INTEGER NOT NULL DEFAULT 0, is_recording INTEGER NOT NULL DEFAULT 0, deleted_at_ms INTEGER);
   CREATE INDEX message_by_time ON message (received_at_ms);`,
  'ALTER TABLE history ADD COLUMN details TEXT;',
];

export class Database {
  readonly #sqlite: SqliteDatabase;
  /** A torn file was put aside under this name and a new one begun. */
  readonly putAside: string | undefined;

  private constructor(database: SqliteDatabase, putAside: string | undefined) {
    this.#sqlite = database;
    this.putAside = putAside;
  }

  /**
   * Opens or creates the file; `:memory:` keeps nothing. The caller holds the data folder's lock, so that a lock which a killed
   * phone left behind can be removed.
   */
  static open(file: string): Database {
    rmSync(`${file}.lock`, { recursive: true, force: true });
    const opened = tryOpen(file);
    if (opened) return new Database(opened, undefined);
    const aside = `${file}.torn`;
    for (const suffix of ['', '-journal']) if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
    const fresh = tryOpen(file);
    if (!fresh) throw new Error(`${file} cannot be opened`);
    return new Database(fresh, aside);
  }

  run(sql: string, values: readonly SqlValue[] = []): void {
    this.#sqlite.run(sql, [...values]);
  }

  all(sql: string, values: readonly SqlValue[] = []): readonly Row[] {
    return this.#sqlite.all(sql, [...values]);
  }

  close(): void {
    if (this.#sqlite.isOpen) this.#sqlite.close();
  }
}

function tryOpen(file: string): SqliteDatabase | undefined {
  let database: SqliteDatabase | undefined;
  try {
    database = new sqlite.Database(file);
    database.exec('PRAGMA synchronous = NORMAL');
    migrate(database);
    return database;
  } catch {
    database?.close();
    return undefined;
  }
}

function migrate(database: SqliteDatabase): void {
  const row = database.get('PRAGMA user_version') as Row | null;
  const version = Number(row?.['user_version'] ?? 0);
  MIGRATIONS.slice(version).forEach((statements, index) => {
    database.exec(`BEGIN; ${statements} PRAGMA user_version = ${version + index + 1}; COMMIT;`);
  });
}
