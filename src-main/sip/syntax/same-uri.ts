// Whether two URIs mean the same. RFC 3261 §19.1.4, RFC 3966 §4, RFC 5954 §4.2.
import { isSameHost } from './host-port.ts';
import type { Parameters } from './parameters.ts';
import type { OtherUri, SipUri, TelUri, Uri } from './uri.ts';
import { normalizeEscapes } from './uri-escape.ts';

/** Not transitive, as the RFC says: `a;x=1` and `a;x=2` are both the same as `a`. */
export function isSameUri(a: Uri, b: Uri): boolean {
  if (a === b) return true;
  if (a.kind === 'sip') return b.kind === 'sip' && isSameSipUri(a, b);
  if (a.kind === 'tel') return b.kind === 'tel' && isSameTelUri(a, b);
  return b.kind === 'other' && isSameOtherUri(a, b);
}

function isSameSipUri(a: SipUri, b: SipUri): boolean {
  // RFC 3261 §19.1.4: a SIP and a SIPS URI are never equal; user and password keep their case.
  return (
    a.scheme === b.scheme &&
    normalizedUser(a) === normalizedUser(b) &&
    a.password === b.password &&
    a.port === b.port &&
    isSameHost(a.host, b.host) &&
    isSameParameters(a.parameters, b.parameters) &&
    isSameHeaders(a.headers, b.headers)
  );
}

function normalizedUser(uri: SipUri): string | undefined {
  return uri.escapedUser === undefined ? undefined : normalizeEscapes(uri.escapedUser);
}

/** RFC 3261 §19.1.4: these never match a URI without them, not even with their default value. */
const ALWAYS_COMPARED = ['transport', 'user', 'ttl', 'method', 'maddr'];

function isSameParameters(a: Parameters, b: Parameters): boolean {
  if (ALWAYS_COMPARED.some((name) => a.has(name) !== b.has(name))) return false;
  return a.entries().every(({ name, value }) => !b.has(name) || isSameValue(value, b.get(name)));
}

/** RFC 3261 §19.1.4: header components are never ignored. */
function isSameHeaders(a: Parameters, b: Parameters): boolean {
  if (a.size !== b.size) return false;
  return a.entries().every(({ name, value }) => b.has(name) && isSameValue(value, b.get(name)));
}

function isSameValue(a: string | undefined, b: string | undefined): boolean {
  return a === b || a?.toLowerCase() === b?.toLowerCase();
}

/** RFC 3966 §4: visual separators do not count, parameters do in whatever order. */
function isSameTelUri(a: TelUri, b: TelUri): boolean {
  return (
    withoutSeparators(a.number) === withoutSeparators(b.number) &&
    a.parameters.size === b.parameters.size &&
    a.parameters.entries().every(({ name, value }) => b.parameters.has(name) && isSameTelValue(name, value, b))
  );
}

function isSameTelValue(name: string, value: string | undefined, other: TelUri): boolean {
  const theirs = other.parameters.get(name);
  if (isSameValue(value, theirs)) return true;
  const isNumber = name.toLowerCase() === 'ext' || value?.startsWith('+') === true;
  return isNumber && withoutSeparators(value ?? '') === withoutSeparators(theirs ?? '');
}

/** The digits of a telephone number. RFC 3966 §5.1.1. */
export const withoutSeparators = (number: string): string => number.replace(/[().-]/g, '').toLowerCase();

function isSameOtherUri(a: OtherUri, b: OtherUri): boolean {
  return a.scheme === b.scheme && normalizeEscapes(a.text) === normalizeEscapes(b.text);
}
