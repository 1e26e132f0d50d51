// Writes each call into the history when it is over.
import type {
  HistoryQuery,
  HistoryRecord,
  HistoryRepository,
  MachineOutcome,
  MessageRecord,
} from '../../storage/index.ts';
import type { CallInfo, CallManager } from '../call/index.ts';

const RECENT = 100;
/** Calls that are remembered: whoever calls a hundred thousand times does not fill the disk. */
const MAX_HISTORY_ENTRIES = 20_000;
/** A call's time counts from its answer, its beginning is when it rang: so long at most before the machine took it. */
const RINGING_MS = 300_000;
const newestFirst = (a: HistoryRecord, b: HistoryRecord): number => b.startedAtMs - a.startedAtMs;

/** What the answering machine knows of a call in the end. */
export interface MachineResult {
  readonly outcome: Exclude<MachineOutcome, 'machine'>;
  /** What was kept of it. */
  readonly messageId: string | undefined;
}

/** A message of a call that ended with the phone. */
export type RescuedMessage = Readonly<
  Pick<MessageRecord, 'id' | 'accountId' | 'fromName' | 'fromAddress' | 'receivedAtMs' | 'durationSec'>
>;

export interface HistoryOptions {
  readonly repository: HistoryRepository;
  readonly calls: CallManager;
  /** The entries have changed. */
  readonly onChanged: () => void;
}

export class History {
  readonly #repository: HistoryRepository;
  readonly #calls: CallManager;
  readonly #onChanged: () => void;
  /** Of calls that go on. */
  readonly #results = new Map<string, MachineResult>();
  /** Read when somebody asks. */
  #recent: readonly HistoryRecord[] | undefined;

  constructor({ repository, calls, onChanged }: HistoryOptions) {
    this.#repository = repository;
    this.#calls = calls;
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

  /** Tells what became of a call that the answering machine took, before or after its end. */
  settle(callId: string, result: MachineResult): void {
    const phase = this.#calls.get(callId)?.phase;
    if (phase !== undefined && phase !== 'ended') {
      this.#results.set(callId, result);
      return;
    }
    const record = this.#repository.get(callId);
    if (record) this.#settle(record, result);
  }

  /** Of a call that ended with the phone, and left a message: nobody told of its end, or of what became of it. */
  addRescued(message: RescuedMessage): void {
    const { id: messageId, accountId, fromName, fromAddress, receivedAtMs, durationSec } = message;
    const unsettled = this.recent.find((record) => isOfCall(message, record));
    if (unsettled) {
      this.#settle(unsettled, { outcome: 'message', messageId });
      return;
    }
    this.#keep({
      ...{ id: messageId, accountId, direction: 'incoming', outcome: 'message', reason: undefined, messageId },
      ...{ remoteName: fromName, remoteAddress: fromAddress, startedAtMs: receivedAtMs, durationSec },
    });
  }

  #settle(record: HistoryRecord, result: MachineResult): void {
    const settled = withResult(record, result);
    this.#repository.settle(record.id, settled.outcome, settled.messageId);
    this.#recent = this.#recent?.map((one) => (one.id === record.id ? settled : one));
    this.#onChanged();
  }

  #add(call: CallInfo): void {
    const record = withResult(toHistoryRecord(call), this.#results.get(call.id));
    this.#results.delete(call.id);
    this.#keep(record);
  }

  #keep(record: HistoryRecord): void {
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

/** The call is over, and its message was not yet kept when the phone ended. */
function isOfCall({ accountId, fromAddress, receivedAtMs }: RescuedMessage, record: HistoryRecord): boolean {
  const { outcome, remoteAddress, startedAtMs, durationSec } = record;
  const isWithin = receivedAtMs >= startedAtMs && receivedAtMs <= startedAtMs + durationSec * 1000 + RINGING_MS;
  return outcome === 'machine' && accountId === record.accountId && fromAddress === remoteAddress && isWithin;
}

/** Only a call that stayed the machine's is what the machine says of it. */
function withResult(record: HistoryRecord, result: MachineResult | undefined): HistoryRecord {
  if (!result) return record;
  const outcome = record.outcome === 'machine' ? result.outcome : record.outcome;
  return { ...record, outcome, messageId: result.messageId };
}

/** What is kept of a call that is over; `History.settle` has the rest. */
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
    ...(call.ending?.statusCode !== undefined && { statusCode: call.ending.statusCode }),
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
  if (connectedAtMs !== undefined) return isAway ? 'machine' : 'answered';
  // RFC 3326 §2: a call that another phone took was not missed.
  if (wasAnsweredElsewhere) return 'answeredElsewhere';
  if (ending?.by === 'failure') return 'failed';
  if (direction === 'incoming') return ending?.by === 'local' ? 'refused' : 'missed';
  return ending?.by === 'local' ? 'missed' : 'refused';
}
