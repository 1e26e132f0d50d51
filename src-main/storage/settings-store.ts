// The user's settings as one JSON file. What the values mean is checked by its users; this room keeps them safe.
import { renameSync } from 'node:fs';
import { existsSync } from 'node:fs';
import { readJsonFile, writeFileAtomically } from './atomic-file.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface SettingsStore {
  /** The section's value, or undefined when it was never written. */
  read(section: string): unknown;
  /** Replaces the section and writes the file. */
  write(section: string, value: unknown): void;
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export class SettingsFile implements SettingsStore {
  readonly #file: string;
  #sections: JsonObject;
  /** A file that could not be read was put aside under this name. */
  readonly putAside: string | undefined;

  constructor(file: string) {
    this.#file = file;
    const read = readJsonFile(file);
    if (read === undefined && existsSync(file)) {
      this.putAside = `${file}.unreadable`;
      renameSync(file, this.putAside);
    }
    this.#sections = isObject(read) ? read : {};
  }

  read(section: string): unknown {
    return this.#sections[section];
  }

  write(section: string, value: unknown): void {
    const next = { ...this.#sections, [section]: value };
    writeFileAtomically(this.#file, `${JSON.stringify(next, null, 2)}\n`);
    this.#sections = next;
  }
}

/** Settings of a run that must leave nothing on disk (`--config`). */
export class MemorySettings implements SettingsStore {
  readonly #sections = new Map<string, unknown>();

  read(section: string): unknown {
    return this.#sections.get(section);
  }

  write(section: string, value: unknown): void {
    this.#sections.set(section, value);
  }
}
