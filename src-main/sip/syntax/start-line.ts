// Request-Line and Status-Line. RFC 3261 §7.1, §7.2.
import { type Result, err, ok } from '../../base/result.ts';
import { isToken, parseDecimal } from './characters.ts';
import { MAX_URI_LENGTH } from './limits.ts';
import { SLASH } from './scanner.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';
import { readUri, usualSipUri } from './parse-uri.ts';
import type { Uri } from './uri.ts';
import { USUAL_REQUEST_LINE } from './usual-shapes.ts';

export type StartLine =
  | { readonly kind: 'request'; readonly method: string; readonly requestUri: Uri }
  | { readonly kind: 'response'; readonly statusCode: number; readonly reasonPhrase: string };

/** A failure and, where it could be read, the method of the request that must be refused. */
export interface StartLineFailure {
  readonly failure: SyntaxFailure;
  readonly method?: string;
}

const VERSION = 'SIP/2.0';

export function parseStartLine(line: string): Result<StartLine, StartLineFailure> {
  // WHY: a slash tells at once, for no method holds one.
  const isResponse = line.charCodeAt(3) === SLASH && line.slice(0, 4).toUpperCase() === 'SIP/';
  return isResponse ? parseStatusLine(line) : parseRequestLine(line);
}

function parseRequestLine(line: string): Result<StartLine, StartLineFailure> {
  // RFC 3261 §7.1: one space between the parts, none at the end, none within.
  const first = line.indexOf(' ');
  const method = line.slice(0, Math.max(0, first));
  if (line.length <= MAX_URI_LENGTH && USUAL_REQUEST_LINE.test(line)) {
    const requestUri = usualSipUri(line.slice(first + 1, line.length - VERSION.length - 1));
    return ok({ kind: 'request', method, requestUri });
  }
  const last = line.lastIndexOf(' ');
  if (!isToken(method)) return err({ failure: syntaxFailure('badStartLine', 'the start line is malformed') });
  // RFC 3261 §7.1: the version is compared without case.
  const version = line.endsWith(VERSION) ? line.slice(last + 1) : line.slice(last + 1).toUpperCase();
  if (first === last || !version.startsWith('SIP/')) {
    return err({ method, failure: syntaxFailure('badStartLine', 'the Request-Line is malformed') });
  }
  if (version !== VERSION) {
    return err({ method, failure: syntaxFailure('unsupportedVersion', 'the SIP version is not 2.0') });
  }
  if (last - first > MAX_URI_LENGTH) {
    return err({ method, failure: syntaxFailure('uriTooLong', 'the Request-URI is too long') });
  }
  const requestUri = readUri(line.slice(first + 1, last));
  if (!requestUri) return err({ method, failure: syntaxFailure('badUri', 'the Request-URI is malformed') });
  return ok({ kind: 'request', method, requestUri });
}

function parseStatusLine(line: string): Result<StartLine, StartLineFailure> {
  if (line.slice(0, VERSION.length).toUpperCase() !== VERSION || line[VERSION.length] !== ' ') {
    return err({ failure: syntaxFailure('unsupportedVersion', 'the SIP version is not 2.0') });
  }
  const code = line.slice(VERSION.length + 1, VERSION.length + 4);
  const statusCode = parseDecimal(code, 699);
  const rest = line.slice(VERSION.length + 4);
  // INTEROP: some leave out the space before an empty reason phrase.
  if (code.length < 3 || statusCode === undefined || statusCode < 100 || (rest !== '' && !rest.startsWith(' '))) {
    return err({ failure: syntaxFailure('badStartLine', 'the Status-Line is malformed') });
  }
  return ok({ kind: 'response', statusCode, reasonPhrase: rest.slice(1) });
}
