// Whether an address is on a list that a person wrote. RFC 3261 §19.1.4.
import { parseUri } from '../../../sip/syntax/index.ts';
import { addressOf } from './remote-party.ts';

/** People leave the scheme out, and write names in capitals. */
export function isListed(list: readonly string[], address: string): boolean {
  return list.some((entry) => {
    const parsed = parseUri(/^(sips?|tel):/i.test(entry) ? entry : `sip:${entry}`);
    return parsed.ok && addressOf(parsed.value).toLowerCase() === address.toLowerCase();
  });
}
