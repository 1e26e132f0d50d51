// A caller who does not want to be known. RFC 3323 §4.1, RFC 3325 §7, §9.2.
import { formatNameAddress, type SipUri } from '../../../sip/syntax/index.ts';
import type { AccountIdentity, ExtraHeaders } from '../../../sip/core/index.ts';

/** RFC 3323 §4.1.1.3: From and Contact say nothing; a GRUU that is anonymous by itself serves as Contact. */
export function hiddenIdentity(identity: AccountIdentity, anonymousContact: SipUri | undefined): AccountIdentity {
  const { gruu, displayName, ...rest } = identity;
  const hasNamed = gruu !== undefined || displayName !== undefined;
  return {
    ...(hasNamed ? rest : identity),
    isAnonymous: true,
    contactUser: 'anonymous',
    ...(anonymousContact && { gruu: anonymousContact }),
  };
}

/**
 * RFC 3325 §7: `id` asks the network to keep what it asserts to itself. §9.2: the own server may be told who it is;
 * without one the INVITE goes straight to the callee, who must not read it.
 */
export function hidingHeaders({
  address,
  displayName,
  outboundProxies,
  routeSets = [],
}: AccountIdentity): ExtraHeaders {
  const hasServer = outboundProxies.length > 0 || routeSets.some((routes) => routes.length > 0);
  const preferred = formatNameAddress({ displayName, uri: address });
  return [['Privacy', 'id'], ...(hasServer ? [['P-Preferred-Identity', preferred] as const] : [])];
}
