// Seals a sound file that is there, and opens one again: the new file is there whole or not at all.
import { open, rename, rm } from 'node:fs/promises';
import { ok, type Result } from '../../base/result.ts';
import type { SoundKey } from './sealed-format.ts';
import { SealedWriter } from './sealed-writer.ts';
import { openSoundFile } from './open-sound-file.ts';
import type { SoundFile, SoundFileFailure } from './sound-file.ts';
import { buildWavHeader, parseWavHeader, WAV_HEADER_BYTES } from './wav-format.ts';

const PIECE_BYTES = 65_536;

/** Takes the place of the plain file. Rejects when it cannot be written. */
export async function sealFile(file: string, master: SoundKey): Promise<Result<void, SoundFileFailure>> {
  const opened = await openSoundFile(file);
  if (!opened.ok) return opened;
  const draft = `${file}.new`;
  try {
    const writer = await SealedWriter.open(draft, master);
    try {
      for await (const piece of piecesOf(opened.value)) await writer.append(piece);
      await writer.end();
    } finally {
      await writer.close();
    }
    await rename(draft, file);
    return ok(undefined);
  } finally {
    await opened.value.close();
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** Writes what is sealed in `file` to `target`, which may be the same one. Rejects when it cannot be written, or was changed. */
export async function unsealFile(
  file: string,
  target: string,
  keys: readonly SoundKey[],
): Promise<Result<void, SoundFileFailure>> {
  const opened = await openSoundFile(file, keys);
  if (!opened.ok) return opened;
  const draft = `${target}.new`;
  try {
    const handle = await open(draft, 'w', 0o600);
    try {
      for await (const piece of piecesOf(opened.value)) await handle.appendFile(piece);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, target);
    return ok(undefined);
  } finally {
    await opened.value.close();
    await rm(draft, { force: true }).catch(() => {});
  }
}

/** The whole plain file in memory; undefined for a file that is not sealed. Rejects when it was changed. */
export async function readSealedFile(
  file: string,
  keys: readonly SoundKey[],
): Promise<Result<Buffer<ArrayBuffer> | undefined, SoundFileFailure>> {
  const opened = await openSoundFile(file, keys);
  if (!opened.ok) return opened;
  try {
    if (!opened.value.isSealed) return ok(undefined);
    const pieces: Buffer[] = [];
    for await (const piece of piecesOf(opened.value)) pieces.push(piece);
    return ok(Buffer.concat(pieces));
  } finally {
    await opened.value.close();
  }
}

/** What was recorded sealed has a head without sizes, which other programs take for an empty file: it gets them here. */
async function* piecesOf(sound: SoundFile): AsyncGenerator<Buffer> {
  let at = 0;
  while (at < sound.sizeBytes) {
    const piece = Buffer.alloc(Math.min(PIECE_BYTES, sound.sizeBytes - at));
    const read = await sound.read(piece, at);
    if (read === 0) return;
    yield at === 0 ? withSizes(piece.subarray(0, read), sound.sizeBytes) : piece.subarray(0, read);
    at += read;
  }
}

function withSizes(start: Buffer, sizeBytes: number): Buffer {
  const layout = parseWavHeader(start, sizeBytes);
  if (!layout.ok || layout.value.dataOffset !== WAV_HEADER_BYTES || layout.value.bitsPerSample !== 16) return start;
  const { sampleRateHz, channels, dataBytes, isFloat } = layout.value;
  if (isFloat || start.readUInt32LE(WAV_HEADER_BYTES - 4) !== 0) return start;
  return Buffer.concat([buildWavHeader(sampleRateHz, channels, dataBytes), start.subarray(WAV_HEADER_BYTES)]);
}
