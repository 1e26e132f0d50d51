// Reads a WAV file piece by piece, so that long ones neither fill the memory nor hold up what has to be in time.
import { err, ok, type Result } from '../../base/result.ts';
import type { SoundKey } from './sealed-format.ts';
import { openSoundFile } from './open-sound-file.ts';
import type { SoundFile } from './sound-file.ts';
import type { WavLayout } from './wav-format.ts';
import { readLayout, toMono, type WavReadFailure } from './wav-reader.ts';

const PIECE_MS = 250;

export interface WavPieces {
  readonly sampleRateHz: number;
  /** Of all pieces together. */
  readonly totalSamples: number;
  /** The next samples, all channels mixed to one; undefined at the end. */
  readonly next: () => Promise<Int16Array | undefined>;
  readonly close: () => Promise<void>;
}

/** `keys` open a sealed file; `fromSample` is where the first piece begins. */
export async function openWavPieces(
  file: string,
  keys: readonly SoundKey[] = [],
  fromSample = 0,
): Promise<Result<WavPieces, WavReadFailure>> {
  const opened = await openSoundFile(file, keys);
  if (!opened.ok) return opened;
  const layout = await readLayout(opened.value).catch(() => undefined);
  if (layout?.ok === true) return ok(piecesOf(opened.value, layout.value, fromSample));
  await opened.value.close();
  return err('badFile');
}

function piecesOf(sound: SoundFile, layout: WavLayout, fromSample: number): WavPieces {
  const { sampleRateHz, channels, bitsPerSample, dataOffset, dataBytes } = layout;
  const frameBytes = (channels * bitsPerSample) / 8;
  const totalSamples = Math.floor(dataBytes / frameBytes);
  const endBytes = dataOffset + totalSamples * frameBytes;
  const buffer = Buffer.alloc(Math.max(1, Math.ceil((sampleRateHz * PIECE_MS) / 1000)) * frameBytes);
  let at = dataOffset + fromSample * frameBytes;
  return {
    sampleRateHz,
    totalSamples,
    next: async () => {
      const wanted = Math.min(buffer.length, endBytes - at);
      if (wanted <= 0) return undefined;
      const bytesRead = await sound.read(buffer.subarray(0, wanted), at);
      const whole = bytesRead - (bytesRead % frameBytes);
      at = whole === 0 ? endBytes : at + whole;
      return whole === 0 ? undefined : toMono(buffer.subarray(0, whole), layout);
    },
    close: () => sound.close(),
  };
}
