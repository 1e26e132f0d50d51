// Follows who the peer of a call is, from the first message to the last. RFC 4916 §4.5.2, RFC 3325 §5.
import { formatUri, type NameAddress, type SipMessage } from '../../../sip/syntax/index.ts';
import type { RemoteParty } from '../call-info.ts';
import { assertedParty, claimedParty } from './remote-party.ts';

export class PeerIdentity {
  /** What the peer last claimed to be, in From or To. */
  #claimed: string;

  constructor(claimed: NameAddress | undefined) {
    this.#claimed = claimed ? textOf(claimed) : '';
  }

  /**
   * Who the peer is by this message; undefined when it says nothing new. An assertion outweighs a claim, and a claim
   * that only repeats itself does not undo an assertion, which servers often make but once.
   */
  take(message: SipMessage, isTrusted: boolean): RemoteParty | undefined {
    const claimed = message.kind === 'request' ? textOf(message.from) : this.#claimed;
    const hasChanged = claimed !== this.#claimed && this.#claimed !== '';
    this.#claimed = claimed;
    const asserted = assertedParty(message, isTrusted);
    if (asserted) return asserted;
    return hasChanged && message.kind === 'request' ? claimedParty(message.from) : undefined;
  }
}

const textOf = ({ displayName, uri }: NameAddress): string => `${displayName ?? ''} ${formatUri(uri)}`;

export function isSameParty(first: RemoteParty, second: RemoteParty): boolean {
  const textOfParty = ({ displayName, address, isAsserted, isAnonymous, verification }: RemoteParty): string =>
    JSON.stringify([displayName, address, isAsserted, isAnonymous, verification]);
  return textOfParty(first) === textOfParty(second);
}
