// Who is at the other end, from the headers of a request. RFC 3261 §20.10, §20.20.
import type { NameAddress } from '../../sip/syntax/index.ts';
import { plainAddress } from '../registration/index.ts';
import type { RemoteParty } from './call-info.ts';

export function remotePartyOf(party: NameAddress): RemoteParty {
  return { displayName: party.displayName ?? '', address: plainAddress(party.uri), isAsserted: false };
}
