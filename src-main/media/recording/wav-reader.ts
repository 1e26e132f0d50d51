// Reads WAV files of any usual sample format as 16-bit mono.
import { err, ok, type Result } from '../../base/result.ts';
import type { SoundKey } from './sealed-format.ts';
import { openSoundFile } from './open-sound-file.ts';
import type { SoundFile, SoundFileFailure } from './sound-file.ts';
import { parseWavHeader, type WavFailure, type WavLayout } from './wav-format.ts';

export interface WavSamples {
  readonly sampleRateHz: number;
  /** All channels mixed to one. */
  readonly samples: Int16Array;
}

export type WavReadFailure = SoundFileFailure;

/** Samples are looked for in this much of the beginning. */
const HEAD_BYTES = 65_536;
/** Longest file that is read: an hour of 48 kHz stereo. */
const MAX_DATA_BYTES = 700_000_000;

/** The whole file; `fromMs` skips the beginning. `keys` open a sealed one. */
export async function readWav(
  file: string,
  fromMs = 0,
  keys: readonly SoundKey[] = [],
): Promise<Result<WavSamples, WavReadFailure>> {
  const opened = await openSoundFile(file, keys);
  if (!opened.ok) return opened;
  try {
    return await readSamples(opened.value, fromMs);
  } catch {
    return err('badFile');
  } finally {
    await opened.value.close();
  }
}

async function readSamples(sound: SoundFile, fromMs: number): Promise<Result<WavSamples, WavReadFailure>> {
  const layout = await readLayout(sound);
  if (!layout.ok) return err('badFile');
  const { sampleRateHz, channels, bitsPerSample, dataOffset, dataBytes } = layout.value;
  const frameBytes = (channels * bitsPerSample) / 8;
  const skipBytes = Math.min(dataBytes, Math.floor((Math.max(0, fromMs) * sampleRateHz) / 1000) * frameBytes);
  const data = Buffer.alloc(Math.min(MAX_DATA_BYTES, dataBytes - skipBytes));
  const bytesRead = await sound.read(data, dataOffset + skipBytes);
  return ok({ sampleRateHz, samples: toMono(data.subarray(0, bytesRead), layout.value) });
}

/** Where the samples are, and of what kind. */
export async function readLayout(sound: SoundFile): Promise<Result<WavLayout, WavFailure>> {
  const head = Buffer.alloc(Math.min(HEAD_BYTES, sound.sizeBytes));
  await sound.read(head, 0);
  return parseWavHeader(head, sound.sizeBytes);
}

/** Decodes raw sample bytes of `layout` and mixes the channels. */
export function toMono(data: Buffer, { channels, bitsPerSample, isFloat }: WavLayout): Int16Array {
  const sampleBytes = bitsPerSample / 8;
  const read = sampleReader(data, bitsPerSample, isFloat);
  const samples = new Int16Array(Math.floor(data.length / sampleBytes / channels));
  for (let i = 0, at = 0; i < samples.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++, at += sampleBytes) sum += read(at);
    samples[i] = Math.max(-32_768, Math.min(32_767, Math.round(sum / channels)));
  }
  return samples;
}

/** A function that reads the sample at a byte offset, scaled to 16 bits. */
function sampleReader(data: Buffer, bitsPerSample: number, isFloat: boolean): (at: number) => number {
  if (isFloat) {
    return (at) => {
      const value = data.readFloatLE(at) * 32_768;
      return Number.isFinite(value) ? Math.max(-32_768, Math.min(32_767, value)) : 0;
    };
  }
  switch (bitsPerSample) {
    case 8:
      // The only unsigned format: 128 is silence.
      return (at) => (data.readUInt8(at) - 128) * 256;
    case 16:
      return (at) => data.readInt16LE(at);
    case 24:
      return (at) => data.readIntLE(at, 3) / 256;
    default:
      return (at) => data.readInt32LE(at) / 65_536;
  }
}
