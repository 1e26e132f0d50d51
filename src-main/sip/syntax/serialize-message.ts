// Message to bytes. RFC 3261 §7, §20.14.
import { InvariantError } from '../../base/result.ts';
import { breaksLine, isToken } from './characters.ts';
import { type HeaderLine, LINE_END } from './header-line.ts';
import { ContentLength } from './headers.ts';
import type { SipMessage } from './message.ts';
import { formatUri } from './uri.ts';

const NO_CONTENT = '\r\nContent-Length: 0\r\n\r\n';

/**
 * The bytes of `message`, with the Content-Length that is true.
 * The one choke point of everything sent: a CR, LF or NUL in a value is our own fault and throws InvariantError.
 */
export function serializeMessage(message: SipMessage): Uint8Array {
  const head = checked(startLine(message)) + headerLines(message.headers.entries());
  if (message.body.length === 0) return Buffer.from(head + NO_CONTENT);
  const whole = `${head}\r\nContent-Length: ${message.body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(whole) + message.body.length);
  bytes.set(message.body, bytes.write(whole));
  return bytes;
}

/** Each line with the end of the one before it, which is also what stands before it where it was read. */
function headerLines(lines: readonly HeaderLine[]): string {
  let text = '';
  // WHY: lines that were read as lines can break none, and neighbours go out in one piece.
  let head = '';
  let start = 0;
  let end = 0;
  for (const line of lines) {
    const isSent = line.header !== ContentLength.header;
    if (isSent && line.start === end && end > 0 && line.head === head) {
      end = line.end;
      continue;
    }
    if (end > 0) text += head.slice(start - LINE_END.length, end - LINE_END.length);
    end = 0;
    if (!isSent) continue;
    if (line.head === undefined) text += ownLine(line);
    else ({ head, start, end } = line);
  }
  return end > 0 ? text + head.slice(start - LINE_END.length, end - LINE_END.length) : text;
}

function ownLine({ header, value }: HeaderLine): string {
  if (!header.isKnown && !isToken(header.name)) throw new InvariantError(`"${header.name}" is not a header name`);
  return header.opening + checked(value);
}

function startLine(message: SipMessage): string {
  if (message.kind === 'response') return `SIP/2.0 ${message.statusCode} ${message.reasonPhrase}`;
  return `${message.method} ${formatUri(message.requestUri)} SIP/2.0`;
}

function checked(text: string): string {
  if (breaksLine(text)) throw new InvariantError('a value would break its line');
  return text;
}
