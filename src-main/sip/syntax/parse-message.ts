// Bytes to message. RFC 3261 §7, §8.1.1, §18.3, §20.
import { isAscii, isUtf8 } from 'node:buffer';
import { type Result, err, ok } from '../../base/result.ts';
import type { HeaderList } from './header-list.ts';
import { CSeq, CallId, ContentLength, From, MaxForwards, RecordRoute, To, Via } from './headers.ts';
import { MAX_HEAD_LENGTH, MAX_MESSAGE_BYTES, MAX_ROUTES, MAX_VIAS } from './limits.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';
import { HeadReader, type HeaderSection, parseHeaderLines } from './parse-header-lines.ts';
import type { ParseFailure } from './parse-failure.ts';
import { type SyntaxFailure, syntaxFailure } from './syntax-failure.ts';
import { type StartLine, parseStartLine } from './start-line.ts';

const CR = 0x0d;
const LF = 0x0a;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/** Reads one whole message: a datagram, or what a stream's framing cut out. Never throws; keeps views of `bytes` as body. */
export function parseMessage(bytes: Uint8Array): Result<SipMessage, ParseFailure> {
  if (bytes.length > MAX_MESSAGE_BYTES) return err(syntaxFailure('tooLarge', 'the message is too large'));
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const start = startOfMessage(buffer);
  if (start === buffer.length) return err(syntaxFailure('empty', 'there is no message'));
  const reader = openHead(buffer, start);
  if (!reader.nextLine()) return err(reader.failure ?? syntaxFailure('empty', 'there is no message'));
  const startLine = parseStartLine(reader.head.slice(reader.lineStart, reader.lineEnd));
  const section = parseHeaderLines(reader);
  const { headers, hasRepeated, failure } = section;
  if (!startLine.ok) return err(withRequest(startLine.error.failure, startLine.error.method, headers));
  const method = startLine.value.kind === 'request' ? startLine.value.method : undefined;
  const wrong =
    failure ?? checkHead(reader) ?? checkHeaders(headers, method) ?? (hasRepeated ? checkRepeated(headers) : undefined);
  if (wrong) return err(withRequest(wrong, method, headers));
  const body = readBody(bytes, bodyStart(buffer, start, reader), section);
  if (!body.ok) return err(withRequest(body.error, method, headers));
  return ok(buildMessage(startLine.value, headers, body.value));
}

function checkHead({ next, isEnded }: HeadReader): SyntaxFailure | undefined {
  if (next > MAX_HEAD_LENGTH) return syntaxFailure('tooLarge', 'the header section is too long');
  return isEnded ? undefined : syntaxFailure('badHeader', 'the header section does not end');
}

/** RFC 3261 §7.5: empty lines before the start line are ignored. */
function startOfMessage(buffer: Buffer): number {
  let start = 0;
  while (buffer[start] === CR || buffer[start] === LF) start++;
  return start;
}

/** RFC 3261 §7.3.1: text is UTF-8. INTEROP: older peers write Latin-1, which is recognized by not being UTF-8. */
function openHead(buffer: Buffer, start: number): HeadReader {
  // WHY: nearly every message is ASCII, where bytes are characters, and then nothing has to be looked for twice.
  if (isAscii(buffer)) return new HeadReader(buffer.toString('latin1'), buffer, start);
  const bytes = buffer.subarray(start, endOfHead(buffer, start));
  if (isAscii(bytes) || !isUtf8(bytes)) return new HeadReader(bytes.toString('latin1'), bytes);
  const head = bytes.toString('utf8');
  return new HeadReader(head, Buffer.from(head.replace(/[^\0-\x7f]/g, '\xff'), 'latin1'));
}

function endOfHead(buffer: Buffer, start: number): number {
  const blank = buffer.indexOf(END_OF_HEAD, start);
  return blank < 0 ? buffer.length : blank + END_OF_HEAD.length;
}

const bodyStart = (buffer: Buffer, start: number, { head, next }: HeadReader): number =>
  head.length === buffer.length ? next : endOfHead(buffer, start);

function withRequest(failure: SyntaxFailure, method: string | undefined, headers: HeaderList): ParseFailure {
  return method === undefined ? failure : { ...failure, request: { method, headers } };
}

function buildMessage(startLine: StartLine, headers: HeaderList, body: Uint8Array): SipMessage {
  if (startLine.kind === 'response') {
    const { statusCode, reasonPhrase } = startLine;
    return new SipResponse({ statusCode, reasonPhrase, headers, body });
  }
  const { method, requestUri } = startLine;
  return new SipRequest({ method, requestUri, headers, body });
}

/** The headers that everything above relies on. RFC 3261 §8.1.1, §20.1 Table 2. */
const REQUIRED = [Via, From, To, CallId, CSeq] as const;
/** RFC 3261 §7.3.1: headers that are no lists stand once; a copy of the same value does no harm. */
const SINGLE = [From, To, CallId, CSeq, MaxForwards] as const;

function checkHeaders(headers: HeaderList, method: string | undefined): SyntaxFailure | undefined {
  const hasAll = headers.get(Via) && headers.get(From) && headers.get(To) && headers.get(CallId) && headers.get(CSeq);
  if (!hasAll) return firstWrong(headers);
  if (headers.line(MaxForwards.header) && headers.get(MaxForwards) === undefined)
    return syntaxFailure('badHeader', 'the Max-Forwards header is malformed');
  if (headers.count(Via) > MAX_VIAS) return syntaxFailure('tooLarge', 'there are too many Via headers');
  if (headers.count(RecordRoute) > MAX_ROUTES)
    return syntaxFailure('tooLarge', 'there are too many Record-Route headers');
  // RFC 3261 §8.1.1.5: the method of CSeq is that of the request.
  if (method !== undefined && headers.get(CSeq)?.method !== method) {
    return syntaxFailure('badHeader', 'the CSeq method is not that of the request');
  }
  return undefined;
}

function firstWrong(headers: HeaderList): SyntaxFailure | undefined {
  const header = REQUIRED.find((required) => headers.get<unknown>(required) === undefined);
  if (!header) return undefined;
  if (!headers.line(header.header)) return syntaxFailure('missingHeader', `there is no ${header.name} header`);
  return syntaxFailure('badHeader', `the ${header.name} header is malformed`);
}

function checkRepeated(headers: HeaderList): SyntaxFailure | undefined {
  const header = SINGLE.find((single) => headers.hasConflict(single));
  return header && syntaxFailure('conflictingHeader', `there are several ${header.name} headers that differ`);
}

/** RFC 3261 §18.3: bytes beyond Content-Length are discarded, too few are an error; without it all belong to the body. */
function readBody(bytes: Uint8Array, start: number, section: HeaderSection): Result<Uint8Array, SyntaxFailure> {
  const length = contentLength(section);
  if (!length.ok) return length;
  const end = length.value === undefined ? bytes.length : start + length.value;
  if (end > bytes.length) return err(syntaxFailure('badContentLength', 'Content-Length is more than there is'));
  return ok(bytes.subarray(start, end));
}

/** The value of Content-Length; undefined when there is none, a failure when malformed or contradictory. */
export function contentLength({ headers, hasRepeated }: HeaderSection): Result<number | undefined, SyntaxFailure> {
  const line = headers.line(ContentLength.header);
  if (!line) return ok(undefined);
  const length = line.first(ContentLength);
  if (length === undefined || (hasRepeated && headers.hasConflict(ContentLength))) {
    return err(syntaxFailure('badContentLength', 'Content-Length is malformed'));
  }
  return ok(length);
}
