// The SQLite file: opening, migrations, and what to do with one that is locked or torn.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import type { Database as SqliteDatabase, Statement } from 'node-sqlite3-wasm';
import { InvariantError } from '../base/result.ts';
import type { Runtime, Timer } from '../base/runtime.ts';
import { CommitPace } from './commit-pace.ts';

interface Library {
  readonly Database: typeof SqliteDatabase;
}

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
  `CREATE TABLE text (
     id TEXT PRIMARY KEY, account_id TEXT NOT NULL, direction TEXT NOT NULL,
     remote_name TEXT NOT NULL, remote_address TEXT NOT NULL, text TEXT NOT NULL,
     at_ms INTEGER NOT NULL, status TEXT NOT NULL, is_read INTEGER NOT NULL);
   CREATE INDEX text_by_time ON text (at_ms);
   CREATE INDEX text_by_remote ON text (remote_address, at_ms);
   CREATE TABLE contact (
     id TEXT PRIMARY KEY, display_name TEXT NOT NULL, address TEXT NOT NULL, note TEXT NOT NULL,
     is_watched INTEGER NOT NULL, is_favourite INTEGER NOT NULL);`,
  'ALTER TABLE history ADD COLUMN details TEXT;',
  `CREATE TABLE delivery (
     message_id TEXT NOT NULL, way TEXT NOT NULL, tries INTEGER NOT NULL, PRIMARY KEY (message_id, way));`,
  // The triggers keep the index of words true to the rows.
  `ALTER TABLE message ADD COLUMN note TEXT NOT NULL DEFAULT '';
   ALTER TABLE message ADD COLUMN is_marked INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE message ADD COLUMN transcript TEXT NOT NULL DEFAULT '';
   ALTER TABLE message ADD COLUMN wave_form TEXT NOT NULL DEFAULT '';
   CREATE VIRTUAL TABLE message_words USING fts5(
     from_name, from_address, note, transcript, content='message', tokenize='unicode61 remove_diacritics 2');
   INSERT INTO message_words (message_words) VALUES ('rebuild');
   CREATE TRIGGER message_added AFTER INSERT ON message BEGIN
     INSERT INTO message_words (rowid, from_name, from_address, note, transcript)
     VALUES (new.rowid, new.from_name, new.from_address, new.note, new.transcript);
   END;
   CREATE TRIGGER message_removed AFTER DELETE ON message BEGIN
     INSERT INTO message_words (message_words, rowid, from_name, from_address, note, transcript)
     VALUES ('delete', old.rowid, old.from_name, old.from_address, old.note, old.transcript);
   END;
   CREATE TRIGGER message_reworded AFTER UPDATE OF from_name, from_address, note, transcript ON message BEGIN
     INSERT INTO message_words (message_words, rowid, from_name, from_address, note, transcript)
     VALUES ('delete', old.rowid, old.from_name, old.from_address, old.note, old.transcript);
     INSERT INTO message_words (rowid, from_name, from_address, note, transcript)
     VALUES (new.rowid, new.from_name, new.from_address, new.note, new.transcript);
   END;`,
  `CREATE TABLE greeting (
     id TEXT PRIMARY KEY, name TEXT NOT NULL, file TEXT NOT NULL, duration_sec REAL NOT NULL,
     made_at_ms INTEGER NOT NULL, deleted_at_ms INTEGER);`,
  'ALTER TABLE message ADD COLUMN wants_call_back INTEGER NOT NULL DEFAULT 0;',
  // Every call of the machine was called a message: those are one that have one, which is the caller's first since he called.
  `ALTER TABLE history ADD COLUMN message_id TEXT;
   UPDATE history SET message_id = (
     SELECT message.id FROM message
     WHERE message.account_id = history.account_id AND message.from_address = history.remote_address
       AND message.received_at_ms BETWEEN history.started_at_ms AND history.started_at_ms + 1000 * history.duration_sec + 600000
       AND NOT EXISTS (
         SELECT 1 FROM history AS later
         WHERE later.outcome = 'message' AND later.account_id = history.account_id
           AND later.remote_address = history.remote_address
           AND later.started_at_ms > history.started_at_ms AND later.started_at_ms <= message.received_at_ms)
     ORDER BY message.received_at_ms LIMIT 1)
   WHERE outcome = 'message';
   UPDATE history SET outcome = 'machine' WHERE outcome = 'message' AND message_id IS NULL;
   UPDATE history SET outcome = 'callBackWanted'
   WHERE message_id IN (SELECT id FROM message WHERE wants_call_back = 1);`,
];

/**
 * Opened when it is first asked for something.
 * WHY: the library and the file take longer than all else at start, and a phone that rings must not wait for its history.
 */
export class Database {
  readonly #file: string;
  readonly #runtime: Runtime | undefined;
  readonly #pace: CommitPace | undefined;
  #commitTimer: Timer | undefined;
  #sqlite: SqliteDatabase | undefined;
  /** Compiled once: there are as many as the repositories have sentences. */
  readonly #statements = new Map<string, Statement>();
  #putAside: string | undefined;
  #isClosed = false;

  private constructor(file: string, runtime: Runtime | undefined) {
    this.#file = file;
    this.#runtime = runtime;
    this.#pace = runtime && new CommitPace(runtime);
  }

  /**
   * Opens or creates the file; `:memory:` keeps nothing. The caller holds the data folder's lock, so that a lock which a killed
   * phone left behind can be removed. With a `runtime`, what is written at about the same time goes to the disk together.
   */
  static open(file: string, runtime?: Runtime): Database {
    return new Database(file, runtime);
  }

  /** The name under which a torn file was put aside. */
  get putAside(): string | undefined {
    return this.#putAside;
  }

  run(sql: string, values: readonly SqlValue[] = []): void {
    const database = this.#open();
    if (this.#runtime && !database.inTransaction) database.exec('BEGIN');
    this.#commitLater();
    this.#statement(sql).run([...values]);
  }

  all(sql: string, values: readonly SqlValue[] = []): readonly Row[] {
    return this.#statement(sql).all([...values]);
  }

  close(): void {
    this.#commit();
    this.#commitTimer?.cancel();
    this.#isClosed = true;
    if (this.#sqlite?.isOpen === true) this.#sqlite.close();
  }

  #statement(sql: string): Statement {
    const database = this.#open();
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #commitLater(): void {
    this.#commitTimer ??= this.#runtime?.setTimer(this.#pace?.delayMs ?? 0, () => this.#commit(), true);
  }

  #commit(): void {
    this.#commitTimer?.cancel();
    this.#commitTimer = undefined;
    const sqlite = this.#sqlite;
    if (sqlite?.inTransaction !== true) return;
    const work = () => sqlite.exec('COMMIT');
    try {
      if (this.#pace) this.#pace.commit(work);
      else work();
    } catch {
      // A full disk, say: what waits is tried again, for nobody stands behind a timer to take an exception.
      this.#commitLater();
    }
  }

  #open(): SqliteDatabase {
    if (this.#isClosed) throw new InvariantError('the database was closed before');
    return (this.#sqlite ??= this.#openFile());
  }

  #openFile(): SqliteDatabase {
    const file = this.#file;
    rmSync(`${file}.lock`, { recursive: true, force: true });
    const opened = tryOpen(file);
    if (opened) return opened;
    this.#putAside = `${file}.torn`;
    for (const suffix of ['', '-journal']) {
      if (existsSync(file + suffix)) renameSync(file + suffix, this.#putAside + suffix);
    }
    const fresh = tryOpen(file);
    if (!fresh) throw new Error(`${file} cannot be opened`);
    return fresh;
  }
}

function tryOpen(file: string): SqliteDatabase | undefined {
  let database: SqliteDatabase | undefined;
  try {
    database = new (loadSqlite().Database)(file);
    // WHY: the data folder has one owner, so the file need not be locked and unlocked for each statement.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = NORMAL');
    migrate(database);
    return database;
  } catch {
    database?.close();
    return undefined;
  }
}

/**
 * WHY: V8 would compile SQLite a second time, better, on threads that then keep some 40 MB. What the phone asks of its database is waiting
 * for the disk. The media process, whose codecs need the better code, has no database.
 */
function loadSqlite(): Library {
  setFlagsFromString('--liftoff-only');
  return createRequire(import.meta.url)('node-sqlite3-wasm') as Library;
}

function migrate(database: SqliteDatabase): void {
  const row = database.get('PRAGMA user_version') as Row | null;
  const version = Number(row?.['user_version'] ?? 0);
  MIGRATIONS.slice(version).forEach((statements, index) => {
    database.exec(`BEGIN; ${statements} PRAGMA user_version = ${version + index + 1}; COMMIT;`);
  });
}
