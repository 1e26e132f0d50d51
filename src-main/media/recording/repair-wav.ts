// What is left of a recording that was broken off: mended where it lies plain, measured where it is sealed.
import { open, type FileHandle } from 'node:fs/promises';
import { isSealedHead, SEALED_HEAD_BYTES, type SoundKey } from './sealed-format.ts';
import { findChunks } from './sealed-reader.ts';
import { openSoundFile } from './open-sound-file.ts';
import { buildWavHeader, parseWavHeader, WAV_HEADER_BYTES } from './wav-format.ts';
import { readLayout } from './wav-reader.ts';

/** What messages are: one channel of 16 bits at 48 kHz. */
const USUAL_BYTES_PER_MS = 96;

/**
 * Writes the sizes that a killed writer had no time for; returns the duration in ms, undefined when it is no WAV of ours.
 * A sealed file needs no mending. One whose key is not here is as long as its size says.
 */
export async function repairWav(file: string, keys: readonly SoundKey[] = []): Promise<number | undefined> {
  const handle = await open(file, 'r+').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size: fileBytes } = await handle.stat();
    const head = Buffer.alloc(Math.min(SEALED_HEAD_BYTES, fileBytes));
    await handle.read(head, 0, head.length, 0);
    return isSealedHead(head) ? await sealedDuration(file, handle, keys) : await mend(handle, head, fileBytes);
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}

async function mend(handle: FileHandle, start: Buffer, fileBytes: number): Promise<number | undefined> {
  const head = start.subarray(0, WAV_HEADER_BYTES);
  const layout = parseWavHeader(head, fileBytes);
  if (!layout.ok || layout.value.dataOffset !== WAV_HEADER_BYTES || layout.value.bitsPerSample !== 16) return undefined;
  const { sampleRateHz, channels } = layout.value;
  const frameBytes = channels * 2;
  const dataBytes = Math.floor((fileBytes - WAV_HEADER_BYTES) / frameBytes) * frameBytes;
  await handle.write(buildWavHeader(sampleRateHz, channels, dataBytes), 0, WAV_HEADER_BYTES, 0);
  return (dataBytes / frameBytes / sampleRateHz) * 1000;
}

async function sealedDuration(
  file: string,
  handle: FileHandle,
  keys: readonly SoundKey[],
): Promise<number | undefined> {
  const opened = await openSoundFile(file, keys);
  if (!opened.ok) {
    if (opened.error !== 'locked') return undefined;
    const { sizeBytes } = await findChunks(handle);
    return Math.max(0, sizeBytes - WAV_HEADER_BYTES) / USUAL_BYTES_PER_MS;
  }
  const layout = await readLayout(opened.value).finally(() => opened.value.close());
  if (!layout.ok) return undefined;
  const { sampleRateHz, channels, bitsPerSample, dataBytes } = layout.value;
  return ((dataBytes * 8) / bitsPerSample / channels / sampleRateHz) * 1000;
}
