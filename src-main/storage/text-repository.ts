// Text messages in SQLite, of both directions.
import type { Database, Row, SqlValue } from './database.ts';

export type TextDirection = 'incoming' | 'outgoing';
export type TextStatus = 'sending' | 'sent' | 'delivered' | 'displayed' | 'failed' | 'received';

export interface TextRecord {
  readonly id: string;
  readonly accountId: string;
  readonly direction: TextDirection;
  readonly remoteName: string;
  readonly remoteAddress: string;
  readonly text: string;
  readonly atMs: number;
  readonly status: TextStatus;
  readonly isRead: boolean;
}

export interface TextQuery {
  readonly limit: number;
  readonly remoteAddress?: string | undefined;
  readonly beforeMs?: number | undefined;
}

/** How much is kept: the oldest make room. */
export interface TextRoom {
  readonly texts: number;
  readonly characters: number;
}

/** Texts that go at once when they are too long together, so that the next ones fit too. */
const PRUNED_TOGETHER = 200;

export class TextRepository {
  readonly #database: Database;
  /** What all texts have together, or more where some were deleted since; counted when it is first asked for. */
  #characters: number | undefined;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Adds one, and forgets the oldest beyond `room`. */
  add(record: TextRecord, room: TextRoom): void {
    const { id, accountId, direction, remoteName, remoteAddress, text, atMs, status, isRead } = record;
    const values = [id, accountId, direction, remoteName, remoteAddress, text, atMs, status, isRead ? 1 : 0];
    this.#database.run('INSERT OR IGNORE INTO text VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', values);
    this.#database.run('DELETE FROM text WHERE rowid <= (SELECT MAX(rowid) FROM text) - ?', [room.texts]);
    this.#characters = this.#characters === undefined ? this.#count() : this.#characters + text.length;
    if (this.#characters > room.characters) this.#prune(room.characters);
  }

  #prune(characters: number): void {
    const oldest = 'SELECT rowid FROM text ORDER BY rowid LIMIT ?';
    // WHY: the newest stays, however long it is, or a text that was just taken would be lost.
    const notNewest = 'rowid < (SELECT MAX(rowid) FROM text)';
    let left = this.#count();
    for (let removed = 1; left > characters && removed > 0;) {
      const before = left;
      this.#database.run(`DELETE FROM text WHERE rowid IN (${oldest}) AND ${notNewest}`, [PRUNED_TOGETHER]);
      left = this.#count();
      removed = before - left;
    }
    this.#characters = left;
  }

  #count(): number {
    return Number(this.#database.all('SELECT SUM(LENGTH(text)) AS n FROM text')[0]?.['n'] ?? 0);
  }

  /** Newest first. */
  list({ limit, remoteAddress, beforeMs }: TextQuery): readonly TextRecord[] {
    const conditions: string[] = [];
    const values: SqlValue[] = [];
    if (remoteAddress !== undefined) {
      conditions.push('remote_address = ?');
      values.push(remoteAddress);
    }
    if (beforeMs !== undefined) {
      conditions.push('at_ms < ?');
      values.push(beforeMs);
    }
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    return this.#database
      .all(`SELECT * FROM text ${where} ORDER BY at_ms DESC, rowid DESC LIMIT ?`, [...values, limit])
      .map(toRecord);
  }

  get(id: string): TextRecord | undefined {
    return this.#database.all('SELECT * FROM text WHERE id = ?', [id]).map(toRecord)[0];
  }

  setStatus(id: string, status: TextStatus): void {
    this.#database.run('UPDATE text SET status = ? WHERE id = ?', [status, id]);
  }

  /** Everything that came from there has been seen. */
  markRead(remoteAddress: string): void {
    this.#database.run('UPDATE text SET is_read = 1 WHERE remote_address = ? AND is_read = 0', [remoteAddress]);
  }

  deleteConversation(remoteAddress: string): void {
    this.#database.run('DELETE FROM text WHERE remote_address = ?', [remoteAddress]);
  }

  /** How many are unread, by address. */
  unreadCounts(): ReadonlyMap<string, number> {
    const rows = this.#database.all('SELECT remote_address, COUNT(*) AS n FROM text WHERE is_read = 0 GROUP BY 1');
    return new Map(rows.map((row) => [String(row['remote_address']), Number(row['n'])]));
  }
}

function toRecord(row: Row): TextRecord {
  return {
    id: String(row['id']),
    accountId: String(row['account_id']),
    direction: row['direction'] === 'outgoing' ? 'outgoing' : 'incoming',
    remoteName: String(row['remote_name']),
    remoteAddress: String(row['remote_address']),
    text: String(row['text']),
    atMs: Number(row['at_ms']),
    status: String(row['status']) as TextStatus,
    isRead: row['is_read'] === 1,
  };
}
