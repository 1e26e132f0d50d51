// What an offer and its answer agree on, from the peer's description. RFC 3264 §6, §7.
import type { SocketAddress } from '../base/socket-address.ts';
import { type SdpCodecName, codecFormat, isCodec, isTelephoneEvent } from './codecs.ts';
import type { MediaDirection } from './direction.ts';
import type { NegotiatedReports } from './extended-reports.ts';
import type { MediaDescription, PayloadFormat } from './session-description.ts';
import type { NegotiatedIce } from './stream-ice.ts';
import type { NegotiatedDtls } from './stream-dtls.ts';
import type { NegotiatedCrypto } from './stream-keys.ts';

export interface NegotiatedCodec {
  readonly name: SdpCodecName;
  /** What we send with: the peer's number. */
  readonly payloadType: number;
  /** What the peer sends with: our number, which differs only where the peer answers with others. RFC 3264 §5.1. */
  readonly receivePayloadType: number;
  readonly clockRateHz: number;
  readonly packetMs: number;
  /** The longest packet that the peer has said to take. RFC 8866 §6.5 */
  readonly maxPacketMs?: number;
  readonly remoteParameters: Readonly<Record<string, string>>;
}

export interface NegotiatedStream {
  readonly remoteRtp: SocketAddress;
  readonly remoteRtcp: SocketAddress;
  /** What we do. */
  readonly direction: MediaDirection;
  /** The peer wants nothing from us for now. RFC 3264 §8.4. */
  readonly isRemoteHolding: boolean;
  /** The first is what we send; any may arrive. */
  readonly codecs: readonly [NegotiatedCodec, ...NegotiatedCodec[]];
  readonly telephoneEvent?: { readonly payloadType: number; readonly clockRateHz: number };
  /** Noise in the place of silence, at the clock of the codec in use. RFC 3389 §5.1 */
  readonly comfortNoise?: { readonly payloadType: number };
  /** Absent when the peer does not speak of them. RFC 3611 §5.2 */
  readonly extendedReports?: NegotiatedReports;
  /** Absent when sound goes as it is. RFC 4568 §7.1 */
  readonly crypto?: NegotiatedCrypto;
  /** Keys come from a handshake on the media path, before which nothing is sent. RFC 5763 §5 */
  readonly dtls?: NegotiatedDtls;
  /** Absent unless both sides look for their way. RFC 8839 §4 */
  readonly ice?: NegotiatedIce;
}

/** A codec of both sides and how the peer writes it. */
export interface CommonCodec {
  readonly name: SdpCodecName;
  readonly payload: PayloadFormat;
}

/** The codecs of `names` that `media` has, in the order of `media`, each once. */
export function commonCodecs(media: MediaDescription, names: readonly SdpCodecName[]): CommonCodec[] {
  const common: CommonCodec[] = [];
  for (const payload of media.payloads) {
    const name = names.find((candidate) => isCodec(payload, codecFormat(candidate)));
    if (name !== undefined && !common.some((other) => other.name === name)) common.push({ name, payload });
  }
  return common;
}

/** The telephone events of `media`; first the one at the clock of the codec in use. RFC 4733 §2.1. */
export function telephoneEvents(media: MediaDescription, clockRateHz: number): PayloadFormat[] {
  const known = media.payloads.filter((payload) => isTelephoneEvent(payload) && isKnownClock(payload.clockRateHz));
  return [...known].sort((a, b) => Number(b.clockRateHz === clockRateHz) - Number(a.clockRateHz === clockRateHz));
}

const isKnownClock = (clockRateHz: number): boolean => clockRateHz === 8_000 || clockRateHz === 48_000;

const MIN_PACKET_MS = 10;
const MAX_PACKET_MS = 60;

/** What an Opus frame may last, of what is asked for here. RFC 6716 §2.1.4 */
const OPUS_PACKET_MS = [60, 40, 20, 10];

/** RFC 8866 §6.4, §6.5: what the peer likes, no more than it can take, in steps of 10 ms or of what `codec` has frames for. */
export function packetMsFor(
  { ptimeMs, maxptimeMs }: MediaDescription,
  localPtimeMs: number,
  codec?: SdpCodecName,
): number {
  const wanted = Math.min(ptimeMs ?? localPtimeMs, maxptimeMs ?? MAX_PACKET_MS, MAX_PACKET_MS);
  const packetMs = Math.max(MIN_PACKET_MS, Math.floor(wanted / 10) * 10);
  return codec === 'opus' ? (OPUS_PACKET_MS.find((ms) => ms <= packetMs) ?? MIN_PACKET_MS) : packetMs;
}

/**
 * Where the peer wants RTP and RTCP; undefined when it does not say so in numbers. RFC 3605 §2.1. RFC 5761 §5.1.1: who says
 * `rtcp-mux` wants both at one port, and we say it whenever the peer does.
 */
export function remoteAddresses(media: MediaDescription): { rtp: SocketAddress; rtcp: SocketAddress } | undefined {
  const { connection, port, rtcpPort, rtcpAddress } = media;
  if (connection === undefined || !isNumericAddress(connection)) return undefined;
  const rtp = { address: connection, port };
  if (media.isRtcpMux) return { rtp, rtcp: rtp };
  // RFC 3550 §11: RTCP goes to the next port where nothing else is said.
  const nextPort = Math.min(65_535, port + 1);
  const isRtcpAddressUsable = rtcpAddress !== undefined && isNumericAddress(rtcpAddress);
  return { rtp, rtcp: { address: isRtcpAddressUsable ? rtcpAddress : connection, port: rtcpPort ?? nextPort } };
}

/** RFC 3264 §8.4: how RFC 2543 says hold. */
export const isHoldAddress = (address: string | undefined): boolean => address === '0.0.0.0' || address === '::';

/** WHY: media is sent to addresses, and looking a name up here would delay the answer. */
function isNumericAddress(text: string): boolean {
  if (text.includes(':')) return /^[0-9a-f:.]{2,45}$/i.test(text);
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}
