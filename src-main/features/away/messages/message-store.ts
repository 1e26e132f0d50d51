// Voice messages: the rows in the database and the files beside them, kept in step.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import type { Runtime } from '../../../base/runtime.ts';
import { randomToken } from '../../../base/runtime.ts';
import { repairWav, type SoundKey } from '../../../media/index.ts';
import type { MessageChange, MessageQuery, MessageRecord, MessageRepository } from '../../../storage/index.ts';
import { readCallerNote, removeCallerNote, writeCallerNote, type MessageCaller } from './caller-note.ts';

/** How long a deleted message can be brought back. */
const TRASH_MS = 30 * 86_400_000;

export interface NewMessage {
  readonly id: string;
  readonly file: string;
}

export interface MessageStoreOptions {
  readonly repository: MessageRepository;
  readonly folder: string;
  readonly runtime: Runtime;
  readonly onChanged: () => void;
  /** Of sealed recordings. */
  readonly soundKeys?: () => readonly SoundKey[];
  /** The loudness of a file over its time; undefined when it cannot be had. */
  readonly measure: (file: string) => Promise<readonly number[] | undefined>;
}

export class MessageStore {
  readonly #soundKeys: () => readonly SoundKey[];
  readonly #measure: MessageStoreOptions['measure'];
  readonly #repository: MessageRepository;
  readonly #folder: string;
  readonly #runtime: Runtime;
  readonly #onChanged: () => void;
  /** Read when somebody asks. */
  #known: readonly MessageRecord[] | undefined;
  #isClosed = false;

  constructor(options: MessageStoreOptions) {
    this.#measure = options.measure;
    this.#soundKeys = options.soundKeys ?? (() => []);
    this.#repository = options.repository;
    this.#folder = options.folder;
    this.#runtime = options.runtime;
    this.#onChanged = () => {
      this.#known = undefined;
      options.onChanged();
    };
  }

  /** What is recorded still can be finished; nothing is drawn any more. */
  close(): void {
    this.#isClosed = true;
  }

  get folder(): string {
    return this.#folder;
  }

  list(): readonly MessageRecord[] {
    return (this.#known ??= this.#repository.list());
  }

  /** Those of `list` in which the words are found. */
  find(query: MessageQuery): readonly MessageRecord[] {
    return this.#repository.find(query);
  }

  /** What is in the trash, what was deleted last first. */
  listDeleted(): readonly MessageRecord[] {
    return this.#repository.listDeleted();
  }

  get(id: string): MessageRecord | undefined {
    return this.#repository.get(id);
  }

  pathOf(record: MessageRecord): string {
    return join(this.#folder, record.file);
  }

  /** Makes the row before the first sample is written, so that a killed phone finds the file again. */
  begin(caller: MessageCaller): NewMessage {
    const id = randomToken(this.#runtime);
    const file = `${id}.wav`;
    const receivedAtMs = this.#runtime.wallMs();
    this.#repository.begin({
      id,
      file,
      accountId: caller.accountId,
      fromName: caller.displayName,
      fromAddress: caller.address,
      receivedAtMs,
      durationSec: 0,
      isHeard: false,
    });
    const path = join(this.#folder, file);
    const noted = { wantsCallBack: false, isHeard: false, isMarked: false, note: '', transcript: '' };
    writeCallerNote(path, { ...caller, receivedAtMs, ...noted });
    return { id, file: path };
  }

  /** Keeps that somebody wants to be called back: a message without sound. Answers its id. */
  keepCallBack(caller: MessageCaller): string {
    const { id } = this.begin(caller);
    this.#repository.finish(id, 0);
    this.#note(id, { wantsCallBack: true });
    return id;
  }

  /** Keeps a message that is long enough; a shorter one goes without a trace. Says whether it was kept. */
  finish(id: string, durationSec: number, minimumSec: number): boolean {
    const isKept = durationSec >= minimumSec;
    if (isKept) this.#repository.finish(id, durationSec);
    else this.#purge(id);
    this.#onChanged();
    if (isKept) void this.#draw(id);
    return isKept;
  }

  /** Draws what has no wave form yet: messages of earlier versions, and of phones that ended before. */
  async drawAll(): Promise<void> {
    const messages = this.#isClosed ? [] : this.list();
    for (const { id, waveForm, wantsCallBack } of messages)
      if (waveForm.length === 0 && !wantsCallBack) await this.#draw(id);
  }

  async #draw(id: string): Promise<void> {
    const record = this.#isClosed ? undefined : this.#repository.get(id);
    if (record?.wantsCallBack === true) return;
    const waveForm = record && (await this.#measure(this.pathOf(record)));
    // The phone may have ended meanwhile, and the database with it.
    if (!this.#isClosed && waveForm !== undefined && waveForm.length > 0) this.#change(id, { waveForm });
  }

  markHeard(id: string, isHeard = true): void {
    this.#note(id, { isHeard });
  }

  setMarked(id: string, isMarked: boolean): void {
    this.#note(id, { isMarked });
  }

  setNote(id: string, note: string): void {
    this.#note(id, { note });
  }

  setTranscript(id: string, transcript: string): void {
    this.#note(id, { transcript });
  }

  delete(id: string): void {
    this.#change(id, { deletedAtMs: this.#runtime.wallMs() });
  }

  restore(id: string): void {
    this.#change(id, { deletedAtMs: undefined });
  }

  /** In the database, and beside the sound. */
  #note(id: string, change: MessageChange): void {
    this.#change(id, change);
    const record = this.#repository.get(id);
    if (!record) return;
    const { accountId, fromName: displayName, fromAddress: address, receivedAtMs } = record;
    const { wantsCallBack, isHeard, isMarked, note, transcript } = record;
    const who = { accountId, displayName, address, receivedAtMs };
    writeCallerNote(this.pathOf(record), { ...who, wantsCallBack, isHeard, isMarked, note, transcript });
  }

  #change(id: string, change: MessageChange): void {
    this.#repository.change(id, change);
    this.#onChanged();
  }

  /** After an end that was not orderly: completes what was being recorded. Answers which messages were rescued. */
  async rescueAll(minimumSec: number, beforeMs: number): Promise<readonly string[]> {
    const rescued: string[] = [];
    for (const { id, receivedAtMs } of this.#repository.listUnfinished()) {
      // One that began since is being recorded now.
      if (receivedAtMs < beforeMs && (await this.rescue(id, minimumSec))) rescued.push(id);
    }
    return rescued;
  }

  /** After the database was lost: lists again what the folder has. Answers how many messages were found. */
  async adoptAll(minimumSec: number): Promise<number> {
    if (!existsSync(this.#folder)) return 0;
    let adopted = 0;
    for (const file of readdirSync(this.#folder)) {
      const id = basename(file, extname(file));
      if (this.#repository.get(id)) continue;
      if (extname(file) === '.wav' && (await this.#adopt(id, file, minimumSec))) adopted++;
      if (extname(file) === '.json' && this.#adoptCallBack(id)) adopted++;
    }
    return adopted;
  }

  /** Of who wants to be called back there is the note alone. */
  #adoptCallBack(id: string): boolean {
    const file = `${id}.wav`;
    const note = readCallerNote(join(this.#folder, file));
    if (note?.wantsCallBack !== true) return false;
    const { accountId, displayName: fromName, address: fromAddress, receivedAtMs, isHeard, ...noted } = note;
    this.#repository.begin({ id, file, accountId, fromName, fromAddress, receivedAtMs, durationSec: 0, isHeard });
    this.#repository.change(id, noted);
    return this.finish(id, 0, 0);
  }

  #adopt(id: string, file: string, minimumSec: number): Promise<boolean> {
    const path = join(this.#folder, file);
    const note = readCallerNote(path);
    const { accountId = '', displayName: fromName = '', address: fromAddress = '' } = note ?? {};
    const receivedAtMs = note?.receivedAtMs ?? statSync(path).mtimeMs;
    const who = { accountId, fromName, fromAddress };
    this.#repository.begin({ id, file, ...who, receivedAtMs, durationSec: 0, isHeard: note?.isHeard ?? false });
    if (note) {
      const { isMarked, note: words, transcript } = note;
      this.#repository.change(id, { isMarked, note: words, transcript });
    }
    return this.rescue(id, minimumSec);
  }

  /** Keeps what the file holds of a recording that was broken off. Says whether there was enough to keep. */
  async rescue(id: string, minimumSec: number): Promise<boolean> {
    const record = this.#repository.get(id);
    const durationMs = record && (await repairWav(this.pathOf(record), this.#soundKeys()));
    return this.finish(id, (durationMs ?? 0) / 1000, minimumSec);
  }

  /** Removes for good what has been in the trash for its time, or all that is there. */
  emptyTrash(which: 'old' | 'all' = 'old'): void {
    const beforeMs = which === 'all' ? Number.MAX_SAFE_INTEGER : this.#runtime.wallMs() - TRASH_MS;
    const records = this.#repository.listDeletedBefore(beforeMs);
    for (const record of records) this.#purge(record.id);
    if (records.length > 0) this.#onChanged();
  }

  /** A file that cannot be removed keeps its row, so that it is tried again after the next start. */
  #purge(id: string): void {
    const record = this.#repository.get(id);
    try {
      if (record) {
        rmSync(this.pathOf(record), { force: true });
        removeCallerNote(this.pathOf(record));
      }
    } catch {
      return;
    }
    this.#repository.purge(id);
  }
}
