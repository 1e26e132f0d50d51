// The figures of a session at one moment. RFC 3550 §6.4.1, RFC 3611 §4.7, ITU-T G.107.
import type { BurstGapFigures } from '../rtp/index.ts';
import type { CodecConfig, SessionStream } from './session-config.ts';
import type { LossFigures, SessionStatistics, StreamPlace } from './session-figures.ts';
import type { SessionSockets } from './session-sockets.ts';
import type { NetworkPath } from './network-path.ts';
import { NO_FIGURES, type PacketReceiver } from './packet-receiver.ts';
import type { PacketSender } from './packet-sender.ts';
import { estimateQuality } from './quality.ts';
import type { RtcpReporter } from './rtcp-reporter.ts';

/** What the way from the microphone and to the loudspeaker adds to the delay of the network. */
const DEVICE_DELAY_MS = 30;

const NO_CODEC = { name: 'PCMU', packetMs: 20 } as const;
const NOTHING_RECEIVED = { figures: NO_FIGURES, jitterMs: 0, bufferMs: 0, targetMs: 0 } as const;

const NO_LOSSES: BurstGapFigures = {
  lossRate: 0,
  discardRate: 0,
  burstDensity: 0,
  gapDensity: 0,
  burstMs: 0,
  gapMs: 0,
  burstRatio: 1,
};

export interface MeasuredSession {
  /** Undefined before the first exchange. */
  readonly stream: SessionStream | undefined;
  readonly path: NetworkPath;
  readonly sender: PacketSender;
  readonly receiver: PacketReceiver | undefined;
  readonly reporter: RtcpReporter;
}

/** Adds up what all parts know. */
export function sessionStatistics({ stream, path, sender, receiver, reporter }: MeasuredSession): SessionStatistics {
  const { sockets, iceFigures: ice, secure } = path;
  const { failures } = secure;
  const place = sockets && stream && streamPlace(sockets, stream, sender, receiver);
  const figures = soundFigures(stream?.codecs[0] ?? NO_CODEC, sender, receiver, reporter);
  return { ...figures, ...(place && { place }), ...(failures && { srtp: failures }), ...(ice && { ice }) };
}

function soundFigures(
  { name: codec, packetMs }: Pick<CodecConfig, 'name' | 'packetMs'>,
  sender: PacketSender,
  receiver: PacketReceiver | undefined,
  { receivedReports, roundTripMs, remoteLossFraction, remoteQuality }: RtcpReporter,
): SessionStatistics {
  const { figures, jitterMs, bufferMs, targetMs } = receiver ?? NOTHING_RECEIVED;
  const { latePackets } = figures;
  const receivedPackets = receiver?.tracker.receivedPackets ?? 0;
  const lostPackets = receiver?.tracker.lostPackets ?? 0;
  const losses = receiver?.losses.figures(packetMs) ?? NO_LOSSES;
  const endSystemMs = Math.round(packetMs + bufferMs + DEVICE_DELAY_MS);
  const { rating, mosListening, mosConversational } = estimateQuality({
    codec,
    lossFraction: (lostPackets + latePackets) / Math.max(1, receivedPackets + lostPackets),
    burstRatio: losses.burstRatio,
    delayMs: (roundTripMs ?? 0) / 2 + bufferMs + DEVICE_DELAY_MS,
  });
  return {
    sentPackets: sender.sentPackets,
    receivedPackets,
    receivedReports,
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
    losses: lossFigures(losses),
    endSystemMs,
    ...(roundTripMs === undefined ? {} : { roundTripMs }),
    ...(remoteLossFraction === undefined ? {} : { remoteLossFraction }),
    ...(remoteQuality === undefined ? {} : { remoteQuality }),
    mos: mosConversational,
    mosListening,
    rFactor: Math.round(rating),
  };
}

const lossFigures = (figures: BurstGapFigures): LossFigures => ({
  lossFraction: figures.lossRate,
  discardFraction: figures.discardRate,
  burstLossFraction: figures.burstDensity,
  gapLossFraction: figures.gapDensity,
  burstMs: Math.round(figures.burstMs),
  gapMs: Math.round(figures.gapMs),
});

/** Between which ends the stream goes, and in what form. */
function streamPlace(
  { localRtp, remoteRtp: found }: SessionSockets,
  { remoteRtp, codecs: [codec] }: SessionStream,
  sender: PacketSender,
  receiver: PacketReceiver | undefined,
): StreamPlace {
  const remoteSsrc = receiver?.tracker.ssrc;
  const { payloadType, packetMs } = codec;
  const ends = { local: localRtp, localSsrc: sender.position.ssrc, remote: found ?? remoteRtp };
  return { ...ends, payloadType, packetMs, ...(remoteSsrc !== undefined && { remoteSsrc }) };
}
