// The pair in use of each component, and the consent of the peer to it. RFC 8445 §8.1.1, RFC 7675 §5.1.
import type { Runtime } from '../../base/runtime.ts';
import { isSameSocketAddress } from '../../base/socket-address.ts';
import { baseOf, type Component } from './candidate.ts';
import type { CandidatePair } from './check-list.ts';
import type { CheckSender } from './check-sender.ts';
import { Consent } from './consent.ts';
import type { SelectedPair } from './ice-exchange.ts';

export const selectedOf = ({ component, local, seen = local, remote }: CandidatePair): SelectedPair => ({
  component,
  base: baseOf(local),
  local: seen,
  remote: { address: remote.address, port: remote.port },
  remoteKind: remote.kind,
});

/** Asked once each time: the next question comes soon enough. */
const CONSENT_RTO_MS = 500;

export interface SelectedWaysOptions {
  readonly runtime: Runtime;
  readonly sender: CheckSender;
  readonly onLost: () => void;
}

export class SelectedWays {
  readonly #options: SelectedWaysOptions;
  readonly #pairs = new Map<Component, CandidatePair>();
  readonly #consents = new Map<Component, Consent>();

  constructor(options: SelectedWaysOptions) {
    this.#options = options;
  }

  /** In the order of their components. */
  get pairs(): readonly SelectedPair[] {
    return [...this.#pairs.values()].sort((a, b) => a.component - b.component).map(selectedOf);
  }

  has(component: Component): boolean {
    return this.#pairs.has(component);
  }

  /** Takes the pair; false when a better one is in use. */
  select(pair: CandidatePair): boolean {
    const { component } = pair;
    const before = this.#pairs.get(component);
    if (before && before.priority >= pair.priority) return false;
    this.#pairs.set(component, pair);
    this.#consents.get(component)?.close();
    const { runtime, onLost } = this.#options;
    const consent = new Consent({ runtime, ask: () => this.#ask(pair, consent), onLost });
    this.#consents.set(component, consent);
    return true;
  }

  close(): void {
    for (const consent of this.#consents.values()) consent.close();
  }

  #ask({ component, local, remote }: CandidatePair, consent: Consent): void {
    this.#options.sender.ask({
      component,
      base: baseOf(local),
      to: remote,
      isNominating: false,
      rtoMs: CONSENT_RTO_MS,
      transmissions: 1,
      onAnswer: ({ kind }, from) => {
        // RFC 7675 §5.1: who answers from elsewhere has not agreed to get anything there.
        if (kind === 'success' && isSameSocketAddress(from, remote)) consent.renew();
      },
      onTimeout: () => {},
    });
  }
}
