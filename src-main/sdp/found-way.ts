// What a later description says of a way that has been found: only the places it leads by. RFC 8839 §4.4.1.2.2, §4.4.2.
import { isSameSocketAddress, type SocketAddress } from '../base/socket-address.ts';
import type { IceAttributes, IceCandidate } from './ice-attributes.ts';

/** The pair of each component that a search has ended with. RFC 8445 §8.1.1 */
export interface FoundWay {
  /** The names of ours and of the peer's it was found by: after a restart, or with another peer, it counts for nothing. */
  readonly localUfrag: string;
  readonly remoteUfrag: string;
  readonly isControlling: boolean;
  readonly pairs: readonly { readonly local: IceCandidate; readonly remote: SocketAddress }[];
}

/** Where our line says that sound and reports are received. */
export interface DefaultPlace {
  readonly address: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** Only where it is another address. */
  readonly rtcpAddress?: string;
}

interface Named {
  readonly ufrag: string;
}

/** Undefined where the way is that of another exchange of names. */
export function wayOf(
  found: FoundWay | undefined,
  agreed: { readonly local: Named; readonly remote: Named } | undefined,
): FoundWay | undefined {
  const isSame = found?.localUfrag === agreed?.local.ufrag && found?.remoteUfrag === agreed?.remote.ufrag;
  return isSame ? found : undefined;
}

/** Nothing without a place for the sound. Reports come to the same place where no other has been found. RFC 5761 §5.1.3 */
export function placeOf(candidates: readonly IceCandidate[]): DefaultPlace | undefined {
  const rtp = candidates.find(({ component }) => component === 1);
  const rtcp = candidates.find(({ component }) => component === 2) ?? rtp;
  if (!rtp || !rtcp) return undefined;
  const place = { address: rtp.address, rtpPort: rtp.port, rtcpPort: rtcp.port };
  return rtcp.address === rtp.address ? place : { ...place, rtcpAddress: rtcp.address };
}

/** The peer's side of the way, which who controls says in an offer. RFC 8839 §5.2 */
export const remoteCandidatesAttribute = ({ pairs }: FoundWay): string =>
  `remote-candidates:${pairs.map(({ local, remote }) => `${local.component} ${remote.address} ${remote.port}`).join(' ')}`;

/** Those of our candidates that the peer says its way leads to; undefined where it says none, or one that we do not know. */
export function namedCandidates(
  { remoteCandidates }: IceAttributes,
  candidates: readonly IceCandidate[],
): readonly IceCandidate[] | undefined {
  const named = remoteCandidates.flatMap((remote) => {
    const isIt = (own: IceCandidate): boolean => own.component === remote.component && isSameSocketAddress(own, remote);
    return candidates.find(isIt) ?? [];
  });
  return named.length > 0 && named.length === remoteCandidates.length ? named : undefined;
}
