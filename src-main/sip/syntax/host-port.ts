// Hosts: names, IPv4 addresses and bracketed IPv6 references, with an optional port. RFC 3261 §25.1, RFC 5954 §4.
import { isIpv6Address } from '../../base/socket-address.ts';
import { CharacterClass, isAllIn, isIn, parseDecimal } from './characters.ts';
import { COLON, LEFT_BRACKET, RIGHT_BRACKET, type Scanner } from './scanner.ts';

const FULL_STOP = 0x2e;

export interface HostPort {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number | undefined;
}

/** Reads a host and port; undefined when malformed. Via allows white space around the colon, URIs do not. */
export function scanHostPort(scanner: Scanner, isSpaceAllowed: boolean): HostPort | undefined {
  const host = scanHost(scanner);
  if (host === undefined) return undefined;
  const hasPort = isSpaceAllowed ? scanner.eatSeparator(COLON) : scanner.eat(COLON);
  if (!hasPort) return { host, port: undefined };
  const start = scanner.position;
  scanner.skipWhile(CharacterClass.digit);
  const port = parseDecimal(scanner.text, 65_535, start, scanner.position);
  return port === undefined || port === 0 ? undefined : { host, port };
}

function scanHost(scanner: Scanner): string | undefined {
  if (scanner.peek() !== LEFT_BRACKET) {
    const start = scanner.position;
    scanner.skipWhile(CharacterClass.host);
    return isName(scanner.text, start, scanner.position) ? scanner.text.slice(start, scanner.position) : undefined;
  }
  const end = scanner.text.indexOf(']', scanner.position);
  if (end < 0) return undefined;
  const address = scanner.text.slice(scanner.position + 1, end);
  if (!parseIpv6(address)) return undefined;
  scanner.position = end;
  scanner.eat(RIGHT_BRACKET);
  return address;
}

/** Whether labels stand between the full stops; one at the end is allowed. */
function isName(text: string, start: number, end: number): boolean {
  let previous = FULL_STOP;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === FULL_STOP && previous === FULL_STOP) return false;
    previous = code;
  }
  return end > start;
}

/** `host` with brackets where IPv6 needs them. */
export const formatHost = (host: string): string => (isIpv6Address(host) ? `[${host}]` : host);

export function formatHostPort({ host, port }: { readonly host: string; readonly port?: number | undefined }): string {
  return port === undefined ? formatHost(host) : `${formatHost(host)}:${port}`;
}

/** The eight 16-bit groups of an IPv6 address, or undefined. RFC 4291 §2.2. */
export function parseIpv6(text: string): readonly number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || text.length > 45) return undefined;
  const [head = '', tail] = halves;
  const first = parseGroups(head, tail === undefined);
  const last = tail === undefined ? [] : parseGroups(tail, true);
  if (!first || !last) return undefined;
  const missing = 8 - first.length - last.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...first, ...Array.from({ length: missing }, () => 0), ...last];
}

function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (mayEndInIpv4 && index === parts.length - 1 && part.includes('.')) {
      const bytes = parseIpv4(part);
      if (!bytes) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      if (part.length > 4 || !isAllIn(part, CharacterClass.hex)) return undefined;
      groups.push(parseInt(part, 16));
    }
  }
  return groups;
}

/** The four bytes of a dotted IPv4 address, or undefined. */
export function parseIpv4(text: string): readonly number[] | undefined {
  if (!isIn(text.charCodeAt(0), CharacterClass.digit) || text.length > 15) return undefined;
  const bytes: number[] = [];
  for (const part of text.split('.')) {
    const byte = part.length > 3 ? undefined : parseDecimal(part, 255);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return bytes.length === 4 ? bytes : undefined;
}

/** Whether `host` is an address and needs no name service. */
export const isIpAddress = (host: string): boolean => (parseIpv4(host) ?? parseIpv6(host)) !== undefined;

/** Whether two hosts are the same: names without case, IPv6 by value. RFC 5954 §4.2. */
export function isSameHost(a: string, b: string): boolean {
  if (a === b) return true;
  if (!isIpv6Address(a) || !isIpv6Address(b)) return a.toLowerCase() === b.toLowerCase();
  const groupsOfA = parseIpv6(a);
  const groupsOfB = parseIpv6(b);
  return groupsOfA !== undefined && groupsOfA.join() === groupsOfB?.join();
}
