// MP3 for other programs, by LAME as WebAssembly; loaded when somebody wants one.
import { createRequire } from 'node:module';

/** What is used of the library, which has types of its own for its other entry only. */
interface LameEncoder {
  configure(options: { channels: 1; sampleRate: number; bitrate: number }): void;
  /** The view is valid until the next call. */
  encode(channels: readonly Float32Array[]): Uint8Array;
  finalize(): Uint8Array;
}

interface LameLibrary {
  readonly createMp3Encoder: () => Promise<LameEncoder>;
}

const BITRATE_KBPS = 64;

export interface Mp3Encoder {
  /** What is ready by now, often nothing. */
  encode(samples: Int16Array): Uint8Array;
  finish(): Uint8Array;
}

/** One channel. */
export async function openMp3Encoder(sampleRateHz: number): Promise<Mp3Encoder> {
  const { createMp3Encoder } = createRequire(import.meta.url)('wasm-media-encoders') as LameLibrary;
  const lame = await createMp3Encoder();
  lame.configure({ channels: 1, sampleRate: sampleRateHz, bitrate: BITRATE_KBPS });
  return {
    encode: (samples) => lame.encode([Float32Array.from(samples, (sample) => sample / 32_768)]).slice(),
    finish: () => lame.finalize().slice(),
  };
}
