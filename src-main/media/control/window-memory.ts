// What a window has told of its sound, for a media process that starts later.
import type { WindowTold } from '../session/index.ts';

export class WindowMemory {
  /** Whether the window's sound is what is used now. */
  isUsed = false;
  /** Whether a window is there. */
  isAttached = false;
  #state: WindowTold | undefined;
  #devices: WindowTold | undefined;

  note(told: WindowTold): void {
    if (told.kind === 'attached' || told.kind === 'detached') {
      this.isAttached = told.kind === 'attached';
      this.#state = this.#devices = undefined;
    }
    if (told.kind === 'state') this.#state = told;
    if (told.kind === 'devices') this.#devices = told;
  }

  /** In the order in which it is to be told again. */
  all(): readonly WindowTold[] {
    if (!this.isAttached) return [];
    return [{ kind: 'attached' as const }, ...[this.#devices, this.#state].flatMap((told) => told ?? [])];
  }
}
