// Header values with a shape of their own that is small. RFC 3261 §20, RFC 3262 §7, RFC 3326, RFC 3891, RFC 4028, RFC 6665.
import { isToken, parseDecimal } from './characters.ts';
import { callIdGrammar, type Grammar } from './header-type.ts';
import { MAX_CSEQ, MAX_DELTA_SEC } from './limits.ts';
import { type Parameters, formatParameters, scanParameters } from './parameters.ts';
import { Scanner, quote } from './scanner.ts';

export interface CSeqValue {
  readonly sequence: number;
  readonly method: string;
}

export interface RAckValue {
  readonly responseSequence: number;
  readonly sequence: number;
  readonly method: string;
}

/** A token followed by parameters: Content-Disposition, Event, Subscription-State, Reason and others. */
export interface ParameterizedToken {
  readonly token: string;
  readonly parameters: Parameters;
}

export interface MediaType {
  readonly type: string;
  readonly subtype: string;
  readonly parameters: Parameters;
}

export interface ReplacesValue {
  readonly callId: string;
  readonly toTag: string;
  readonly fromTag: string;
  readonly isEarlyOnly: boolean;
}

export interface SessionExpiresValue {
  readonly deltaSec: number;
  readonly refresher?: 'uac' | 'uas';
}

export interface RetryAfterValue {
  readonly delaySec: number;
  readonly comment?: string;
  readonly parameters: Parameters;
}

export interface WarningValue {
  readonly code: number;
  readonly agent: string;
  readonly text: string;
}

export interface TimestampValue {
  readonly timestamp: string;
  readonly delay?: string;
}

const words = (text: string): string[] => text.split(/[ \t]+/);

/** RFC 3261 §8.1.1.5: a number below 2^31 and a method. */
export const cseqGrammar: Grammar<CSeqValue> = {
  parse: (text) => {
    const numberEnd = text.search(/[ \t]/);
    const sequence = parseDecimal(text, MAX_CSEQ, 0, numberEnd);
    const scanner = new Scanner(text, numberEnd + 1);
    scanner.skipWhitespace();
    const method = text.slice(scanner.position);
    return sequence === undefined || !isToken(method) ? undefined : { sequence, method };
  },
  format: ({ sequence, method }) => `${sequence} ${method}`,
};

/** RFC 3262 §7.2: the RSeq and CSeq of the response that a PRACK acknowledges. */
export const rackGrammar: Grammar<RAckValue> = {
  parse: (text) => {
    const [first = '', ...rest] = words(text);
    const responseSequence = parseDecimal(first, MAX_DELTA_SEC);
    const cseq = cseqGrammar.parse(rest.join(' '));
    return responseSequence === undefined || !cseq ? undefined : { responseSequence, ...cseq };
  },
  format: ({ responseSequence, sequence, method }) => `${responseSequence} ${sequence} ${method}`,
};

export const parameterizedTokenGrammar: Grammar<ParameterizedToken> = {
  parse: (text) => {
    const scanner = new Scanner(text);
    const token = scanner.takeToken();
    const parameters = scanParameters(scanner);
    return token === '' || !parameters || !scanner.finishes() ? undefined : { token, parameters };
  },
  format: ({ token, parameters }) => token + formatParameters(parameters),
};

/** RFC 3261 §20.15: type, slash, subtype, parameters; `*` stands for any in Accept. */
export const mediaTypeGrammar: Grammar<MediaType> = {
  parse: (text) => {
    const slash = text.indexOf('/');
    const type = text.slice(0, Math.max(0, slash)).trim().toLowerCase();
    const rest = parameterizedTokenGrammar.parse(text.slice(slash + 1).trim());
    return !isToken(type) || !rest
      ? undefined
      : { type, subtype: rest.token.toLowerCase(), parameters: rest.parameters };
  },
  format: ({ type, subtype, parameters }) => `${type}/${subtype}${formatParameters(parameters)}`,
};

/** RFC 3891 §6.1: Call-ID and both tags, of which neither may be missing. */
export const replacesGrammar: Grammar<ReplacesValue> = {
  parse: (text) => {
    const semicolon = text.indexOf(';');
    const scanner = new Scanner(text, Math.max(0, semicolon));
    const parameters = scanParameters(scanner);
    const callId = text.slice(0, Math.max(0, semicolon)).trim();
    const toTag = parameters?.get('to-tag');
    const fromTag = parameters?.get('from-tag');
    if (toTag === undefined || fromTag === undefined || !scanner.finishes()) return undefined;
    // RFC 3891 §6.1: the parts are words and tokens, so that what comes out of a URI can stand in a header
    const isWhole = callId !== '' && callIdGrammar.parse(callId) !== undefined && isToken(toTag) && isToken(fromTag);
    if (!isWhole) return undefined;
    return { callId, toTag, fromTag, isEarlyOnly: parameters?.has('early-only') === true };
  },
  format: ({ callId, toTag, fromTag, isEarlyOnly }) =>
    `${callId};to-tag=${toTag};from-tag=${fromTag}${isEarlyOnly ? ';early-only' : ''}`,
};

/** RFC 3911 §7.1: the same parts as Replaces, and nothing of early dialogs. */
export const joinGrammar: Grammar<Omit<ReplacesValue, 'isEarlyOnly'>> = {
  parse: (text) => {
    const value = replacesGrammar.parse(text);
    return value && { callId: value.callId, toTag: value.toTag, fromTag: value.fromTag };
  },
  format: ({ callId, toTag, fromTag }) => `${callId};to-tag=${toTag};from-tag=${fromTag}`,
};

/** RFC 4028 §4: delta-seconds with an optional refresher. */
export const sessionExpiresGrammar: Grammar<SessionExpiresValue> = {
  parse: (text) => {
    const value = parameterizedTokenGrammar.parse(text);
    const deltaSec = parseDecimal(value?.token ?? '', MAX_DELTA_SEC);
    if (deltaSec === undefined) return undefined;
    const refresher = value?.parameters.get('refresher')?.toLowerCase();
    return refresher === 'uac' || refresher === 'uas' ? { deltaSec, refresher } : { deltaSec };
  },
  format: ({ deltaSec, refresher }) => (refresher ? `${deltaSec};refresher=${refresher}` : String(deltaSec)),
};

/** RFC 3261 §20.33: seconds, an optional comment in parentheses, parameters. */
export const retryAfterGrammar: Grammar<RetryAfterValue> = {
  parse: (text) => {
    const scanner = new Scanner(text);
    const delaySec = parseDecimal(scanner.takeToken(), MAX_DELTA_SEC);
    scanner.skipWhitespace();
    const comment = scanComment(scanner);
    const parameters = scanParameters(scanner);
    if (delaySec === undefined || !parameters || !scanner.finishes()) return undefined;
    return comment === undefined ? { delaySec, parameters } : { delaySec, comment, parameters };
  },
  format: ({ delaySec, comment, parameters }) =>
    `${delaySec}${comment === undefined ? '' : ` (${comment})`}${formatParameters(parameters)}`,
};

function scanComment(scanner: Scanner): string | undefined {
  const start = scanner.position;
  if (scanner.text[start] !== '(') return undefined;
  for (let depth = 0; !scanner.isAtEnd; scanner.position++) {
    const character = scanner.text[scanner.position];
    if (character === '\\') scanner.position++;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return scanner.text.slice(start + 1, scanner.position++);
  }
  // An unclosed comment is left where it is, so that the value does not end and is malformed.
  scanner.position = start;
  return undefined;
}

/** RFC 3261 §20.43: a three-digit code, the host that warns, a quoted text. */
export const warningGrammar: Grammar<WarningValue> = {
  parse: (text) => {
    const [first = '', agent = ''] = words(text);
    const code = first.length === 3 ? parseDecimal(first, 999) : undefined;
    const at = text.indexOf('"');
    const scanner = new Scanner(text, Math.max(0, at));
    const warning = scanner.takeQuoted();
    const isWhole = code !== undefined && agent !== '' && warning !== undefined && scanner.finishes();
    return isWhole ? { code, agent, text: warning } : undefined;
  },
  format: ({ code, agent, text }) => `${String(code).padStart(3, '0')} ${agent} ${quote(text)}`,
};

const isDecimalFraction = (text: string): boolean => /^[0-9]*(?:\.[0-9]*)?$/.test(text) && /[0-9]/.test(text);

/** RFC 3261 §20.38: when the sender sent, and how long the other side took to answer. */
export const timestampGrammar: Grammar<TimestampValue> = {
  parse: (text) => {
    const [timestamp = '', delay, ...rest] = words(text);
    if (rest.length > 0 || ![timestamp, delay ?? '0'].every(isDecimalFraction)) return undefined;
    return delay === undefined ? { timestamp } : { timestamp, delay };
  },
  format: ({ timestamp, delay }) => (delay === undefined ? timestamp : `${timestamp} ${delay}`),
};

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DATE = /^(\w{3}), (\d{2}) (\w{3}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/;

/** RFC 3261 §20.17: an RFC 1123 date in GMT and no other zone, as milliseconds since the epoch. */
export const dateGrammar: Grammar<number> = {
  parse: (text) => {
    const [, weekday = '', day, monthName = '', year, hour, minute, second] = DATE.exec(text) ?? [];
    const month = MONTHS.indexOf(monthName);
    if (month < 0 || !DAYS.includes(weekday)) return undefined;
    return Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second));
  },
  format: (epochMs) => new Date(epochMs).toUTCString(),
};
