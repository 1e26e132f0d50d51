// A place where media can be received, and how good it is. RFC 8445 §5.1.
import { createHash } from 'node:crypto';
import { isSameSocketAddress, type SocketAddress } from '../../base/socket-address.ts';
import { canonicalAddress } from './stun-attributes.ts';

export type CandidateKind = 'host' | 'prflx' | 'srflx' | 'relay';

/** What packets of ours leave by: the session's own socket, or its place at a relay. RFC 8445 §5.1.1.2 */
export type Base = 'host' | 'relay';

/** 1 is RTP, 2 is RTCP. RFC 8445 §5.1.1 */
export type Component = 1 | 2;

export interface IceCandidate extends SocketAddress {
  readonly foundation: string;
  readonly component: Component;
  readonly priority: number;
  readonly kind: CandidateKind;
  /** What it is seen through: our own address behind a reflexive one. */
  readonly related?: SocketAddress;
}

/** RFC 8445 §5.1.2.2: the nearer, the better; one that a check has found before one that a server has told. */
const TYPE_PREFERENCE: Readonly<Record<CandidateKind, number>> = { host: 126, prflx: 110, srflx: 100, relay: 0 };
const LOCAL_PREFERENCE = 65_535;

/** RFC 8445 §5.1.2.1 */
export const priorityOf = (kind: CandidateKind, component: Component, localPreference = LOCAL_PREFERENCE): number =>
  TYPE_PREFERENCE[kind] * 2 ** 24 + localPreference * 2 ** 8 + (256 - component);

/** RFC 8445 §5.1.1.3: the same for the same kind, the same address of ours and the same server. */
export const foundationOf = (kind: CandidateKind, baseAddress: string, server = ''): string =>
  createHash('sha256').update(`${kind} ${baseAddress} ${server}`).digest('hex').slice(0, 8);

export function hostCandidate(component: Component, { address, port }: SocketAddress): IceCandidate {
  return {
    foundation: foundationOf('host', address),
    component,
    priority: priorityOf('host', component),
    address,
    port,
    kind: 'host',
  };
}

/** What a session's own sockets offer. */
export const localCandidates = (rtp: SocketAddress, rtcp: SocketAddress): IceCandidate[] => [
  hostCandidate(1, rtp),
  hostCandidate(2, rtcp),
];

/** Where a server saw the host candidate; undefined when that is the very same place. RFC 8445 §5.1.3 */
export function reflexiveCandidate(base: IceCandidate, seen: SocketAddress, server: string): IceCandidate | undefined {
  if (isSameSocketAddress(base, seen)) return undefined;
  return {
    foundation: foundationOf('srflx', base.address, server),
    component: base.component,
    priority: priorityOf('srflx', base.component),
    address: seen.address,
    port: seen.port,
    kind: 'srflx',
    related: { address: base.address, port: base.port },
  };
}

/** Our place at a relay, which sees us at `mapped`. RFC 8445 §5.1.1.2 */
export const relayedCandidate = (
  component: Component,
  relayed: SocketAddress,
  mapped: SocketAddress,
  server: string,
): IceCandidate => ({
  foundation: foundationOf('relay', relayed.address, server),
  component,
  priority: priorityOf('relay', component),
  address: relayed.address,
  port: relayed.port,
  kind: 'relay',
  related: mapped,
});

/** A reflexive candidate is another name of its host candidate. */
export const baseOf = ({ kind }: Pick<IceCandidate, 'kind'>): Base => (kind === 'relay' ? 'relay' : 'host');

/** Written so that it can be compared; nothing for a name, which is not looked up. */
export function comparable(candidate: IceCandidate): IceCandidate[] {
  const address = canonicalAddress(candidate.address);
  return address === undefined ? [] : [{ ...candidate, address }];
}

/** RFC 8445 §7.1.1: what a place is worth that only our check shows; a way by a relay is never the better one. */
export const peerPriorityOf = (component: Component, base: Base): number =>
  base === 'host' ? priorityOf('prflx', component) : priorityOf('prflx', component, 0);

/** RFC 8445 §7.2.5.3.1: what the peer saw of us may be a place that we did not know of. */
export function seenCandidate(
  locals: readonly IceCandidate[],
  { component, address, port, ...local }: IceCandidate,
  mapped: SocketAddress,
): IceCandidate {
  const isSeen = (other: IceCandidate): boolean =>
    other.component === component && isSameSocketAddress(comparable(other)[0] ?? other, mapped);
  const known = locals.find(isSeen);
  if (known) return known;
  return {
    foundation: foundationOf('prflx', address),
    component,
    priority: peerPriorityOf(component, baseOf(local)),
    address: mapped.address,
    port: mapped.port,
    kind: 'prflx',
    related: { address, port },
  };
}
