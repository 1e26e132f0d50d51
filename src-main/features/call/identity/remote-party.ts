// Who is at the other end: as the own server asserts it, else as the peer claims. RFC 3261 §20.20, RFC 3325 §9.1, RFC 8224 §4.
import {
  Header,
  SipUri,
  type NameAddress,
  type SipMessage,
  type SipRequest,
  type Uri,
} from '../../../sip/syntax/index.ts';
import { plainAddress } from '../../registration/index.ts';
import type { CallerVerification, RemoteParty } from '../call-info.ts';

/** The caller of a request. `isTrusted`: it came from the account's own server, whose word counts. RFC 3325 §5 */
export function remotePartyOf(request: SipRequest, isTrusted: boolean): RemoteParty {
  return assertedParty(request, isTrusted) ?? partyOf(request.from, false, isTrusted);
}

/** Whom the own server asserts to be the sender of a message; undefined when it says nothing, or is not to be believed. */
export function assertedParty(message: SipMessage, isTrusted: boolean): RemoteParty | undefined {
  if (!isTrusted) return undefined;
  // RFC 3325 §7: with `id` the identity is for the network only, and is shown to nobody
  const privacy = (message.headers.first('Privacy') ?? '').toLowerCase().split(/[;,\s]+/);
  if (privacy.includes('id')) return message.kind === 'request' ? ANONYMOUS : undefined;
  const asserted = message.headers.all(Header.PAssertedIdentity);
  const named = asserted.find(({ uri }) => uri.kind === 'sip') ?? asserted[0];
  if (named) return partyOf(withNameOf(message, named), true, true);
  return fromRemotePartyId(message);
}

/** Who the From or To of a message names, and no more. */
export const claimedParty = (party: NameAddress): RemoteParty => partyOf(party, false, false);

const ANONYMOUS: RemoteParty = {
  displayName: '',
  address: 'sip:anonymous@anonymous.invalid',
  isAsserted: true,
  isAnonymous: true,
};

/** RFC 3325 §9.1: an assertion without a name is completed by the From, as long as that means the same address. */
function withNameOf(message: SipMessage, asserted: NameAddress): NameAddress {
  if (asserted.displayName !== undefined || message.kind === 'response') return asserted;
  return addressOf(asserted.uri) === addressOf(message.from.uri) ? message.from : asserted;
}

/** INTEROP: Remote-Party-ID never became an RFC, and many servers still speak it. */
function fromRemotePartyId(message: SipMessage): RemoteParty | undefined {
  const role = message.kind === 'request' ? 'calling' : 'called';
  const fits = ({ parameters }: NameAddress): boolean => (parameters.get('party') ?? role).toLowerCase() === role;
  const identity = message.headers.all(Header.RemotePartyId).find(fits);
  if (!identity) return undefined;
  const isHidden = ['full', 'uri'].includes((identity.parameters.get('privacy') ?? 'off').toLowerCase());
  if (isHidden) return message.kind === 'request' ? ANONYMOUS : undefined;
  return partyOf(identity, true, true);
}

function partyOf(party: NameAddress, isAsserted: boolean, isTrusted: boolean): RemoteParty {
  const verification = isTrusted ? verificationOf(party) : undefined;
  const isAnonymous = isAnonymousUri(party.uri);
  return {
    displayName: isAnonymous ? '' : (party.displayName ?? ''),
    address: addressOf(party.uri),
    isAsserted,
    ...(isAnonymous && { isAnonymous }),
    ...(verification && { verification }),
  };
}

/** RFC 3323 §4.1.1.3, RFC 3325 §9: what stands for nobody. */
function isAnonymousUri(uri: Uri): boolean {
  return (
    uri.kind === 'sip' && (uri.host.toLowerCase() === 'anonymous.invalid' || uri.user?.toLowerCase() === 'anonymous')
  );
}

/** As people read and dial it: parameters of a telephone number in the user part belong to machines. */
export function addressOf(uri: Uri): string {
  if (uri.kind === 'tel') return `tel:${uri.number}`;
  const isNumber = uri instanceof SipUri && /^\+?[\d().-]+;/.test(uri.escapedUser ?? '');
  return plainAddress(isNumber ? uri.with({ user: uri.user?.split(';')[0] }) : uri);
}

const VERDICTS: Readonly<Record<string, CallerVerification>> = {
  'tn-validation-passed': 'passed',
  'tn-validation-failed': 'failed',
  'no-tn-validation': 'none',
};

/** RFC 8224 §4: the server verified the signature on the caller's number, and tells the verdict in `verstat`. */
function verificationOf({ uri, parameters }: NameAddress): CallerVerification | undefined {
  const inUser = uri.kind === 'sip' ? /;verstat=([^;]*)/i.exec(uri.user ?? '')?.[1] : undefined;
  const inUri = uri.kind === 'other' ? undefined : uri.parameters.get('verstat');
  return VERDICTS[(inUser ?? inUri ?? parameters.get('verstat') ?? '').toLowerCase()];
}
