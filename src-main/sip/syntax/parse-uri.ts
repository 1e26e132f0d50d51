// Text to URI. RFC 3261 §19.1.1 and §25.1, RFC 3966 §3, RFC 5954 §4.1.
import { type Result, err, ok } from '../../base/result.ts';
import { CharacterClass, isAllIn, isIn } from './characters.ts';
import { scanHostPort } from './host-port.ts';
import { type Parameter, Parameters } from './parameters.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';
import { COLON, SEMICOLON, Scanner } from './scanner.ts';
import { SipUri, type TelUri, type Uri } from './uri.ts';
import { unescapeUri } from './uri-escape.ts';

const QUESTION_MARK = 0x3f;

/** The URI in `text`, which must hold nothing else. Schemes that are not served come back as `other`. */
export function parseUri(text: string): Result<Uri, SyntaxFailure> {
  const uri = readUri(text);
  return uri ? ok(uri) : err(syntaxFailure('badUri', 'the URI is malformed'));
}

/** As parseUri, for callers that have a failure of their own. */
export function readUri(text: string): Uri | undefined {
  const colon = text.indexOf(':');
  if (colon <= 0) return undefined;
  const scheme = text.slice(0, colon).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(text, scheme);
  if (scheme === 'tel') return readTelUri(text.slice(colon + 1));
  const rest = text.slice(colon + 1);
  if (!isScheme(scheme) || !isAllIn(rest, CharacterClass.visible) || /[<>"]/.test(rest)) return undefined;
  return { kind: 'other', scheme, text: rest };
}

/** RFC 2396 §3.1: a letter, then letters, digits, plus, minus and full stop. */
function isScheme(text: string): boolean {
  if (!isIn(text.charCodeAt(0), CharacterClass.alpha)) return false;
  return /^[a-z0-9+.-]*$/.test(text);
}

function readSipUri(text: string, scheme: 'sip' | 'sips'): SipUri | undefined {
  const scanner = new Scanner(text, scheme.length + 1);
  const userInfo = readUserInfo(scanner);
  if (!userInfo) return undefined;
  const hostPort = scanHostPort(scanner, false);
  if (!hostPort) return undefined;
  const parameters = scanUriParameters(scanner);
  if (!parameters) return undefined;
  const headers = readUriHeaders(scanner);
  if (!headers || !scanner.isAtEnd) return undefined;
  const { user, password, escapedUser } = userInfo;
  return new SipUri(
    { scheme, user, password, host: hostPort.host, port: hostPort.port, parameters, headers },
    { text, escapedUser },
  );
}

interface UserInfo {
  readonly user?: string;
  readonly password?: string | undefined;
  readonly escapedUser?: string;
}

function readUserInfo(scanner: Scanner): UserInfo | undefined {
  const { text, position } = scanner;
  const at = text.indexOf('@', position);
  if (at < 0) return {};
  scanner.position = at + 1;
  const colon = text.indexOf(':', position);
  const hasPassword = colon >= 0 && colon < at;
  const escapedUser = text.slice(position, hasPassword ? colon : at);
  const user = unescapeUri(escapedUser, CharacterClass.user);
  if (user === undefined || user === '') return undefined;
  if (!hasPassword) return { user, escapedUser };
  const password = unescapeUri(text.slice(colon + 1, at), CharacterClass.password);
  return password === undefined ? undefined : { user, password, escapedUser };
}

function scanUriParameters(scanner: Scanner): Parameters | undefined {
  let items: Parameter[] | undefined;
  while (scanner.eat(SEMICOLON)) {
    const end = endOfPart(scanner, ';');
    const item = readPair(scanner.text.slice(scanner.position, end), CharacterClass.uriParameter, false);
    if (!item) return undefined;
    (items ??= []).push(item);
    scanner.position = end;
  }
  return items ? new Parameters(items) : Parameters.none;
}

function endOfPart(scanner: Scanner, separator: string): number {
  const { text, position } = scanner;
  const ends = [text.indexOf(separator, position), text.indexOf('?', position)].filter((end) => end >= 0);
  return Math.min(text.length, ...ends);
}

function readUriHeaders(scanner: Scanner): Parameters | undefined {
  if (scanner.peek() !== QUESTION_MARK) return Parameters.none;
  const items: Parameter[] = [];
  for (const pair of scanner.text.slice(scanner.position + 1).split('&')) {
    const item = readPair(pair, CharacterClass.uriHeader, true);
    if (item?.value === undefined) return undefined;
    items.push(item);
  }
  scanner.position = scanner.text.length;
  return new Parameters(items);
}

function readPair(text: string, mask: number, isEmptyAllowed: boolean): Parameter | undefined {
  const equals = text.indexOf('=');
  const name = unescapeUri(equals < 0 ? text : text.slice(0, equals), mask);
  if (name === undefined || name === '') return undefined;
  if (equals < 0) return { name, value: undefined, isQuoted: false };
  const value = unescapeUri(text.slice(equals + 1), mask);
  if (value === undefined || (value === '' && !isEmptyAllowed)) return undefined;
  return { name, value, isQuoted: false };
}

function readTelUri(text: string): TelUri | undefined {
  const scanner = new Scanner(text);
  const semicolon = text.indexOf(';');
  const number = semicolon < 0 ? text : text.slice(0, semicolon);
  const isGlobal = number.startsWith('+');
  if (!isTelephoneNumber(number, isGlobal)) return undefined;
  scanner.position = number.length;
  const parameters = scanUriParameters(scanner);
  if (!parameters || !scanner.isAtEnd || scanner.peek() === COLON) return undefined;
  // INTEROP: RFC 3966 §5.1.5 wants a context for local numbers; keypads and web pages leave it out.
  const phoneContext = parameters.get('phone-context');
  const uri = { kind: 'tel', scheme: 'tel', number, isGlobal, parameters } as const;
  return phoneContext === undefined ? uri : { ...uri, phoneContext };
}

/** RFC 3966 §3: visual separators, digits, and in local numbers also hexadecimal digits, `*` and `#`. */
function isTelephoneNumber(number: string, isGlobal: boolean): boolean {
  return isGlobal
    ? /^\+[0-9().-]*$/.test(number) && /[0-9]/.test(number)
    : /^[0-9a-f*#().-]+$/i.test(number) && /[0-9a-f*#]/i.test(number);
}
