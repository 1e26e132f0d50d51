// Message to bytes. RFC 3261 §7, §20.14.
import { InvariantError } from '../../base/result.ts';
import { breaksLine, isToken } from './characters.ts';
import type { SipMessage } from './message.ts';
import { formatUri } from './uri.ts';

/**
 * The bytes of `message`, with the Content-Length that is true.
 * The one choke point of everything sent: a CR, LF or NUL in a value is our own fault and throws InvariantError.
 */
export function serializeMessage(message: SipMessage): Uint8Array {
  let head = `${checked(startLine(message))}\r\n`;
  for (const { name, value } of message.headers.entries()) {
    if (name === 'Content-Length') continue;
    if (!isToken(name)) throw new InvariantError(`"${name}" is not a header name`);
    head += `${name}: ${checked(value)}\r\n`;
  }
  head += `Content-Length: ${message.body.length}\r\n\r\n`;
  const bytes = Buffer.allocUnsafe(Buffer.byteLength(head) + message.body.length);
  bytes.set(message.body, bytes.write(head));
  return bytes;
}

function startLine(message: SipMessage): string {
  if (message.kind === 'response') return `SIP/2.0 ${message.statusCode} ${message.reasonPhrase}`;
  return `${message.method} ${formatUri(message.requestUri)} SIP/2.0`;
}

function checked(text: string): string {
  if (breaksLine(text)) throw new InvariantError('a value would break its line');
  return text;
}
