// Every message in and out, for a person to read; what must stay secret is masked. RFC 3261 §22.
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Flow, TransportProtocol } from './flow.ts';

/** One message on the wire. */
export class TraceRecord {
  readonly wallMs: number;
  readonly direction: 'incoming' | 'outgoing';
  readonly flowId: string;
  readonly protocol: TransportProtocol;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly #raw: Uint8Array;

  constructor(wallMs: number, direction: 'incoming' | 'outgoing', flow: Flow, raw: Uint8Array) {
    this.wallMs = wallMs;
    this.direction = direction;
    this.flowId = flow.id;
    this.protocol = flow.protocol;
    this.local = flow.local;
    this.remote = flow.remote;
    // WHY: what came in may be a small part of a large buffer, which a kept record must not keep.
    this.#raw = direction === 'incoming' ? new Uint8Array(raw) : raw;
  }

  /** What the record keeps in memory. */
  get sizeBytes(): number {
    return this.#raw.length;
  }

  /** The message as it was but for its secrets; made when asked for. */
  get bytes(): Uint8Array {
    return maskSecrets(this.#raw);
  }
}

export interface TraceEvents {
  readonly message: TraceRecord;
}

const SECRET_HEADER = /^(?:proxy-)?authorization[ \t]*:[ \t]*([^ \t]*)/i;

/** Authorization values but for their scheme, and SRTP keys in SDP, replaced by `***`. */
export function maskSecrets(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  let isSecret = false;
  const lines = text.split('\n').map((line) => {
    // A folded line belongs to the one before.
    if (isSecret && (line.startsWith(' ') || line.startsWith('\t'))) return ' ***\r';
    const match = SECRET_HEADER.exec(line);
    isSecret = match !== null;
    if (match) return `${line.slice(0, line.indexOf(':'))}: ${match[1] ?? ''} ***\r`;
    return line.startsWith('a=crypto:') ? `${line.slice(0, line.indexOf('inline:') + 7)}***\r` : line;
  });
  return Buffer.from(lines.join('\n'), 'latin1');
}
