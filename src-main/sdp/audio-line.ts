// The audio line of our offers and answers, and what is read from the peer's. RFC 3264 §5.1, §6.1, §8.4.
import { isComfortNoise, type SdpCodecName } from './codecs.ts';
import { type CommonCodec, isHoldAddress } from './negotiated-stream.ts';
import type { PayloadTypes } from './payload-types.ts';
import type { MediaDescription, PayloadFormat, SdpDirection } from './session-description.ts';
import type { LocalIce } from './stream-ice.ts';
import type { LocalCrypto } from './stream-keys.ts';

export interface CodecPreference {
  readonly name: SdpCodecName;
}

/** What we bring to the session. */
export interface LocalMedia {
  readonly address: string;
  /** What the o= line keeps saying when `address` became another one. RFC 3264 §8 */
  readonly originAddress?: string;
  readonly rtpPort: number;
  readonly rtcpPort: number;
  /** Where it is not `address`. */
  readonly rtcpAddress?: string;
  /** In order of preference. */
  readonly codecs: readonly CodecPreference[];
  readonly telephoneEvent: boolean;
  /** Silence is left out: comfort noise is offered with the codecs that have none of their own, and Opus may do so too. */
  readonly silenceSuppression?: boolean;
  /** Digits, unique for this session. RFC 8866 §5.2. */
  readonly sessionId: string;
  readonly version?: number;
  readonly ptimeMs: number;
  /** Whether and how the stream is encrypted; not at all without it. */
  readonly crypto?: LocalCrypto;
  /** Where else we may be reached, and by which names checks are known; no way is looked for without it. */
  readonly ice?: LocalIce;
}

/** What one description says of our stream, beside what we bring. */
export interface AudioTerms {
  readonly protocol: string;
  readonly payloads: readonly PayloadFormat[];
  readonly direction: SdpDirection;
  readonly ptimeMs: number;
  /** RFC 5761 §5.1.1: reports may come and go by the port of the sound. */
  readonly isRtcpMux: boolean;
  /** Keys, or whose certificate and who begins the handshake. */
  readonly attributes: readonly string[];
}

export function audioLine(local: LocalMedia, terms: AudioTerms): MediaDescription {
  const { address, rtpPort, rtcpPort, rtcpAddress } = local;
  const line = {
    kind: 'audio',
    port: rtpPort,
    formats: terms.payloads.map(({ payloadType }) => String(payloadType)),
    connection: address,
    ...terms,
  };
  // RFC 3605 §2.1: said only where it is not the next port.
  if (rtcpAddress !== undefined) return { ...line, rtcpPort, rtcpAddress };
  return rtcpPort === rtpPort + 1 ? line : { ...line, rtcpPort };
}

/** What the peer says of its side. RFC 3264 §8.4: an address of zeros means hold, as RFC 2543 had it, whatever the attribute says. */
export function directionOf(media: MediaDescription): SdpDirection {
  if (!isHoldAddress(media.connection)) return media.direction;
  return media.direction === 'sendrecv' || media.direction === 'sendonly' ? 'sendonly' : 'inactive';
}

/** RFC 3264 §6: a refused stream keeps its line, with port 0. */
export function refused(line: MediaDescription): MediaDescription {
  return { ...line, port: 0 };
}

/** RFC 3264 §6.1: the common formats in the order of the offer. */
export function answeredPayloads(
  audio: MediaDescription,
  common: readonly CommonCodec[],
  others: readonly PayloadFormat[],
  payloadTypes: PayloadTypes,
): PayloadFormat[] {
  return audio.payloads.flatMap((payload) => {
    const codec = common.find((candidate) => candidate.payload === payload);
    if (codec) return payloadTypes.offered([codec.name], {});
    if (!others.includes(payload)) return [];
    return isComfortNoise(payload) ? [payload] : [payloadTypes.telephoneEvent(payload.clockRateHz)];
  });
}
