// Ties the reports of the peer to what is sent: one congestion state for each negotiated codec. RFC 7587 §5.
import { congestionStep, startCongestion, type CongestionLimits, type CongestionState } from './congestion.ts';
import type { LossReport } from './congestion.ts';
import type { CodecConfig } from './session-config.ts';
import type { PacketSender } from './packet-sender.ts';

const MOST_BPS = 510_000;

/** Adapts one sender; codecs other than Opus have nothing to adapt. */
export class SendAdaptation {
  readonly #sender: PacketSender;
  #state: CongestionState | undefined;
  #limits: CongestionLimits | undefined;
  #key = '';

  constructor(sender: PacketSender) {
    this.#sender = sender;
  }

  /** Takes over an exchange; the same codec keeps what was learnt. */
  setCodec(config: CodecConfig): void {
    const key = JSON.stringify(config);
    if (key === this.#key) return;
    this.#key = key;
    this.#state = undefined;
    this.#limits = config.name === 'opus' ? limitsOf(config) : undefined;
  }

  take(report: LossReport): void {
    if (!this.#limits) return;
    this.#state = congestionStep(this.#state ?? startCongestion(this.#limits), report, this.#limits);
    this.#sender.adapt(this.#state);
  }
}

function limitsOf({ packetMs, maxPacketMs, remoteParameters }: CodecConfig): CongestionLimits {
  const stated = Number(remoteParameters['maxaveragebitrate'] ?? '');
  return {
    maxBitrateBps: stated >= 6000 && stated <= MOST_BPS ? stated : MOST_BPS,
    packetMs,
    maxPacketMs: maxPacketMs ?? packetMs,
  };
}
