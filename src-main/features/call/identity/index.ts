// The door of who is there: the peer, as it is asserted, claimed, forwarded or hidden.
export { forwardedFromOf } from './forwarding.ts';
export { hiddenIdentity, hidingHeaders } from './hidden-identity.ts';
export { isListed } from './listed-address.ts';
export { isSameParty, PeerIdentity } from './peer-identity.ts';
export { addressOf, remotePartyOf } from './remote-party.ts';
