// The sound of a recording that is still being written, as it comes to the disk, at another sample rate.
import { loadResamplerFactory } from '../dsp/index.ts';
import { openWavPieces, type SoundKey } from '../recording/index.ts';

export interface GrowingSound {
  /** What has come since the last time, of one channel; empty when there is nothing new, or the file is not there yet. */
  readonly next: () => Promise<Int16Array>;
  readonly close: () => void;
}

/** `keys` open a sealed file. */
export async function followSoundAtRate(
  file: string,
  rateHz: number,
  keys: readonly SoundKey[],
): Promise<GrowingSound> {
  const resamplers = await loadResamplerFactory();
  let resampler: ReturnType<typeof resamplers.create> | undefined;
  let takenSamples = 0;
  return {
    next: async () => {
      const opened = await openWavPieces(file, keys, takenSamples);
      if (!opened.ok) return new Int16Array(0);
      const { sampleRateHz, next, close } = opened.value;
      resampler ??= resamplers.create(sampleRateHz, rateHz);
      const pieces: Int16Array[] = [];
      try {
        for (let piece = await next(); piece; piece = await next()) {
          takenSamples += piece.length;
          pieces.push(resampler.process(piece).slice());
        }
      } finally {
        await close();
      }
      return joined(pieces);
    },
    close: () => resampler?.close(),
  };
}

function joined(pieces: readonly Int16Array[]): Int16Array {
  const all = new Int16Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
