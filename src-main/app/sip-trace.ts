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

export class SipTrace {
  readonly #records: TraceRecord[] = [];

  constructor(transport: TransportLayer) {
    transport.trace.on('message', (record) => {
      this.#records.push(record);
      if (this.#records.length > LIMIT) this.#records.shift();
    });
  }

  list(): readonly TraceEntry[] {
    return this.#records.map((record) => {
      const { wallMs, direction, protocol, remote } = record;
      const text = Buffer.from(record.bytes).toString('utf8');
      return { atMs: wallMs, direction, protocol, remote: formatSocketAddress(remote), text };
    });
  }
}
