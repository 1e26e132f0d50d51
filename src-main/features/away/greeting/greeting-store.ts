// The user's greetings: rows in the database and a WAV file each.
import { existsSync, rmSync } from 'node:fs';
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

  /** Copies a WAV file of anywhere. The failure is a sentence for people. */
  async import(name: string, wavFile: string): Outcome {
    const sound = await readGreeting(wavFile);
    return sound.ok ? this.#add(name, sound.value) : sound;
  }

  /** Takes in what was recorded into one of our own files, without the silence around it. */
  async adopt(name: string, ownFile: string): Outcome {
    const sound = await readGreeting(ownFile);
    rmSync(ownFile, { force: true });
    if (!sound.ok) return sound;
    const spoken = cutGreeting(sound.value, spokenPart(sound.value));
    return this.#add(name, spoken.ok ? spoken.value : sound.value);
  }

  /** A new greeting in the place of the old one, which can be brought back. */
  async trim(id: string, cut: Cut): Outcome {
    const greeting = this.get(id);
    if (!greeting) return missing;
    const sound = await readGreeting(this.pathOf(greeting));
    const trimmed = sound.ok ? cutGreeting(sound.value, cut) : sound;
    if (!trimmed.ok) return trimmed;
    const added = await this.#add(greeting.name, trimmed.value);
    if (added.ok) this.delete(id);
    return added;
  }

  rename(id: string, name: string): boolean {
    return this.#change(this.get(id), { name });
  }

  delete(id: string): boolean {
    return this.#change(this.get(id), { deletedAtMs: this.#parts.runtime.wallMs() });
  }

  restore(id: string): boolean {
    const deleted = this.#all.find((greeting) => greeting.id === id);
    return this.#change(deleted, { deletedAtMs: undefined });
  }

  /** Removes what was deleted long ago, and rows whose file is gone. */
  tidy(): void {
    const { repository, runtime } = this.#parts;
    const lastMs = runtime.wallMs() - TRASH_MS;
    for (const greeting of this.#all) {
      const isOver = (greeting.deletedAtMs ?? Number.POSITIVE_INFINITY) < lastMs;
      if (!isOver && existsSync(this.pathOf(greeting))) continue;
      rmSync(this.pathOf(greeting), { force: true });
      repository.delete(greeting.id);
    }
    this.#refresh();
  }

  get #all(): readonly GreetingRecord[] {
    return (this.#known ??= this.#parts.repository.list());
  }

  async #add(name: string, sound: GreetingSound): Outcome {
    if (this.list().length >= MAX_GREETINGS) return err('There are too many greetings already.');
    const { runtime, repository } = this.#parts;
    const id = randomToken(runtime);
    const file = `${id}.wav`;
    const madeAtMs = runtime.wallMs();
    try {
      await writeGreeting(this.pathOf({ file }), sound);
    } catch {
      return err('The greeting cannot be written: the disk may be full.');
    }
    const greeting = { id, name, file, durationSec: durationSecOf(sound), madeAtMs };
    repository.save(greeting);
    this.#refresh();
    return ok(greeting);
  }

  #change(greeting: GreetingRecord | undefined, change: Partial<GreetingRecord>): boolean {
    if (!greeting) return false;
    this.#parts.repository.save({ ...greeting, ...change });
    this.#refresh();
    return true;
  }

  #refresh(): void {
    this.#known = undefined;
    this.#parts.onChanged();
  }
}

const missing = err('There is no such greeting any more.');
