// The last SIP messages, for a person who looks for a fault. Secrets are masked by the transport; memory is bounded.
import type { TransportLayer } from '../sip/transport/index.ts';
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
  readonly #entries: TraceEntry[] = [];

  constructor(transport: TransportLayer) {
    transport.trace.on('message', (record) => {
      const text = Buffer.from(record.bytes).toString('utf8');
      const { wallMs, direction, protocol, remote } = record;
      this.#entries.push({ atMs: wallMs, direction, protocol, remote: formatSocketAddress(remote), text });
      if (this.#entries.length > LIMIT) this.#entries.shift();
    });
  }

  list(): readonly TraceEntry[] {
    return this.#entries;
  }
}
