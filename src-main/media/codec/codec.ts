// What every codec offers, whatever its sample rate.

/** Turns frames of its sample rate into payloads. */
export interface Encoder {
  /** The payload of one frame; the returned view is valid until the next call. */
  encode(frame: Int16Array): Uint8Array;
  /** Follows the network from the next frame on; missing where a codec has nothing to change. */
  adapt?(adaptation: EncoderAdaptation): void;
  close(): void;
}

/** What reports of the peer change in an encoder. */
export interface EncoderAdaptation {
  readonly bitrateBps: number;
  /** Whether each packet carries the one before it once more. */
  readonly usesFec: boolean;
}

/** Turns payloads into samples, and losses into something bearable. */
export interface Decoder {
  /** The samples of one payload, none when it is damaged; the view is valid until the next call. */
  decode(payload: Uint8Array): Int16Array;
  /** What `decode` would give, without being changed by it, to see where a loss leads to; the view is valid until the next call. */
  lookAhead?(payload: Uint8Array): Int16Array;
  /** `samples` for a lost packet, from `nextPayload` where the codec repeats itself; undefined when the codec has no means of its own. */
  conceal(samples: number, nextPayload?: Uint8Array): Int16Array | undefined;
  close(): void;
}

export interface Codec {
  /** Rate of the samples, which is not always the RTP clock (G.722). */
  readonly sampleRateHz: number;
  createEncoder(): Encoder;
  createDecoder(): Decoder;
  /** Whether the payload carries what was sent before it once more; missing where a codec never does. */
  repeatsBefore?(payload: Uint8Array): boolean;
  /** Its decoders have `lookAhead`. */
  readonly looksAhead?: true;
}

/** The longest packet that is decoded: what Opus allows. RFC 6716 §2.1.4 */
export const MAX_PACKET_MS = 120;
