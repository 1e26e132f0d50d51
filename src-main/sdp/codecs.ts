// The formats that are offered and understood. RFC 3551 §6, RFC 7587 §7, RFC 4733 §2.4, RFC 3389 §5.1.
import type { PayloadFormat } from './session-description.ts';

export type SdpCodecName = 'opus' | 'G722' | 'PCMA' | 'PCMU' | 'L16';

/** How one codec is written in SDP. */
export interface CodecFormat {
  readonly name: SdpCodecName;
  /** Preferred payload type: the static one of RFC 3551 §6, or a dynamic one of our choice. */
  readonly payloadType: number;
  readonly clockRateHz: number;
  readonly channels: number;
  readonly parameters: Readonly<Record<string, string>>;
}

const FORMATS: Readonly<Record<SdpCodecName, CodecFormat>> = {
  // RFC 7587 §7: always 48000/2, whatever is sent.
  opus: { name: 'opus', payloadType: 96, clockRateHz: 48_000, channels: 2, parameters: { useinbandfec: '1' } },
  // RFC 3551 §4.5.2: the clock of G.722 is 8000 by an old mistake that everybody keeps.
  G722: { name: 'G722', payloadType: 9, clockRateHz: 8_000, channels: 1, parameters: {} },
  PCMA: { name: 'PCMA', payloadType: 8, clockRateHz: 8_000, channels: 1, parameters: {} },
  PCMU: { name: 'PCMU', payloadType: 0, clockRateHz: 8_000, channels: 1, parameters: {} },
  L16: { name: 'L16', payloadType: 97, clockRateHz: 16_000, channels: 1, parameters: {} },
};

export const codecFormat = (name: SdpCodecName): CodecFormat => FORMATS[name];

const STATIC_NAMES: Readonly<Record<number, readonly [name: string, clockRateHz: number, channels: number]>> = {
  0: ['PCMU', 8_000, 1],
  3: ['GSM', 8_000, 1],
  4: ['G723', 8_000, 1],
  8: ['PCMA', 8_000, 1],
  9: ['G722', 8_000, 1],
  10: ['L16', 44_100, 2],
  11: ['L16', 44_100, 1],
  13: ['CN', 8_000, 1],
  15: ['G728', 8_000, 1],
  18: ['G729', 8_000, 1],
};

/** RFC 3551 §6: what a static payload type means without rtpmap. */
export function staticFormat(payloadType: number): Omit<PayloadFormat, 'parameters'> | undefined {
  const found = STATIC_NAMES[payloadType];
  if (!found) return undefined;
  const [encodingName, clockRateHz, channels] = found;
  return { payloadType, encodingName, clockRateHz, channels };
}

/** RFC 8866 §6.6: encoding names have no case. INTEROP: some write opus/48000 without its channels. */
export function isCodec(payload: PayloadFormat, codec: CodecFormat): boolean {
  return (
    payload.encodingName.toLowerCase() === codec.name.toLowerCase() &&
    payload.clockRateHz === codec.clockRateHz &&
    (codec.name === 'opus' || payload.channels === codec.channels)
  );
}

/** RFC 3389 §5.1: at 8 kHz it has a number of its own. */
export const COMFORT_NOISE: PayloadFormat = {
  payloadType: 13,
  encodingName: 'CN',
  clockRateHz: 8_000,
  channels: 1,
  parameters: {},
};

export const isComfortNoise = ({ encodingName, clockRateHz }: PayloadFormat): boolean =>
  encodingName.toUpperCase() === 'CN' && clockRateHz === 8_000;

export const TELEPHONE_EVENT = 'telephone-event';
/** RFC 4733 §3.2: the digits, `*`, `#`, A to D and flash. */
export const TELEPHONE_EVENTS = '0-16';

export const isTelephoneEvent = (payload: PayloadFormat): boolean =>
  payload.encodingName.toLowerCase() === TELEPHONE_EVENT;
