// Refuses what an exchange may not ask of the codecs, before any of it is carried out. RFC 3551 §4.2, RFC 7587 §4.2.
import { isWholeKey, SRTP_SUITES } from '../srtp/index.ts';
import type { CodecConfig, SessionStream, StreamSrtp } from './session-config.ts';

/** Packet times of one Opus frame or a few. RFC 7587 §4.2 */
const OPUS_PACKET_MS: readonly number[] = [10, 20, 40, 60];
const MOST_PACKET_MS = 120;

const isPayloadType = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= 127;

function codecProblem({ name, payloadType, clockRateHz, packetMs }: CodecConfig): string | undefined {
  if (!isPayloadType(payloadType)) return `${payloadType} is no payload type`;
  if (!Number.isInteger(packetMs) || packetMs < 5 || packetMs > MOST_PACKET_MS) return `packets of ${packetMs} ms`;
  if (name === 'opus' && !OPUS_PACKET_MS.includes(packetMs)) return `Opus packets of ${packetMs} ms`;
  // Frames of 10 ms must be whole samples.
  if (name === 'L16' && (clockRateHz % 100 !== 0 || clockRateHz < 8000 || clockRateHz > 48_000)) {
    return `L16 at ${clockRateHz} Hz`;
  }
  return clockRateHz > 0 ? undefined : 'a clock that stands still';
}

function srtpProblem({ suite, localKey, remoteKey }: StreamSrtp): string | undefined {
  if (!Object.hasOwn(SRTP_SUITES, suite)) return `${suite} is no way to protect packets`;
  const isWhole = [localKey, remoteKey].every((key) => isWholeKey({ suite, keyAndSalt: Buffer.from(key, 'base64') }));
  return isWhole ? undefined : `a key that is not one for ${suite}`;
}

/** What is wrong with `stream`; undefined when it can be carried out. */
export function streamProblem(stream: SessionStream): string | undefined {
  const { telephoneEvent, codecs } = stream;
  if (telephoneEvent && (!isPayloadType(telephoneEvent.payloadType) || telephoneEvent.clockRateHz <= 0)) {
    return 'telephone events without a payload type or clock';
  }
  return codecs.map(codecProblem).find((problem) => problem !== undefined) ?? (stream.srtp && srtpProblem(stream.srtp));
}
