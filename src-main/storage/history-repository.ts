// The call history in SQLite.
import type { Database, Row } from './database.ts';

export interface HistoryRecord {
  readonly id: string;
  readonly accountId: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly outcome: 'answered' | 'missed' | 'refused' | 'failed' | 'message' | 'answeredElsewhere';
  readonly remoteName: string;
  readonly remoteAddress: string;
  readonly startedAtMs: number;
  readonly durationSec: number;
  readonly reason: string | undefined;
}

export interface HistoryQuery {
  readonly limit: number;
  /** Only entries that began before this moment: the next page. */
  readonly beforeMs?: number | undefined;
  /** A part of the name or address. */
  readonly search?: string | undefined;
}

export class HistoryRepository {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  add(record: HistoryRecord): void {
    this.#database.run('INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)', [
      record.id,
      record.accountId,
      record.direction,
      record.outcome,
      record.remoteName,
      record.remoteAddress,
      record.startedAtMs,
      record.durationSec,
      record.reason ?? null,
    ]);
  }

  /** Newest first. */
  list({ limit, beforeMs, search }: HistoryQuery): readonly HistoryRecord[] {
    const pattern = `%${(search ?? '').replace(/[\\%_]/g, '\\$&')}%`;
    return this.#database
      .all(
        `SELECT * FROM history WHERE started_at_ms < ? AND (remote_name LIKE ? ESCAPE '\\' OR remote_address LIKE ? ESCAPE '\\')
         ORDER BY started_at_ms DESC, rowid DESC LIMIT ?`,
        [beforeMs ?? Number.MAX_SAFE_INTEGER, pattern, pattern, limit],
      )
      .map(toRecord);
  }

  delete(id: string): void {
    this.#database.run('DELETE FROM history WHERE id = ?', [id]);
  }
}

function toRecord(row: Row): HistoryRecord {
  return {
    id: String(row['id']),
    accountId: String(row['account_id']),
    direction: row['direction'] as HistoryRecord['direction'],
    outcome: row['outcome'] as HistoryRecord['outcome'],
    remoteName: String(row['remote_name']),
    remoteAddress: String(row['remote_address']),
    startedAtMs: Number(row['started_at_ms']),
    durationSec: Number(row['duration_sec']),
    reason: typeof row['reason'] === 'string' ? row['reason'] : undefined,
  };
}
