// How long the body of a message in a stream is. RFC 3261 §18.3, §20.14.
import { type Result, ok } from '../../base/result.ts';
import { HeadReader, parseHeaderLines } from './parse-header-lines.ts';
import { contentLength } from './parse-message.ts';
import type { SyntaxFailure } from './syntax-failure.ts';

/**
 * The bytes of body that follow `head` (start line and headers, with or without the empty line).
 * INTEROP: streams must say Content-Length; who leaves it out sends no body.
 */
export function measureBody(head: Uint8Array): Result<number, SyntaxFailure> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const reader = new HeadReader(bytes.toString('latin1'), bytes);
  reader.nextLine();
  const length = contentLength(parseHeaderLines(reader));
  return length.ok ? ok(length.value ?? 0) : length;
}
