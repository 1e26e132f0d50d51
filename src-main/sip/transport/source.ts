// Who counts as one sender for limits: an IPv4 address, or the network of an IPv6 one.
import { isIpv6Address } from '../../base/socket-address.ts';
import { parseIpv6 } from '../syntax/index.ts';

/** RFC 6177 §2: a site has at least a /64, so its addresses are one source. */
export function sourceOf(address: string): string {
  if (!isIpv6Address(address)) return address;
  const groups = parseIpv6(address.replace(/%.*$/, ''));
  return groups ? groups.slice(0, 4).join(':') : address;
}
