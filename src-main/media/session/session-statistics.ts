// The figures of a session at one moment. RFC 3550 §6.4.1, ITU-T G.107.
import type { CodecName, SessionStatistics } from './media-engine.ts';
import { NO_FIGURES, type PacketReceiver } from './packet-receiver.ts';
import type { PacketSender } from './packet-sender.ts';
import { estimateMos } from './quality.ts';
import type { RtcpReporter } from './rtcp-reporter.ts';

/** What the way from the microphone and to the loudspeaker adds to the delay of the network. */
const DEVICE_DELAY_MS = 30;

const NOTHING_RECEIVED = { figures: NO_FIGURES, jitterMs: 0, bufferMs: 0, targetMs: 0 } as const;

/** Adds up what both paths know. */
export function sessionStatistics(
  codec: CodecName,
  sender: PacketSender,
  receiver: PacketReceiver | undefined,
  { roundTripMs, remoteLossFraction }: RtcpReporter,
): SessionStatistics {
  const { figures, jitterMs, bufferMs, targetMs } = receiver ?? NOTHING_RECEIVED;
  const { latePackets } = figures;
  const receivedPackets = receiver?.tracker.receivedPackets ?? 0;
  const lostPackets = receiver?.tracker.lostPackets ?? 0;
  return {
    sentPackets: sender.sentPackets,
    receivedPackets,
    lostPackets,
    latePackets,
    duplicatePackets: figures.duplicatePackets,
    reorderedPackets: figures.reorderedPackets,
    concealedMs: Math.round(figures.concealedMs),
    grownMs: Math.round(figures.grownMs),
    shrunkMs: Math.round(figures.shrunkMs),
    jitterMs,
    bufferMs,
    bufferTargetMs: targetMs,
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(remoteLossFraction === undefined ? {} : { remoteLossFraction }),
    mos: estimateMos({
      codec,
      lossFraction: (lostPackets + latePackets) / Math.max(1, receivedPackets + lostPackets),
      delayMs: (roundTripMs ?? 0) / 2 + bufferMs + DEVICE_DELAY_MS,
    }),
  };
}
