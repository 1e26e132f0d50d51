// The user's greetings: rows in the database and a WAV file each.
import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../../base/result.ts';
import { randomToken, type Runtime } from '../../../base/runtime.ts';
import type { GreetingRecord, GreetingRepository } from '../../../storage/index.ts';
import {
  cutGreeting,
  durationSecOf,
  readGreeting,
  spokenPart,
  writeGreeting,
  type Cut,
  type GreetingSound,
} from './greeting-sound.ts';

export interface GreetingStoreParts {
  readonly repository: GreetingRepository;
  readonly folder: string;
  readonly runtime: Runtime;
  readonly onChanged: () => void;
}

const MAX_GREETINGS = 100;
/** How long a deleted greeting can be brought back. */
const TRASH_MS = 86_400_000;
/** Endings beside a greeting's own file: the whole one of one that was cut, a deleted one, one that is being written. */
const [WHOLE, DELETED, NEXT] = ['.whole', '.deleted', '.next'];

type Outcome = Promise<Result<GreetingRecord, string>>;

export class GreetingStore {
  readonly #parts: GreetingStoreParts;
  /** Read when somebody asks. */
  #known: readonly GreetingRecord[] | undefined;

  constructor(parts: GreetingStoreParts) {
    this.#parts = parts;
  }

  list(): readonly GreetingRecord[] {
    return this.#all.filter(({ deletedAtMs }) => deletedAtMs === undefined);
  }

  get(id: string): GreetingRecord | undefined {
    return this.list().find((greeting) => greeting.id === id);
  }

  pathOf({ file }: Pick<GreetingRecord, 'file'>): string {
    return join(this.#parts.folder, file);
  }

  /** A file for a greeting that is about to be recorded. */
  newFile(): string {
    return join(this.#parts.folder, `${randomToken(this.#parts.runtime)}.wav`);
  }

  get isFull(): boolean {
    return this.list().length >= MAX_GREETINGS;
  }

  /** Copies a WAV file of anywhere. The failure is a sentence for people. */
  async import(name: string, wavFile: string): Outcome {
    if (this.isFull) return full;
    const sound = await readGreeting(wavFile);
    return sound.ok ? this.#add(name, sound.value) : sound;
  }

  /** Takes in a copy of what was recorded, without the silence around it. */
  async adopt(name: string, recordedFile: string): Outcome {
    if (this.isFull) return full;
    const sound = await readGreeting(recordedFile);
    if (!sound.ok) return sound;
    const spoken = cutGreeting(sound.value, spokenPart(sound.value));
    return this.#add(name, spoken.ok ? spoken.value : sound.value);
  }

  /** What is outside of `cut` is heard no more, and `untrim` brings it back. */
  async trim(id: string, cut: Cut): Outcome {
    const greeting = this.get(id);
    if (!greeting) return missing;
    const file = this.pathOf(greeting);
    const sound = await readGreeting(file);
    const trimmed = sound.ok ? cutGreeting(sound.value, cut) : sound;
    if (!trimmed.ok) return trimmed;
    const next = `${file}${NEXT}`;
    try {
      await writeGreeting(next, trimmed.value);
      if (!existsSync(`${file}${WHOLE}`)) renameSync(file, `${file}${WHOLE}`);
      renameSync(next, file);
    } catch {
      rmSync(next, { force: true });
      return unwritable;
    }
    return ok(this.#keep({ ...greeting, durationSec: durationSecOf(trimmed.value) }));
  }

  /** As it was before it was cut for the first time. */
  async untrim(id: string): Outcome {
    const greeting = this.get(id);
    if (!greeting || !this.isCut(greeting)) return missing;
    const file = this.pathOf(greeting);
    renameSync(`${file}${WHOLE}`, file);
    const sound = await readGreeting(file);
    return sound.ok ? ok(this.#keep({ ...greeting, durationSec: durationSecOf(sound.value) })) : sound;
  }

  isCut(greeting: GreetingRecord): boolean {
    return existsSync(`${this.pathOf(greeting)}${WHOLE}`);
  }

  rename(id: string, name: string): boolean {
    const greeting = this.get(id);
    if (greeting) this.#keep({ ...greeting, name });
    return greeting !== undefined;
  }

  /** From now on nobody hears it; `restore` brings it back within a day. */
  delete(id: string): boolean {
    const greeting = this.get(id);
    if (!greeting) return false;
    this.#move(this.pathOf(greeting), `${this.pathOf(greeting)}${DELETED}`);
    this.#keep({ ...greeting, deletedAtMs: this.#parts.runtime.wallMs() });
    this.tidy();
    return true;
  }

  restore(id: string): boolean {
    const deleted = this.#all.find((greeting) => greeting.id === id && greeting.deletedAtMs !== undefined);
    if (!deleted) return false;
    this.#move(`${this.pathOf(deleted)}${DELETED}`, this.pathOf(deleted));
    this.#keep({ ...deleted, deletedAtMs: undefined });
    return true;
  }

  /** Removes what was deleted more than a day ago. */
  tidy(): void {
    const { repository, runtime } = this.#parts;
    const lastMs = runtime.wallMs() - TRASH_MS;
    const over = this.#all.filter(({ deletedAtMs = Number.POSITIVE_INFINITY }) => deletedAtMs < lastMs);
    for (const greeting of over) {
      for (const ending of [DELETED, WHOLE]) rmSync(`${this.pathOf(greeting)}${ending}`, { force: true });
      repository.delete(greeting.id);
    }
    if (over.length > 0) this.#refresh();
  }

  get #all(): readonly GreetingRecord[] {
    return (this.#known ??= this.#parts.repository.list());
  }

  async #add(name: string, sound: GreetingSound): Outcome {
    const { runtime } = this.#parts;
    const id = randomToken(runtime);
    const file = `${id}.wav`;
    const madeAtMs = runtime.wallMs();
    try {
      await writeGreeting(this.pathOf({ file }), sound);
    } catch {
      return unwritable;
    }
    return ok(this.#keep({ id, name, file, durationSec: durationSecOf(sound), madeAtMs }));
  }

  #keep(greeting: GreetingRecord): GreetingRecord {
    this.#parts.repository.save(greeting);
    this.#refresh();
    return greeting;
  }

  /** A file that somebody else removed is gone either way. */
  #move(from: string, to: string): void {
    if (existsSync(from)) renameSync(from, to);
  }

  #refresh(): void {
    this.#known = undefined;
    this.#parts.onChanged();
  }
}

const missing = err('There is no such greeting any more.');
const full = err('There are too many greetings already: delete one first.');
const unwritable = err('The greeting cannot be written: the disk may be full.');
