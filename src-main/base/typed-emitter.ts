// Events with typed payloads. A listener that throws cannot break the one who emits.
import type { Logger } from './logger.ts';

export type Unsubscribe = () => void;

/** `Events` maps an event's name to its payload. */
export class TypedEmitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<(payload: never) => void>>();
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Calls `listener` at every `name` until the returned function is called. */
  on<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): Unsubscribe {
    let set = this.#listeners.get(name);
    if (!set) this.#listeners.set(name, (set = new Set()));
    set.add(listener);
    return () => set.delete(listener);
  }

  /** Calls `listener` at the next `name` only. */
  once<Name extends keyof Events>(name: Name, listener: (payload: Events[Name]) => void): Unsubscribe {
    const stop = this.on(name, (payload) => {
      stop();
      listener(payload);
    });
    return stop;
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])] as ((payload: Events[Name]) => void)[]) {
      try {
        listener(payload);
      } catch (error) {
        this.#logger.error('a listener threw', { event: String(name), error });
      }
    }
  }

  /** Forgets every listener. */
  removeAll(): void {
    this.#listeners.clear();
  }
}
