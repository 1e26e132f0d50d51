// An optional display name, a URI and parameters: From, To, Contact, Route and their kin. RFC 3261 §20.10, §25.1.
import { CharacterClass, indexOfCode, isIn } from './characters.ts';
import { Parameters, formatParameters, scanParameters } from './parameters.ts';
import { readUri, scanUri, usualSipUri } from './parse-uri.ts';
import { GREATER_THAN, LESS_THAN, QUOTE, SPACE, Scanner, TAB, quote } from './scanner.ts';
import { type Uri, formatUri } from './uri.ts';
import { isUsualNameAddress } from './usual-shapes.ts';

export interface NameAddressFields {
  /** Without quotes and escapes; undefined or empty when there is none. */
  readonly displayName?: string | undefined;
  readonly uri: Uri;
  readonly parameters?: Parameters;
}

/** An address of usual shape that is still to be taken apart. */
interface UnreadAddress {
  readonly unreadText: string;
  readonly parameters: Parameters;
}

type NamedUri = Pick<NameAddressFields, 'displayName' | 'uri'>;

/** Immutable; the `with…` methods return changed copies. */
export class NameAddress {
  readonly parameters: Parameters;
  /** Absent while nobody asked. WHY: messages are matched by tags; whom an address means is asked once a call. */
  private named: NamedUri | undefined;
  private readonly unreadText: string | undefined;

  constructor(fields: NameAddressFields | UnreadAddress) {
    this.parameters = fields.parameters ?? Parameters.none;
    if ('unreadText' in fields) this.unreadText = fields.unreadText;
    else this.named = fields;
  }

  get displayName(): string | undefined {
    return this.#read().displayName || undefined;
  }

  get uri(): Uri {
    return this.#read().uri;
  }

  /** The dialog participant. RFC 3261 §19.3. */
  get tag(): string | undefined {
    return this.parameters.get('tag');
  }

  /** Whether this is the `*` of a Contact that removes every binding. RFC 3261 §10.2.2. */
  get isWildcard(): boolean {
    return this.uri.kind === 'other' && this.uri.scheme === '*';
  }

  withTag(tag: string): NameAddress {
    return this.withParameters(this.parameters.with('tag', tag));
  }

  withParameters(parameters: Parameters): NameAddress {
    return new NameAddress({ displayName: this.displayName, uri: this.uri, parameters });
  }

  toString(): string {
    return formatNameAddress(this);
  }

  #read(): NamedUri {
    return (this.named ??= takeApart(this.unreadText ?? ''));
  }
}

/** The `*` of `Contact: *`. */
export const WILDCARD_CONTACT = new NameAddress({ uri: { kind: 'other', scheme: '*', text: '' } });

/** A Contact value, where `*` is allowed. */
export function parseContact(text: string): NameAddress | undefined {
  return text === '*' ? WILDCARD_CONTACT : parseNameAddress(text);
}

/** One value of a header that names somebody; undefined when malformed. */
export const parseNameAddress = (text: string): NameAddress | undefined =>
  usualNameAddress(text) ?? scanNameAddress(text);

/** An address as nearly everybody writes it; undefined does not mean that it is malformed. */
function usualNameAddress(text: string): NameAddress | undefined {
  if (!isUsualNameAddress(text)) return undefined;
  const uriEnd = text.indexOf('>', endOfQuotedName(text));
  return new NameAddress({ unreadText: text, parameters: Parameters.ofText(text.slice(uriEnd + 1)) });
}

/** Where the name's closing quote stands, in a text of usual shape; 0 when the name is not quoted. */
const endOfQuotedName = (text: string): number => (text.charCodeAt(0) === QUOTE ? text.indexOf('"', 1) : 0);

/** Takes a text of usual shape apart. */
function takeApart(text: string): NamedUri {
  const quote = endOfQuotedName(text);
  const uriStart = text.indexOf('<', quote) + 1;
  const displayName = quote > 0 ? text.slice(1, quote) : text.slice(0, uriStart - 1).trim();
  return { displayName, uri: usualSipUri(text.slice(uriStart, text.indexOf('>', uriStart))) };
}

/** The long way, which is the grammar. */
export function scanNameAddress(text: string): NameAddress | undefined {
  const scanner = new Scanner(text);
  scanner.skipWhitespace();
  const displayName = scanDisplayName(scanner);
  if (displayName === undefined) return undefined;
  const uri = scanner.peek() === LESS_THAN ? scanBracketedUri(scanner) : scanAddressSpec(scanner);
  if (!uri) return undefined;
  const parameters = scanParameters(scanner);
  if (!parameters || !scanner.finishes()) return undefined;
  return new NameAddress({ displayName, uri, parameters });
}

/** Empty when there is none, undefined when malformed. */
function scanDisplayName(scanner: Scanner): string | undefined {
  if (scanner.peek() === LESS_THAN) return '';
  if (scanner.peek() === QUOTE) {
    const name = scanner.takeQuoted();
    scanner.skipWhitespace();
    return scanner.peek() === LESS_THAN ? name : undefined;
  }
  const bracket = scanner.text.indexOf('<', scanner.position);
  if (bracket < 0) return '';
  const name = scanner.text.slice(scanner.position, bracket).trimEnd();
  if (!isUnquotedName(name)) return undefined;
  scanner.position = bracket;
  return name;
}

/** RFC 3261 §25.1: tokens and white space. INTEROP: letters beyond ASCII without quotes are common. */
function isUnquotedName(name: string): boolean {
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    if (code < 0x80 && code !== SPACE && code !== TAB && !isIn(code, CharacterClass.token)) return false;
  }
  return true;
}

function scanBracketedUri(scanner: Scanner): Uri | undefined {
  const end = indexOfCode(scanner.text, GREATER_THAN, scanner.position, scanner.end);
  if (end === scanner.end) return undefined;
  const uri = scanUri(scanner.text, scanner.position + 1, end);
  scanner.position = end + 1;
  return uri;
}

function scanAddressSpec(scanner: Scanner): Uri | undefined {
  const semicolon = scanner.text.indexOf(';', scanner.position);
  const end = semicolon < 0 ? scanner.text.length : semicolon;
  const text = scanner.text.slice(scanner.position, end).trimEnd();
  scanner.position = end;
  // RFC 3261 §20: a URI with a comma, question mark or semicolon must stand in angle brackets.
  if (text.includes(',') || text.includes('?')) return undefined;
  return readUri(text);
}

/** Always with angle brackets, so that URI and header parameters cannot be mixed up. */
export function formatNameAddress({ displayName, uri, parameters }: NameAddressFields): string {
  const text = formatUri(uri);
  if (text === '*') return text;
  const name = displayName === undefined || displayName === '' ? '' : `${quote(displayName)} `;
  return `${name}<${text}>${formatParameters(parameters ?? Parameters.none)}`;
}
