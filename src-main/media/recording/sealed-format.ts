// A sealed sound file: a head with the file's own key, wrapped by a master key, and chunks that are sealed each by itself (AES-256-GCM).
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

/**
 * head:  "NJSEALED" | version 1, three zeros | id of the master key (8) | nonce (12) | wrapped file key (32) | tag (16)
 * chunk: length, with the highest bit in the last one (4, little endian) | sealed bytes | tag (16)
 *
 * A chunk's nonce is its place in the file, and a file's key is used for that file alone: chunks that change places, are left out,
 * or come from another file do not open. The last chunk is empty; a file without it was cut, or is being written.
 */
export const SEALED_HEAD_BYTES = 80;
export const CHUNK_HEAD_BYTES = 4;
export const TAG_BYTES = 16;
/** 0.7 s of what messages are: as much as a cut inside a chunk can cost. */
export const MAX_CHUNK_BYTES = 65_536;

const MAGIC = 'NJSEALED';
const VERSION = Buffer.from([1, 0, 0, 0]);
const KEY_ID_AT = 12;
const NONCE_AT = 20;
const WRAPPED_AT = 32;
const TAG_AT = 64;
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const LAST = 0x8000_0000;

/** A master key, and the name by which files say that they need it. */
export interface SoundKey {
  /** Sixteen hexadecimal digits. */
  readonly id: string;
  readonly key: Uint8Array;
}

export interface ChunkHead {
  /** Sealed bytes, without the tag. */
  readonly lengthBytes: number;
  readonly isLast: boolean;
}

export const isSealedHead = (head: Uint8Array): boolean =>
  head.length >= SEALED_HEAD_BYTES &&
  Buffer.from(head.buffer, head.byteOffset, 8).toString('latin1') === MAGIC &&
  VERSION.equals(head.subarray(8, KEY_ID_AT));

export const keyIdOf = (head: Uint8Array): string => Buffer.from(head.subarray(KEY_ID_AT, NONCE_AT)).toString('hex');

/** A new key for one file, and the head that keeps it. */
export function buildSealedHead(master: SoundKey): { readonly head: Buffer; readonly fileKey: Buffer } {
  const fileKey = randomBytes(KEY_BYTES);
  const nonce = randomBytes(NONCE_BYTES);
  const start = Buffer.concat([Buffer.from(MAGIC, 'latin1'), VERSION, Buffer.from(master.id, 'hex')]);
  const cipher = createCipheriv('aes-256-gcm', master.key, nonce).setAAD(start);
  const wrapped = Buffer.concat([cipher.update(fileKey), cipher.final()]);
  return { head: Buffer.concat([start, nonce, wrapped, cipher.getAuthTag()]), fileKey };
}

/** The file's own key; undefined when the head was changed or `master` is another key. */
export function openSealedHead(head: Uint8Array, master: SoundKey): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', master.key, head.subarray(NONCE_AT, WRAPPED_AT))
    .setAAD(head.subarray(0, NONCE_AT))
    .setAuthTag(head.subarray(TAG_AT, SEALED_HEAD_BYTES));
  return finished(() => Buffer.concat([decipher.update(head.subarray(WRAPPED_AT, TAG_AT)), decipher.final()]));
}

export function sealChunk(fileKey: Buffer, place: number, bytes: Uint8Array, isLast = false): Buffer {
  const head = Buffer.alloc(CHUNK_HEAD_BYTES);
  head.writeUInt32LE((bytes.length | (isLast ? LAST : 0)) >>> 0);
  const cipher = createCipheriv('aes-256-gcm', fileKey, nonceOf(place)).setAAD(head);
  const sealed = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return Buffer.concat([head, sealed, cipher.getAuthTag()]);
}

/** `chunk` is whole, from its head to its tag; undefined when it is not what was written at that place. */
export function openChunk(fileKey: Buffer, place: number, chunk: Uint8Array): Buffer | undefined {
  const end = chunk.length - TAG_BYTES;
  const decipher = createDecipheriv('aes-256-gcm', fileKey, nonceOf(place))
    .setAAD(chunk.subarray(0, CHUNK_HEAD_BYTES))
    .setAuthTag(chunk.subarray(end));
  return finished(() => Buffer.concat([decipher.update(chunk.subarray(CHUNK_HEAD_BYTES, end)), decipher.final()]));
}

/** undefined for what no chunk of ours begins with. */
export function readChunkHead(bytes: Buffer, at: number): ChunkHead | undefined {
  if (at + CHUNK_HEAD_BYTES > bytes.length) return undefined;
  const value = bytes.readUInt32LE(at);
  const isLast = value >= LAST;
  const lengthBytes = isLast ? value - LAST : value;
  if (isLast ? lengthBytes !== 0 : lengthBytes === 0 || lengthBytes > MAX_CHUNK_BYTES) return undefined;
  return { lengthBytes, isLast };
}

function nonceOf(place: number): Buffer {
  const nonce = Buffer.alloc(NONCE_BYTES);
  nonce.writeUIntBE(place, NONCE_BYTES - 6, 6);
  return nonce;
}

/** A tag that does not fit is an exception of the library's. */
function finished(open: () => Buffer): Buffer | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
