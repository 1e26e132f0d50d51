// Message to bytes. RFC 3261 §7, §20.14.
import { InvariantError } from '../../base/result.ts';
import { breaksLine, isToken } from './characters.ts';
import type { HeaderLine } from './header-line.ts';
import type { SipMessage } from './message.ts';
import { formatUri } from './uri.ts';

/**
 * The bytes of `message`, with the Content-Length that is true.
 * The one choke point of everything sent: a CR, LF or NUL in a value is our own fault and throws InvariantError.
 */
export function serializeMessage(message: SipMessage): Uint8Array {
  let head = `${checked(startLine(message))}\r\n${headerLines(message.headers.entries())}`;
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  if (message.body.length === 0) return Buffer.from(head);
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(head) + message.body.length);
  bytes.set(message.body, bytes.write(head));
  return bytes;
}

function headerLines(lines: readonly HeaderLine[]): string {
  let text = '';
  // WHY: lines that were read as lines can break none, and neighbours go out in one piece.
  let head: string | undefined;
  let start = 0;
  let end = 0;
  for (const line of lines) {
    if (line.head !== undefined && line.head === head && line.start === end && line.name !== 'Content-Length') {
      end = line.end;
      continue;
    }
    if (head !== undefined) text += head.slice(start, end);
    head = undefined;
    if (line.name === 'Content-Length') continue;
    if (line.head === undefined) text += ownLine(line);
    else ({ head, start, end } = line);
  }
  return head === undefined ? text : text + head.slice(start, end);
}

function ownLine({ header, name, value }: HeaderLine): string {
  if (!header.isKnown && !isToken(name)) throw new InvariantError(`"${name}" is not a header name`);
  return `${name}: ${checked(value)}\r\n`;
}

function startLine(message: SipMessage): string {
  if (message.kind === 'response') return `SIP/2.0 ${message.statusCode} ${message.reasonPhrase}`;
  return `${message.method} ${formatUri(message.requestUri)} SIP/2.0`;
}

function checked(text: string): string {
  if (breaksLine(text)) throw new InvariantError('a value would break its line');
  return text;
}
