// Reads a sealed sound file from any place: finds its chunks first, opens those that are asked for.
import type { FileHandle } from 'node:fs/promises';
import { CHUNK_HEAD_BYTES, openChunk, readChunkHead, SEALED_HEAD_BYTES, TAG_BYTES } from './sealed-format.ts';
import type { SoundFile } from './sound-file.ts';

/** Heads are looked for in portions of this size. */
const LOOK_BYTES = 1_048_576;
/** More is no recording of ours: days of sound. */
const MAX_CHUNKS = 2_000_000;

interface Chunk {
  /** Where its head is in the file. */
  readonly at: number;
  readonly lengthBytes: number;
  /** Where its bytes are in what was sealed. */
  readonly start: number;
}

export interface ChunkTable {
  readonly chunks: readonly Chunk[];
  /** Its end was written; else it was cut, or is being written. */
  readonly isComplete: boolean;
  readonly sizeBytes: number;
}

/** Needs no key. What is behind the last whole chunk is left out. */
export async function findChunks(handle: FileHandle): Promise<ChunkTable> {
  const { size: fileBytes } = await handle.stat();
  const chunks: Chunk[] = [];
  const look = Buffer.alloc(Math.min(LOOK_BYTES, fileBytes));
  let [lookAt, lookBytes] = [0, 0];
  let at = SEALED_HEAD_BYTES;
  let start = 0;
  while (chunks.length < MAX_CHUNKS) {
    if (at < lookAt || at + CHUNK_HEAD_BYTES > lookAt + lookBytes) {
      lookAt = at;
      ({ bytesRead: lookBytes } = await handle.read(look, 0, look.length, at));
    }
    const head = readChunkHead(look.subarray(0, lookBytes), at - lookAt);
    const end = at + CHUNK_HEAD_BYTES + (head?.lengthBytes ?? 0) + TAG_BYTES;
    if (!head || end > fileBytes) return { chunks, isComplete: false, sizeBytes: start };
    if (head.isLast) return { chunks, isComplete: true, sizeBytes: start };
    chunks.push({ at, lengthBytes: head.lengthBytes, start });
    start += head.lengthBytes;
    at = end;
  }
  return { chunks, isComplete: false, sizeBytes: start };
}

/** What was cut is read up to its last chunk that opens. */
export async function openSealed(handle: FileHandle, fileKey: Buffer): Promise<SoundFile> {
  const table = await findChunks(handle);
  let { chunks } = table;
  const read = async (place: number): Promise<Buffer | undefined> => {
    const chunk = chunks[place];
    if (!chunk) return undefined;
    const bytes = Buffer.alloc(CHUNK_HEAD_BYTES + chunk.lengthBytes + TAG_BYTES);
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, chunk.at);
    return bytesRead === bytes.length ? openChunk(fileKey, place, bytes) : undefined;
  };
  // After a power cut the end of a file may have its size, and not what was written.
  if (!table.isComplete && chunks.length > 0 && !(await read(chunks.length - 1))) chunks = chunks.slice(0, -1);
  const last = chunks.at(-1);
  return {
    sizeBytes: last ? last.start + last.lengthBytes : 0,
    isSealed: true,
    read: readerOf(chunks, read),
    close: () => handle.close().catch(() => {}),
  };
}

/** Keeps the chunk that was opened last: most reading goes on from there. */
function readerOf(chunks: readonly Chunk[], open: (place: number) => Promise<Buffer | undefined>): SoundFile['read'] {
  let kept: { readonly place: number; readonly bytes: Buffer } | undefined;
  return async (target, position) => {
    let filled = 0;
    for (let place = placeOf(chunks, position); filled < target.length; place++) {
      const chunk = chunks[place];
      if (!chunk) break;
      if (kept?.place !== place) {
        const bytes = await open(place);
        if (!bytes) throw new Error('a sealed file was changed');
        kept = { place, bytes };
      }
      filled += kept.bytes.copy(target, filled, position + filled - chunk.start);
    }
    return filled;
  };
}

/** The chunk in which a position is; behind the last one when there is none. */
function placeOf(chunks: readonly Chunk[], position: number): number {
  let [low, high] = [0, chunks.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const chunk = chunks[middle];
    if (chunk && chunk.start + chunk.lengthBytes <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
