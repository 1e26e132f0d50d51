// Keeps what is asked of one session in order while its sockets open or its file is read.

/** Work of one session after another; sessions do not wait for each other. */
export class SessionOrder {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Begins `work` when what was begun for this session before is over; what is asked later waits for it. */
  begin<T>(sessionId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(sessionId);
    const begun = before === undefined ? work() : before.then(work);
    // Only the order is of interest here; whoever asked gets the failure.
    const settled = begun.then(
      () => {},
      () => {},
    );
    this.#last.set(sessionId, settled);
    void settled.then(() => {
      if (this.#last.get(sessionId) === settled) this.#last.delete(sessionId);
    });
    return begun;
  }

  /** Does `act` at once, or after what was begun for this session. */
  follow<T>(sessionId: string, act: () => T | Promise<T>): Promise<T> {
    const before = this.#last.get(sessionId);
    return before === undefined ? Promise.resolve(act()) : before.then(act);
  }
}
