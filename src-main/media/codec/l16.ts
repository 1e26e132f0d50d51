// L16: uncompressed 16-bit samples in network order. RFC 3551 §4.5.11.
import { MAX_PACKET_MS, type Codec } from './codec.ts';

/** Linear PCM, one channel, at the RTP clock's rate. */
export function l16Codec(sampleRateHz: number): Codec {
  const maxSamples = Math.ceil((sampleRateHz / 1000) * MAX_PACKET_MS);
  return {
    sampleRateHz,
    looksAhead: true,
    createEncoder: () => {
      const payload = new Uint8Array(maxSamples * 2);
      const view = new DataView(payload.buffer);
      return {
        encode: (frame) => {
          const count = Math.min(frame.length, maxSamples);
          for (let i = 0; i < count; i++) view.setInt16(i * 2, frame[i] ?? 0);
          return payload.subarray(0, count * 2);
        },
        close: () => {},
      };
    },
    createDecoder: () => {
      const samples = new Int16Array(maxSamples);
      const decode = (payload: Uint8Array): Int16Array => {
        const count = Math.min(payload.length >> 1, maxSamples);
        const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
        for (let i = 0; i < count; i++) samples[i] = view.getInt16(i * 2);
        return samples.subarray(0, count);
      };
      return {
        decode,
        lookAhead: decode,
        conceal: () => undefined,
        close: () => {},
      };
    },
  };
}
