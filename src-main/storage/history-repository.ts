// The call history in SQLite.
import type { Database, Row } from './database.ts';

/** What became of a call that the answering machine took; `machine` where that is not known. */
export type MachineOutcome =
  'message' | 'noMessage' | 'callBackWanted' | 'replied' | 'sentAway' | 'remoteAccess' | 'machine';

export interface HistoryRecord {
  readonly id: string;
  readonly accountId: string;
  readonly direction: 'incoming' | 'outgoing';
  readonly outcome: 'answered' | 'missed' | 'refused' | 'failed' | 'answeredElsewhere' | MachineOutcome;
  readonly remoteName: string;
  readonly remoteAddress: string;
  readonly startedAtMs: number;
  readonly durationSec: number;
  readonly reason: string | undefined;
  /** Of the response that ended it. RFC 3261 §21 */
  readonly statusCode?: number | undefined;
  /** The message that was kept of it, which may have been deleted since. */
  readonly messageId?: string | undefined;
  /** Who it was at the end, when the peer became somebody else. */
  readonly connectedTo?: HistoryParty | undefined;
  readonly forwardedFrom?: (HistoryParty & { readonly reason?: ForwardingReason }) | undefined;
}

export interface HistoryParty {
  readonly displayName: string;
  readonly address: string;
}

const FORWARDING_REASONS = ['busy', 'noAnswer', 'always', 'unavailable'] as const;
type ForwardingReason = (typeof FORWARDING_REASONS)[number];

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

  /** Adds one, and forgets the oldest beyond `keep`. */
  add(record: HistoryRecord, keep: number): void {
    this.#database.run(INSERT, [
      record.id,
      record.accountId,
      record.direction,
      record.outcome,
      record.remoteName,
      record.remoteAddress,
      record.startedAtMs,
      record.durationSec,
      record.reason ?? null,
      detailsOf(record),
      record.messageId ?? null,
    ]);
    this.#database.run('DELETE FROM history WHERE rowid <= (SELECT MAX(rowid) FROM history) - ?', [keep]);
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

  get(id: string): HistoryRecord | undefined {
    const [row] = this.#database.all('SELECT * FROM history WHERE id = ?', [id]);
    return row && toRecord(row);
  }

  /** What became of a call is known only after it. */
  settle(id: string, outcome: HistoryRecord['outcome'], messageId: string | undefined): void {
    this.#database.run('UPDATE history SET outcome = ?, message_id = ? WHERE id = ?', [outcome, messageId ?? null, id]);
  }

  delete(id: string): void {
    this.#database.run('DELETE FROM history WHERE id = ?', [id]);
  }
}

const INSERT = `INSERT OR REPLACE INTO history
  (id, account_id, direction, outcome, remote_name, remote_address, started_at_ms, duration_sec, reason, details,
   message_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** What few calls have, as JSON. */
function detailsOf({ connectedTo, forwardedFrom, statusCode }: HistoryRecord): string | null {
  const details = { connectedTo, forwardedFrom, statusCode };
  return Object.values(details).some((detail) => detail !== undefined) ? JSON.stringify(details) : null;
}

/** What was written by an other version, or by hand, is left out where it does not fit. */
function readDetails(text: unknown): Pick<HistoryRecord, 'connectedTo' | 'forwardedFrom' | 'statusCode'> {
  if (typeof text !== 'string') return {};
  try {
    const { connectedTo, forwardedFrom, statusCode } = JSON.parse(text) as Record<string, unknown>;
    const party = readParty(connectedTo);
    const forwarder = readParty(forwardedFrom);
    const reason = FORWARDING_REASONS.find((known) => known === (forwardedFrom as { reason?: unknown } | null)?.reason);
    return {
      ...(party && { connectedTo: party }),
      ...(forwarder && { forwardedFrom: { ...forwarder, ...(reason && { reason }) } }),
      ...(typeof statusCode === 'number' && { statusCode }),
    };
  } catch {
    return {};
  }
}

function readParty(value: unknown): HistoryParty | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { displayName, address } = value as Record<string, unknown>;
  return typeof displayName === 'string' && typeof address === 'string' ? { displayName, address } : undefined;
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
    ...(typeof row['message_id'] === 'string' && { messageId: row['message_id'] }),
    ...readDetails(row['details']),
  };
}
