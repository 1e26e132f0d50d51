// Opus packets of files and recordings, by the plain decoder. RFC 6716.
import { OpusDecoder } from 'opus-decoder';
import type { Decoder } from './codec.ts';

const SAMPLE_RATE_HZ = 48_000;

/** A decoder of its own WebAssembly instance, for work beside the calls; ready when the promise resolves. */
export async function createOpusFileDecoder(): Promise<Decoder> {
  const opus = new OpusDecoder({ channels: 1, sampleRate: SAMPLE_RATE_HZ });
  await opus.ready;
  const decode = (payload: Uint8Array): Int16Array => {
    const [channel] = opus.decodeFrame(payload).channelData;
    return Int16Array.from(channel ?? [], (value) => Math.max(-32_768, Math.min(32_767, Math.round(value * 32_768))));
  };
  return {
    decode: (payload) => (payload.length === 0 ? new Int16Array(0) : decode(payload)),
    // WHY: the decoder has no call for loss, but an empty packet makes it extrapolate 120 ms.
    conceal: (samples) => decode(new Uint8Array(0)).subarray(0, samples),
    close: () => opus.free(),
  };
}
