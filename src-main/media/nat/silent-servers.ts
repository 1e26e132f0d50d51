// Which servers have kept silent lately, so that not every call waits for them. RFC 8445 §5.1.1.2.
import type { Runtime } from '../../base/runtime.ts';

/** A server that has come back is asked again so soon. */
const MEMORY_MS = 60_000;
/** Accounts have one or two each. */
const MAX_SERVERS = 64;

export class SilentServers {
  readonly #runtime: Runtime;
  readonly #sinceMs = new Map<string, number>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Whether it is not worth asking now. */
  has(server: string): boolean {
    const sinceMs = this.#sinceMs.get(server);
    return sinceMs !== undefined && this.#runtime.nowMs() - sinceMs < MEMORY_MS;
  }

  /** What the last question to it has brought. */
  note(server: string, hasAnswered: boolean): void {
    if (hasAnswered) this.#sinceMs.delete(server);
    else if (this.#sinceMs.size < MAX_SERVERS || this.#sinceMs.has(server))
      this.#sinceMs.set(server, this.#runtime.nowMs());
  }
}
