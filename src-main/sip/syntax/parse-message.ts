// Bytes to message. RFC 3261 §7, §8.1.1, §18.3, §20.
import { isAscii, isUtf8 } from 'node:buffer';
import { type Result, err, ok } from '../../base/result.ts';
import { parseDecimal } from './characters.ts';
import type { HeaderList } from './header-list.ts';
import { CSeq, CallId, From, MaxForwards, To, Via } from './headers.ts';
import { MAX_MESSAGE_BYTES, MAX_VIAS } from './limits.ts';
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
  const blank = buffer.indexOf(END_OF_HEAD, start);
  const headEnd = blank < 0 ? buffer.length : blank + 2;
  const reader = new HeadReader(decodeHead(buffer, start, headEnd));
  const firstLine = reader.takeLine();
  if (firstLine === undefined) return err(reader.failure ?? syntaxFailure('empty', 'there is no message'));
  const startLine = parseStartLine(firstLine);
  const { headers, failure } = parseHeaderLines(reader);
  if (!startLine.ok) return err(withRequest(startLine.error.failure, startLine.error.method, headers));
  const method = startLine.value.kind === 'request' ? startLine.value.method : undefined;
  const refuse = (reason: SyntaxFailure): Result<never, ParseFailure> => err(withRequest(reason, method, headers));
  if (failure) return refuse(failure);
  if (blank < 0) return refuse(syntaxFailure('badHeader', 'the header section does not end'));
  const wrong = checkHeaders(headers, method);
  if (wrong) return refuse(wrong);
  const body = readBody(bytes.subarray(blank + 4), headers);
  return body.ok ? ok(buildMessage(startLine.value, headers, body.value)) : refuse(body.error);
}

/** RFC 3261 §7.5: empty lines before the start line are ignored. */
function startOfMessage(buffer: Buffer): number {
  let start = 0;
  while (buffer[start] === CR || buffer[start] === LF) start++;
  return start;
}

/** RFC 3261 §7.3.1: text is UTF-8. INTEROP: older peers write Latin-1, which is recognized by not being UTF-8. */
function decodeHead(buffer: Buffer, start: number, end: number): string {
  const head = buffer.subarray(start, end);
  // WHY: nearly every head is ASCII, and that is read fastest as Latin-1.
  return head.toString(!isAscii(head) && isUtf8(head) ? 'utf8' : 'latin1');
}

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
  for (const header of SINGLE) {
    if (headers.hasConflict(header)) {
      return syntaxFailure('conflictingHeader', `there are several ${header.name} headers that differ`);
    }
  }
  if (!headers.check(MaxForwards).ok) return syntaxFailure('badHeader', 'the Max-Forwards header is malformed');
  if (headers.count(Via) > MAX_VIAS) return syntaxFailure('tooLarge', 'there are too many Via headers');
  // RFC 3261 §8.1.1.5: the method of CSeq is that of the request.
  if (method !== undefined && headers.get(CSeq)?.method !== method) {
    return syntaxFailure('badHeader', 'the CSeq method is not that of the request');
  }
  return undefined;
}

/** RFC 3261 §18.3: bytes beyond Content-Length are discarded, too few are an error; without it all belong to the body. */
function readBody(rest: Uint8Array, headers: HeaderList): Result<Uint8Array, SyntaxFailure> {
  const length = contentLength(headers);
  if (!length.ok) return length;
  if (length.value === undefined) return ok(rest);
  if (length.value > rest.length) {
    return err(syntaxFailure('badContentLength', 'Content-Length is more than there is'));
  }
  return ok(rest.subarray(0, length.value));
}

/** The value of Content-Length; undefined when there is none, a failure when malformed or contradictory. */
export function contentLength(headers: HeaderList): Result<number | undefined, SyntaxFailure> {
  const lengths = headers.raw('Content-Length');
  const [first] = lengths;
  if (first === undefined) return ok(undefined);
  const length = parseDecimal(first, Number.MAX_SAFE_INTEGER);
  if (length === undefined || lengths.some((other) => other !== first)) {
    return err(syntaxFailure('badContentLength', 'Content-Length is malformed'));
  }
  return ok(length);
}
