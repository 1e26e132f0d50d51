// The last SIP messages, for a person who looks for a fault. Secrets are masked by the transport; memory is bounded.
import type { TraceRecord, TransportLayer } from '../sip/transport/index.ts';
import { formatSocketAddress } from '../base/socket-address.ts';

export interface TraceEntry {
  readonly atMs: number;
  readonly direction: 'incoming' | 'outgoing';
  readonly protocol: string;
  readonly remote: string;
  readonly text: string;
}

const LIMIT = 500;
/** WHY: a peer may fill each message up to 64 KiB, and nobody reads that many. */
const MAX_TRACE_BYTES = 4 << 20;

export class SipTrace {
  readonly #records: TraceRecord[] = [];
  #sizeBytes = 0;

  constructor(transport: TransportLayer) {
    transport.trace.on('message', (record) => {
      this.#records.push(record);
      this.#sizeBytes += record.sizeBytes;
      while (this.#records.length > LIMIT || this.#sizeBytes > MAX_TRACE_BYTES) this.#forgetOldest();
    });
  }

  #forgetOldest(): void {
    this.#sizeBytes -= this.#records.shift()?.sizeBytes ?? this.#sizeBytes;
  }

  list(): readonly TraceEntry[] {
    return this.#records.map((record) => {
      const { wallMs, direction, protocol, remote } = record;
      const text = Buffer.from(record.bytes).toString('utf8');
      return { atMs: wallMs, direction, protocol, remote: formatSocketAddress(remote), text };
    });
  }
}
