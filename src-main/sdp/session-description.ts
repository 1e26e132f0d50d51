// A session description as checked data. RFC 8866 §5, RFC 3264 §5.

/** The directions of RFC 8866 §6.7, in the words of SDP; seen from who wrote the description. */
export type SdpDirection = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export interface Origin {
  readonly username: string;
  /** Digits; kept as text because 64 bits do not fit a number. */
  readonly sessionId: string;
  readonly sessionVersion: string;
  readonly address: string;
}

/** One payload type of an audio or video line with what rtpmap and fmtp say of it. */
export interface PayloadFormat {
  readonly payloadType: number;
  /** Empty when a dynamic payload type has no rtpmap. */
  readonly encodingName: string;
  readonly clockRateHz: number;
  readonly channels: number;
  /** Format parameters with lower-case names; one without `=` has an empty value. */
  readonly parameters: Readonly<Record<string, string>>;
}

export interface MediaDescription {
  /** `audio`, `video`, `application`, …. */
  readonly kind: string;
  /** 0 refuses or removes the stream. RFC 3264 §6, §8.2. */
  readonly port: number;
  /** `RTP/AVP`, `RTP/SAVP`, …. */
  readonly protocol: string;
  /** The format list as written. */
  readonly formats: readonly string[];
  /** The formats of an RTP line. */
  readonly payloads: readonly PayloadFormat[];
  /** The media's own, else the session's; undefined when neither says. */
  readonly connection?: string;
  readonly direction: SdpDirection;
  readonly ptimeMs?: number;
  readonly maxptimeMs?: number;
  readonly rtcpPort?: number;
  readonly rtcpAddress?: string;
  readonly isRtcpMux: boolean;
  /** Attributes without a field of their own, as written after `a=`: crypto, fingerprint, ICE, unknown ones. */
  readonly attributes: readonly string[];
}

export interface SessionDescription {
  readonly origin: Origin;
  readonly name: string;
  readonly connection?: string;
  readonly attributes: readonly string[];
  readonly media: readonly MediaDescription[];
}

export interface SdpFailure {
  readonly kind: 'malformed' | 'tooLarge';
  readonly message: string;
}

/** The values of the attributes called `name`: `attributeValues(media, 'crypto')`. RFC 4568 §9.1. */
export function attributeValues({ attributes }: Pick<MediaDescription, 'attributes'>, name: string): readonly string[] {
  return attributes.flatMap((attribute) =>
    attribute.startsWith(`${name}:`) ? [attribute.slice(name.length + 1)] : [],
  );
}
