// Sockets that one user of the transport has for itself: opened when they are claimed, and again when they are needed. RFC 3261 §18.1.1, §18.2.1.
import type { ListenOptions, ListeningPoint } from './listening-points.ts';
import type { NetworkFailure } from './network.ts';
import { type Result, err, ok } from '../../base/result.ts';

export interface OwnWish extends Omit<ListenOptions, 'listener'> {
  /** A machine that cannot have it goes without. */
  readonly isOptional?: boolean;
}

interface Points {
  readonly all: readonly ListeningPoint[];
  listen(options: ListenOptions): Promise<Result<ListeningPoint, NetworkFailure>>;
  closeOf(listener: string): void;
}

interface Claim {
  readonly wishes: readonly OwnWish[];
  opening: Promise<Result<undefined, NetworkFailure>> | undefined;
}

export class OwnListeners {
  readonly #points: Points;
  readonly #claims = new Map<string, Claim>();

  constructor(points: Points) {
    this.#points = points;
  }

  /** From now on what `listener` sends goes from these, and from nothing else. The same wishes again change nothing. */
  claim(listener: string, wishes: readonly OwnWish[]): Promise<Result<undefined, NetworkFailure>> {
    if (JSON.stringify(this.#claims.get(listener)?.wishes) !== JSON.stringify(wishes)) {
      this.release(listener);
      this.#claims.set(listener, { wishes, opening: undefined });
    }
    return this.ensure(listener);
  }

  release(listener: string): void {
    this.#claims.delete(listener);
    this.#points.closeOf(listener);
  }

  /** What a changed network took is asked for again. The failures are of ports that are still missing. */
  async ensureAll(): Promise<readonly NetworkFailure[]> {
    const opened = await Promise.all([...this.#claims.keys()].map((listener) => this.ensure(listener)));
    return opened.flatMap((result) => (result.ok ? [] : [result.error]));
  }

  /** Opens what is not open: a port that another program had may be free by now. */
  async ensure(listener: string): Promise<Result<undefined, NetworkFailure>> {
    const claim = this.#claims.get(listener);
    if (!claim) return ok(undefined);
    claim.opening ??= this.#open(listener, claim).finally(() => (claim.opening = undefined));
    return claim.opening;
  }

  async #open(listener: string, claim: Claim): Promise<Result<undefined, NetworkFailure>> {
    for (const wish of claim.wishes) {
      if (this.#isOpen(listener, wish)) continue;
      const opened = await this.#points.listen({ ...wish, listener });
      // Released, or claimed anew, while the socket was opened.
      if (opened.ok && this.#claims.get(listener) !== claim) opened.value.close();
      if (!opened.ok && wish.isOptional !== true) return err(named(wish, opened.error));
    }
    return ok(undefined);
  }

  #isOpen(listener: string, { protocol, address }: OwnWish): boolean {
    return this.#points.all.some(
      (point) => point.listener === listener && point.protocol === protocol && point.local.address === address,
    );
  }
}

/** In words for the owner of the account. */
function named({ protocol, port }: OwnWish, { kind, message }: NetworkFailure): NetworkFailure {
  const why = kind === 'addressInUse' ? 'another program has it' : message;
  return { kind, message: `port ${port} cannot be opened for ${protocol.toUpperCase()}: ${why}` };
}
