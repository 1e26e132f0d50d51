// Bytes to message. RFC 3261 §7, §8.1.1, §18.3, §20.
import { isAscii, isUtf8 } from 'node:buffer';
import { type Result, err, ok } from '../../base/result.ts';
import type { HeaderList } from './header-list.ts';
import { CSeq, CallId, ContentLength, From, MaxForwards, RecordRoute, To, Via } from './headers.ts';
import { MAX_HEAD_LENGTH, MAX_MESSAGE_BYTES, MAX_ROUTES, MAX_VIAS } from './limits.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';
import { HeadReader, parseHeaderLines } from './parse-header-lines.ts';
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
  const { headers, hasRepeated, failure } = parseHeaderLines(reader);
  if (!startLine.ok) return err(withRequest(startLine.error.failure, startLine.error.method, headers));
  const method = startLine.value.kind === 'request' ? startLine.value.method : undefined;
  const refuse = (reason: SyntaxFailure): Result<never, ParseFailure> => err(withRequest(reason, method, headers));
  if (failure) return refuse(failure);
  if (reader.next > MAX_HEAD_LENGTH) return refuse(syntaxFailure('tooLarge', 'the header section is too long'));
  if (!reader.isEnded) return refuse(syntaxFailure('badHeader', 'the header section does not end'));
  const wrong = checkHeaders(headers, method) ?? (hasRepeated ? checkRepeated(headers) : undefined);
  if (wrong) return refuse(wrong);
  const body = readBody(bytes, bodyStart(buffer, start, reader), headers);
  return body.ok ? ok(buildMessage(startLine.value, headers, body.value)) : refuse(body.error);
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
  if (isAscii(buffer)) return new HeadReader(buffer.toString('latin1'), start);
  const head = buffer.subarray(start, endOfHead(buffer, start));
  return new HeadReader(head.toString(!isAscii(head) && isUtf8(head) ? 'utf8' : 'latin1'));
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
  for (const header of REQUIRED) {
    if (headers.get<unknown>(header) !== undefined) continue;
    if (!headers.has(header.name)) return syntaxFailure('missingHeader', `there is no ${header.name} header`);
    return syntaxFailure('badHeader', `the ${header.name} header is malformed`);
  }
  if (headers.has(MaxForwards.name) && headers.get(MaxForwards) === undefined)
    return syntaxFailure('badHeader', 'the Max-Forwards header is malformed');
  if (headers.count(Via) > MAX_VIAS) return syntaxFailure('tooLarge', 'there are too many Via headers');
  if (headers.has(RecordRoute.name) && headers.count(RecordRoute) > MAX_ROUTES)
    return syntaxFailure('tooLarge', 'there are too many Record-Route headers');
  // RFC 3261 §8.1.1.5: the method of CSeq is that of the request.
  if (method !== undefined && headers.get(CSeq)?.method !== method) {
    return syntaxFailure('badHeader', 'the CSeq method is not that of the request');
  }
  return undefined;
}

function checkRepeated(headers: HeaderList): SyntaxFailure | undefined {
  const header = SINGLE.find((single) => headers.hasConflict(single));
  return header && syntaxFailure('conflictingHeader', `there are several ${header.name} headers that differ`);
}

/** RFC 3261 §18.3: bytes beyond Content-Length are discarded, too few are an error; without it all belong to the body. */
function readBody(bytes: Uint8Array, start: number, headers: HeaderList): Result<Uint8Array, SyntaxFailure> {
  const length = contentLength(headers);
  if (!length.ok) return length;
  const end = length.value === undefined ? bytes.length : start + length.value;
  if (end > bytes.length) return err(syntaxFailure('badContentLength', 'Content-Length is more than there is'));
  return ok(bytes.subarray(start, end));
}

/** The value of Content-Length; undefined when there is none, a failure when malformed or contradictory. */
export function contentLength(headers: HeaderList): Result<number | undefined, SyntaxFailure> {
  const line = headers.line(ContentLength);
  if (!line) return ok(undefined);
  const length = line.first(ContentLength);
  if (length === undefined || headers.hasConflict(ContentLength)) {
    return err(syntaxFailure('badContentLength', 'Content-Length is malformed'));
  }
  return ok(length);
}
