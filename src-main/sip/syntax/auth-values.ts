// Challenges and credentials of HTTP digest. RFC 3261 §20.44, §25.1, RFC 7616 §3, RFC 8760.
import { parseDecimal, isToken } from './characters.ts';
import type { Grammar } from './header-type.ts';
import { type Parameter, Parameters, formatParameter, scanParameter } from './parameters.ts';
import { COMMA, Scanner } from './scanner.ts';

/** What a server asks for. `parameters` holds all of them, known or not, as they came. */
export interface Challenge {
  readonly scheme: string;
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string | undefined;
  readonly algorithm?: string | undefined;
  /** The offered qualities of protection; empty for RFC 2069 servers. */
  readonly qop: readonly string[];
  readonly isStale: boolean;
  readonly parameters: Parameters;
}

/** What a client proves itself with. */
export interface Credentials {
  readonly scheme: string;
  readonly username: string;
  readonly realm: string;
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly algorithm?: string | undefined;
  readonly opaque?: string | undefined;
  readonly cnonce?: string | undefined;
  readonly qop?: string | undefined;
  readonly nonceCount?: number | undefined;
}

/** `scheme name=value, name="value"…`; undefined when malformed. */
function parseAuth(text: string): { scheme: string; parameters: Parameters } | undefined {
  const scanner = new Scanner(text);
  const scheme = scanner.takeToken();
  scanner.skipWhitespace();
  if (scheme === '') return undefined;
  const items: Parameter[] = [];
  do {
    const item = scanParameter(scanner);
    // INTEROP: some servers write `qop=""` or end the list with a comma.
    if (!item) break;
    items.push(item);
  } while (scanner.eatSeparator(COMMA));
  return scanner.finishes() ? { scheme, parameters: new Parameters(items) } : undefined;
}

/** RFC 3261 §25.1: these stand without quotes, the others in quotes. */
const UNQUOTED = new Set(['algorithm', 'stale', 'nc']);

function formatAuth(scheme: string, values: readonly (readonly [string, string | undefined, boolean?])[]): string {
  const items = values.flatMap(([name, value, isUnquoted = UNQUOTED.has(name)]) =>
    // WHY: what is no token would end its parameter if it stood without quotes.
    value === undefined ? [] : [formatParameter({ name, value, isQuoted: !isUnquoted || !isToken(value) })],
  );
  return `${scheme} ${items.join(', ')}`;
}

export const challengeGrammar: Grammar<Challenge> = {
  parse: (text) => {
    const auth = parseAuth(text);
    if (!auth) return undefined;
    const { scheme, parameters } = auth;
    const realm = parameters.get('realm');
    const nonce = parameters.get('nonce');
    // WHY: other schemes have parameters of their own; they are kept, so that the caller can say what it cannot do.
    if (scheme.toLowerCase() === 'digest' && (realm === undefined || nonce === undefined)) return undefined;
    const qop = (parameters.get('qop') ?? '').split(',').map((option) => option.trim().toLowerCase());
    return {
      scheme,
      realm: realm ?? '',
      nonce: nonce ?? '',
      opaque: parameters.get('opaque'),
      algorithm: parameters.get('algorithm'),
      qop: qop.filter((option) => option !== ''),
      isStale: parameters.get('stale')?.toLowerCase() === 'true',
      parameters,
    };
  },
  format: ({ scheme, realm, nonce, opaque, algorithm, qop, isStale }) =>
    formatAuth(scheme, [
      ['realm', realm],
      ['nonce', nonce],
      ['opaque', opaque],
      ['algorithm', algorithm],
      ['qop', qop.length > 0 ? qop.join(',') : undefined],
      ['stale', isStale ? 'true' : undefined],
    ]),
};

export const credentialsGrammar: Grammar<Credentials> = {
  parse: (text) => {
    const auth = parseAuth(text);
    if (!auth) return undefined;
    const { scheme, parameters } = auth;
    const required = ['username', 'realm', 'nonce', 'uri', 'response'].map((name) => parameters.get(name));
    const isDigest = scheme.toLowerCase() === 'digest';
    if (isDigest && required.includes(undefined)) return undefined;
    const [username = '', realm = '', nonce = '', uri = '', response = ''] = required;
    const count = parameters.get('nc');
    return {
      scheme,
      username,
      realm,
      nonce,
      uri,
      response,
      algorithm: parameters.get('algorithm'),
      opaque: parameters.get('opaque'),
      cnonce: parameters.get('cnonce'),
      qop: parameters.get('qop'),
      nonceCount: count === undefined ? undefined : parseNonceCount(count),
    };
  },
  format: (value) =>
    formatAuth(value.scheme, [
      ['username', value.username],
      ['realm', value.realm],
      ['nonce', value.nonce],
      ['uri', value.uri],
      ['response', value.response],
      ['algorithm', value.algorithm],
      ['cnonce', value.cnonce],
      ['opaque', value.opaque],
      // RFC 7616 §3.4: the chosen quality stands without quotes in credentials.
      ['qop', value.qop, true],
      ['nc', value.nonceCount?.toString(16).padStart(8, '0')],
    ]),
};

/** RFC 7616 §3.4: eight hexadecimal digits. */
function parseNonceCount(text: string): number | undefined {
  if (!/^[0-9a-f]{8}$/i.test(text)) return undefined;
  return parseDecimal(String(parseInt(text, 16)), 2 ** 32);
}
