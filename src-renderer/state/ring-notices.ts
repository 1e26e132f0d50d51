// The desktop's notices of calls that ring: each goes when its call rings no more.

export class RingNotices {
  #takeAway = new Map<string, () => void>();

  /** What rings, by the id of its news. */
  get ids(): readonly string[] {
    return [...this.#takeAway.keys()];
  }

  /** Rings now; notices of all else go. */
  follow(ids: readonly string[]): void {
    const ringing = new Map(ids.map((id) => [id, this.#takeAway.get(id) ?? (() => undefined)]));
    for (const [id, takeAway] of this.#takeAway) if (!ringing.has(id)) takeAway();
    this.#takeAway = ringing;
  }

  /** What is no ring stays until the user takes it away. */
  keep(id: string, takeAway: () => void): void {
    if (this.#takeAway.has(id)) this.#takeAway.set(id, takeAway);
  }
}
