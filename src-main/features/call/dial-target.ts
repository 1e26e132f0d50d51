// What a person types, made into a URI to call. RFC 3261 §19.1.6, RFC 3966 §5.1.
import { err, ok, type Result } from '../../base/result.ts';
import { Parameters, parseUri, SipUri } from '../../sip/syntax/index.ts';

const TELEPHONE_NUMBER = /^\+?[\d*#][\d*#\s().-]*$/;
const SEPARATORS = /[\s().-]/g;
const SCHEME = /^(sips?|tel|callto):/i;

/** A number or name belongs to the account's own domain; the failure is a sentence for the person who typed. */
export function parseDialTarget(text: string, accountAddress: SipUri): Result<SipUri, string> {
  const typed = text.trim();
  if (typed === '') return err('Enter a number or an address to call.');
  const scheme = SCHEME.exec(typed)?.[1]?.toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return parseSip(typed);
  const bare = scheme === undefined ? typed : typed.slice(scheme.length + 1);
  if (scheme !== 'tel' && bare.includes('@')) return parseSip(`sip:${bare}`);
  const number = bare.split(';')[0] ?? bare;
  if (TELEPHONE_NUMBER.test(number)) {
    const digits = number.replace(SEPARATORS, '');
    // RFC 3261 §19.1.6: a telephone number in a SIP URI says so.
    return ok(withinDomain(accountAddress, digits).withParameter('user', 'phone'));
  }
  if (scheme === 'tel') return err(`"${bare}" is not a telephone number.`);
  if (/[\s<>"]/.test(bare)) return err(`"${typed}" is not a number or an address.`);
  return ok(withinDomain(accountAddress, bare));
}

function parseSip(text: string): Result<SipUri, string> {
  const parsed = parseUri(text);
  if (!parsed.ok || !(parsed.value instanceof SipUri)) return err(`"${text}" is not an address.`);
  // RFC 3261 §19.1.5: headers in a link must not shape the call without the user's knowledge.
  return ok(parsed.value.with({ headers: Parameters.none }).withoutParameter('method'));
}

const withinDomain = (account: SipUri, user: string): SipUri =>
  new SipUri({ scheme: account.scheme, user, host: account.host, port: account.port });
