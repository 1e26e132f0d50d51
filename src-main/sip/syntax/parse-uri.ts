// Text to URI. RFC 3261 §19.1.1 and §25.1, RFC 3966 §3, RFC 5954 §4.1.
import { type Result, err, ok } from '../../base/result.ts';
import { CharacterClass, indexOfCode, isAllIn, isIn } from './characters.ts';
import { scanHostPort } from './host-port.ts';
import { type Parameter, Parameters } from './parameters.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';
import { AT, COLON, EQUALS, SEMICOLON, Scanner } from './scanner.ts';
import { SipUri, type TelUri, type Uri } from './uri.ts';
import { unescapeUri } from './uri-escape.ts';
import { USUAL_SIP_URI, placeHost } from './usual-shapes.ts';

const AMPERSAND = 0x26;
const QUESTION_MARK = 0x3f;
const USER_START = 'sip:'.length;

/** The URI in `text`, which must hold nothing else. Schemes that are not served come back as `other`. */
export function parseUri(text: string): Result<Uri, SyntaxFailure> {
  const uri = readUri(text);
  return uri ? ok(uri) : err(syntaxFailure('badUri', 'the URI is malformed'));
}

/** As parseUri, for callers that have a failure of their own. */
export const readUri = (text: string): Uri | undefined =>
  USUAL_SIP_URI.test(text) ? usualSipUri(text) : scanUri(text);

/** The URI whose text is known to have the usual shape. */
export function usualSipUri(text: string): SipUri {
  const at = text.indexOf('@');
  const hostStart = at < 0 ? USER_START : at + 1;
  const user = at < 0 ? undefined : text.slice(USER_START, at);
  const { hostEnd, port, parametersStart } = placeHost(text, hostStart);
  const parameters = Parameters.ofText(text.slice(parametersStart));
  return new SipUri({ scheme: 'sip', user, host: text.slice(hostStart, hostEnd), port, parameters }, text, user);
}

/** The long way, which is the grammar. */
export function scanUri(text: string, start = 0, end = text.length): Uri | undefined {
  const colon = indexOfCode(text, COLON, start, end);
  if (colon <= start || colon === end) return undefined;
  const scheme = text.slice(start, colon).toLowerCase();
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(text, scheme, start, end);
  const rest = text.slice(colon + 1, end);
  if (scheme === 'tel') return readTelUri(rest);
  if (!isScheme(scheme) || !isAllIn(rest, CharacterClass.visible) || /[<>"]/.test(rest)) return undefined;
  return { kind: 'other', scheme, text: rest };
}

/** RFC 2396 §3.1: a letter, then letters, digits, plus, minus and full stop. */
function isScheme(text: string): boolean {
  if (!isIn(text.charCodeAt(0), CharacterClass.alpha)) return false;
  return /^[a-z0-9+.-]*$/.test(text);
}

function readSipUri(text: string, scheme: 'sip' | 'sips', start: number, end: number): SipUri | undefined {
  const userStart = start + scheme.length + 1;
  const at = indexOfCode(text, AT, userStart, end);
  const hasUser = at < end;
  const userInfo = hasUser ? readUserInfo(text, userStart, at) : NO_USER;
  if (!userInfo) return undefined;
  const scanner = new Scanner(text, hasUser ? at + 1 : userStart, end);
  const hostPort = scanHostPort(scanner, false);
  if (!hostPort) return undefined;
  const parameters = scanUriParameters(scanner);
  if (!parameters) return undefined;
  const headers = readUriHeaders(scanner);
  if (!headers || !scanner.isAtEnd) return undefined;
  const { user, password, escapedUser } = userInfo;
  return new SipUri(
    { scheme, user, password, host: hostPort.host, port: hostPort.port, parameters, headers },
    text.slice(start, end),
    escapedUser,
  );
}

interface UserInfo {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly escapedUser: string | undefined;
}

const NO_USER: UserInfo = { user: undefined, password: undefined, escapedUser: undefined };

function readUserInfo(text: string, start: number, end: number): UserInfo | undefined {
  const colon = indexOfCode(text, COLON, start, end);
  const user = unescapeUri(text, CharacterClass.user, start, colon);
  if (user === undefined || user === '') return undefined;
  const escapedUser = user.length === colon - start ? user : text.slice(start, colon);
  if (colon === end) return { user, password: undefined, escapedUser };
  const password = unescapeUri(text, CharacterClass.password, colon + 1, end);
  return password === undefined ? undefined : { user, password, escapedUser };
}

function scanUriParameters(scanner: Scanner): Parameters | undefined {
  let items: Parameter[] | undefined;
  while (scanner.eat(SEMICOLON)) {
    const start = scanner.position;
    scanner.position = endOfParameter(scanner);
    const item = readPair(scanner.text, start, scanner.position, CharacterClass.uriParameter);
    if (!item || item.value === '') return undefined;
    (items ??= []).push(item);
  }
  return items ? new Parameters(items) : Parameters.none;
}

function endOfParameter({ text, position, end }: Scanner): number {
  for (let at = position; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === SEMICOLON || code === QUESTION_MARK) return at;
  }
  return end;
}

function readUriHeaders(scanner: Scanner): Parameters | undefined {
  if (scanner.peek() !== QUESTION_MARK) return Parameters.none;
  const { text, end } = scanner;
  const items: Parameter[] = [];
  for (let start = scanner.position + 1; start <= end; start = scanner.position + 1) {
    scanner.position = indexOfCode(text, AMPERSAND, start, end);
    const item = readPair(text, start, scanner.position, CharacterClass.uriHeader);
    if (item?.value === undefined) return undefined;
    items.push(item);
  }
  return new Parameters(items);
}

/** `name` or `name=value`; the value may be empty. */
function readPair(text: string, start: number, end: number, mask: number): Parameter | undefined {
  const equals = indexOfCode(text, EQUALS, start, end);
  const name = unescapeUri(text, mask, start, equals);
  if (name === undefined || name === '') return undefined;
  if (equals === end) return { name, value: undefined, isQuoted: false };
  const value = unescapeUri(text, mask, equals + 1, end);
  return value === undefined ? undefined : { name, value, isQuoted: false };
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
