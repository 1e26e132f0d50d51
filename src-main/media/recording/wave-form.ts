// The loudness of a recording over its time, as it is drawn.
import { err, ok, type Result } from '../../base/result.ts';
import type { SoundKey } from './sealed-format.ts';
import { openWavPieces } from './wav-pieces.ts';
import type { WavReadFailure } from './wav-reader.ts';

const VALUES = 100;

/** A hundred peaks, 100 for the loudest of them; none when there is no sound. */
export async function measureWaveForm(
  file: string,
  keys: readonly SoundKey[] = [],
): Promise<Result<readonly number[], WavReadFailure>> {
  const opened = await openWavPieces(file, keys);
  if (!opened.ok) return opened;
  const { totalSamples, next, close } = opened.value;
  const peaks = new Int32Array(VALUES);
  let at = 0;
  try {
    for (let piece = await next(); piece; piece = await next()) {
      takePeaks(peaks, piece, at / totalSamples, 1 / totalSamples);
      at += piece.length;
    }
  } catch {
    return err('badFile');
  } finally {
    await close();
  }
  const loudest = Math.max(...peaks);
  return ok(loudest === 0 ? [] : Array.from(peaks, (peak) => Math.round((peak * 100) / loudest)));
}

/** `start` and `step` are shares of the whole. */
function takePeaks(peaks: Int32Array, samples: Int16Array, start: number, step: number): void {
  samples.forEach((sample, i) => {
    const place = Math.min(VALUES - 1, Math.floor((start + i * step) * VALUES));
    const size = Math.abs(sample);
    if (size > (peaks[place] ?? 0)) peaks[place] = size;
  });
}
