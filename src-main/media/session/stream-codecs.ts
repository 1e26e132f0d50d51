// The codecs of an exchange: the one that is sent, and all that may arrive. RFC 3551 §6.
import type { Codec, CodecLibrary } from '../codec/index.ts';
import type { JitterSettings } from '../jitter/index.ts';
import type { ReceiveSettings } from './packet-receiver.ts';
import type { SessionStream } from './session-config.ts';

export interface StreamCodecs {
  /** The first one of the exchange. */
  readonly sent: Codec;
  /** By payload type. */
  readonly received: ReadonlyMap<number, Codec>;
}

export function createStreamCodecs({ codecs }: SessionStream, library: CodecLibrary): StreamCodecs {
  const received = new Map<number, Codec>();
  for (const config of codecs) received.set(config.receivePayloadType ?? config.payloadType, library.create(config));
  const [config] = codecs;
  const sent = received.get(config.receivePayloadType ?? config.payloadType) ?? library.create(config);
  return { sent, received };
}

/** What the receiver has to know of an exchange. */
export function receiveSettings(
  stream: SessionStream,
  { sent, received }: StreamCodecs,
  jitter: Partial<JitterSettings> | undefined,
): ReceiveSettings {
  const [{ clockRateHz }] = stream.codecs;
  return {
    clockRateHz,
    rateHz: sent.sampleRateHz,
    codecs: received,
    eventPayloadType: stream.telephoneEvent?.payloadType,
    // RFC 3551 §6: 13 is comfort noise at 8 kHz without being named. INTEROP: gateways send it without having agreed on it.
    comfortNoisePayloadType: stream.comfortNoisePayloadType ?? (clockRateHz === 8000 ? 13 : undefined),
    jitter,
  };
}
