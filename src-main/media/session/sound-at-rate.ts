// The sound of a recording piece by piece at another sample rate, for whoever listens to it without a loudspeaker.
import { ok, type Result } from '../../base/result.ts';
import { loadResamplerFactory } from '../dsp/index.ts';
import { openWavPieces, type SoundKey, type WavReadFailure } from '../recording/index.ts';

export interface SoundPieces {
  readonly durationMs: number;
  /** The next samples of one channel; undefined at the end. */
  readonly next: () => Promise<Int16Array | undefined>;
  readonly close: () => Promise<void>;
}

/** `keys` open a sealed file. */
export async function openSoundAtRate(
  file: string,
  rateHz: number,
  keys: readonly SoundKey[],
): Promise<Result<SoundPieces, WavReadFailure>> {
  const opened = await openWavPieces(file, keys);
  if (!opened.ok) return opened;
  const { sampleRateHz, totalSamples, next, close } = opened.value;
  const resampler = (await loadResamplerFactory()).create(sampleRateHz, rateHz);
  return ok({
    durationMs: (totalSamples * 1000) / sampleRateHz,
    next: async () => {
      const piece = await next();
      return piece && resampler.process(piece).slice();
    },
    close: () => {
      resampler.close();
      return close();
    },
  });
}
