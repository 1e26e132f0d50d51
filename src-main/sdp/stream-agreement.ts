// Makes the stream that both sides have agreed on, from the peer's line and what was said before it. RFC 3264 §6, §7.
import { directionOf, type LocalMedia } from './audio-line.ts';
import { isComfortNoise } from './codecs.ts';
import { isHeldBy, mirrored, narrowed, type MediaDirection } from './direction.ts';
import { readReports } from './extended-reports.ts';
import {
  packetMsFor,
  remoteAddresses,
  telephoneEvents,
  type CommonCodec,
  type NegotiatedCodec,
  type NegotiatedStream,
} from './negotiated-stream.ts';
import type { MediaDescription } from './session-description.ts';
import type { StreamIce } from './stream-ice.ts';
import type { StreamKeys } from './stream-keys.ts';

export interface AgreedOn {
  readonly local: LocalMedia;
  /** The peer's line. */
  readonly audio: MediaDescription;
  readonly common: readonly CommonCodec[];
  /** What we want to do. */
  readonly direction: MediaDirection;
  /** Our own line, where the peer's answers it. */
  readonly offered: MediaDescription | undefined;
}

/** Undefined where the peer names no address, or nothing is common. */
export function agreedStream({ local, audio, common, direction, offered }: AgreedOn): NegotiatedStream | undefined {
  const addresses = remoteAddresses(audio);
  const [first, ...others] = common.map((codec) => agreedCodec(codec, audio, local, offered));
  if (!addresses || !first) return undefined;
  const extendedReports = readReports(audio);
  const noise = first.name === 'G722' ? undefined : audio.payloads.find(isComfortNoise);
  const [event] = local.telephoneEvent ? telephoneEvents(audio, first.clockRateHz) : [];
  const stream = {
    remoteRtp: addresses.rtp,
    remoteRtcp: addresses.rtcp,
    direction: narrowed(mirrored(directionOf(audio)), direction),
    isRemoteHolding: isHeldBy(directionOf(audio), direction),
    codecs: [first, ...others] as const,
    ...(extendedReports && { extendedReports }),
    ...(noise?.clockRateHz === first.clockRateHz && { comfortNoise: { payloadType: noise.payloadType } }),
  };
  if (!event) return stream;
  return { ...stream, telephoneEvent: { payloadType: event.payloadType, clockRateHz: event.clockRateHz } };
}

/** With what protects the stream, and which way it takes. */
export const protectedStream = (
  stream: NegotiatedStream,
  { agreed: crypto, agreedDtls: dtls }: StreamKeys,
  ice: StreamIce | undefined,
): NegotiatedStream => ({
  ...stream,
  ...(crypto && { crypto }),
  ...(dtls && { dtls }),
  ...(ice?.agreed && { ice: ice.agreed }),
});

/** INTEROP: an answer may name a dynamic payload type of ours without saying again what it is. */
export function withOfferedNames(answer: MediaDescription, offered: MediaDescription | undefined): MediaDescription {
  const payloads = answer.payloads.map((payload) => {
    if (payload.encodingName !== '') return payload;
    const ours = offered?.payloads.find(({ payloadType }) => payloadType === payload.payloadType);
    return ours ? { ...ours, parameters: payload.parameters } : payload;
  });
  return { ...answer, payloads };
}

function agreedCodec(
  { name, payload }: CommonCodec,
  audio: MediaDescription,
  { ptimeMs }: LocalMedia,
  offered: MediaDescription | undefined,
): NegotiatedCodec {
  const ours = offered?.payloads.find(({ encodingName }) => encodingName === name);
  return {
    name,
    payloadType: payload.payloadType,
    receivePayloadType: ours?.payloadType ?? payload.payloadType,
    clockRateHz: payload.clockRateHz,
    packetMs: packetMsFor(audio, ptimeMs, name),
    ...(audio.maxptimeMs !== undefined && { maxPacketMs: audio.maxptimeMs }),
    remoteParameters: payload.parameters,
  };
}
