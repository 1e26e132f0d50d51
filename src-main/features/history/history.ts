// Writes each call into the history when it is over.
import type { HistoryQuery, HistoryRecord, HistoryRepository } from '../../storage/index.ts';
import type { CallInfo, CallManager } from '../call/index.ts';

const RECENT = 100;
/** Calls that are remembered: whoever calls a hundred thousand times does not fill the disk. */
const MAX_HISTORY_ENTRIES = 20_000;
const newestFirst = (a: HistoryRecord, b: HistoryRecord): number => b.startedAtMs - a.startedAtMs;

export interface HistoryOptions {
  readonly repository: HistoryRepository;
  readonly calls: CallManager;
  /** The entries have changed. */
  readonly onChanged: () => void;
}

export class History {
  readonly #repository: HistoryRepository;
  readonly #onChanged: () => void;
  /** Read when somebody asks. */
  #recent: readonly HistoryRecord[] | undefined;

  constructor({ repository, calls, onChanged }: HistoryOptions) {
    this.#repository = repository;
    this.#onChanged = onChanged;
    calls.events.on('ended', (call) => this.#add(call));
  }

  /** The newest entries, from memory. */
  get recent(): readonly HistoryRecord[] {
    return (this.#recent ??= this.#repository.list({ limit: RECENT }));
  }

  list(query: HistoryQuery): readonly HistoryRecord[] {
    return this.#repository.list(query);
  }

  delete(id: string): void {
    this.#repository.delete(id);
    this.#refresh();
  }

  #add(call: CallInfo): void {
    const record = toHistoryRecord(call);
    this.#repository.add(record, MAX_HISTORY_ENTRIES);
    // WHY: a phone that takes a hundred calls a second must not read its history anew after each.
    this.#recent = this.#recent && [record, ...this.#recent].sort(newestFirst).slice(0, RECENT);
    this.#onChanged();
  }

  #refresh(): void {
    this.#recent = undefined;
    this.#onChanged();
  }
}

/** What is kept of a call that is over. */
export function toHistoryRecord(call: CallInfo): HistoryRecord {
  const { connectedAtMs, endedAtMs, remote, firstRemote = remote, forwardedFrom } = call;
  // A name that came later for the same address is no other person.
  const isOther = firstRemote.address !== remote.address;
  const party = isOther ? firstRemote : remote;
  return {
    id: call.id,
    accountId: call.accountId,
    direction: call.direction,
    outcome: outcomeOf(call),
    remoteName: party.displayName,
    remoteAddress: party.address,
    startedAtMs: call.startedAtMs,
    durationSec: connectedAtMs === undefined || endedAtMs === undefined ? 0 : (endedAtMs - connectedAtMs) / 1000,
    reason: call.ending?.reason,
    ...(isOther && { connectedTo: { displayName: remote.displayName, address: remote.address } }),
    ...(forwardedFrom && { forwardedFrom }),
  };
}

function outcomeOf({
  connectedAtMs,
  isAway,
  wasAnsweredElsewhere,
  direction,
  ending,
}: CallInfo): HistoryRecord['outcome'] {
  if (connectedAtMs !== undefined) return isAway ? 'message' : 'answered';
  // RFC 3326 §2: a call that another phone took was not missed.
  if (wasAnsweredElsewhere) return 'answeredElsewhere';
  if (ending?.by === 'failure') return 'failed';
  if (direction === 'incoming') return ending?.by === 'local' ? 'refused' : 'missed';
  return ending?.by === 'local' ? 'missed' : 'refused';
}
