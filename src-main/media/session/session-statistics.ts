// The figures of a session at one moment. RFC 3550 §6.4.1, ITU-T G.107.
import type { CodecName, SessionStatistics } from './media-engine.ts';
import type { PacketReceiver } from './packet-receiver.ts';
import type { PacketSender } from './packet-sender.ts';
import { estimateMos } from './quality.ts';
import type { RtcpReporter } from './rtcp-reporter.ts';

/** What the way from the microphone and to the loudspeaker adds to the delay of the network. */
const DEVICE_DELAY_MS = 30;

const NOTHING_RECEIVED = { concealedMs: 0, jitterMs: 0, bufferMs: 0, latePackets: 0 } as const;

/** Adds up what both paths know. */
export function sessionStatistics(
  codec: CodecName,
  sender: PacketSender,
  receiver: PacketReceiver | undefined,
  { roundTripMs, remoteLossFraction }: RtcpReporter,
): SessionStatistics {
  const { concealedMs, jitterMs, bufferMs, latePackets } = receiver ?? NOTHING_RECEIVED;
  const receivedPackets = receiver?.tracker.receivedPackets ?? 0;
  const lostPackets = receiver?.tracker.lostPackets ?? 0;
  return {
    sentPackets: sender.sentPackets,
    receivedPackets,
    lostPackets,
    latePackets,
    concealedMs: Math.round(concealedMs),
    jitterMs,
    bufferMs,
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(remoteLossFraction === undefined ? {} : { remoteLossFraction }),
    mos: estimateMos({
      codec,
      lossFraction: (lostPackets + latePackets) / Math.max(1, receivedPackets + lostPackets),
      delayMs: (roundTripMs ?? 0) / 2 + bufferMs + DEVICE_DELAY_MS,
    }),
  };
}
