// What the user is told once, until it is dismissed.
import type { Notice } from '../../src-shared/contract/index.ts';
import { randomToken, type Runtime } from '../base/runtime.ts';

const LIMIT = 5;

export class Notices {
  readonly #runtime: Runtime;
  readonly #onChanged: () => void;
  #list: readonly Notice[] = [];

  constructor(runtime: Runtime, onChanged: () => void) {
    this.#runtime = runtime;
    this.#onChanged = onChanged;
  }

  list(): Notice[] {
    return [...this.#list];
  }

  add(text: string): void {
    const notice = { id: randomToken(this.#runtime), atMs: this.#runtime.wallMs(), text };
    this.#list = [...this.#list.filter((other) => other.text !== text), notice].slice(-LIMIT);
    this.#onChanged();
  }

  dismiss(id: string): void {
    this.#list = this.#list.filter((notice) => notice.id !== id);
    this.#onChanged();
  }
}
