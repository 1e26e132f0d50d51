// The proof of who wrote a message, by SHA-1 or by SHA-256. RFC 8489 §14.5, §14.6.
import { createHmac } from 'node:crypto';

export type IntegrityHash = 'sha1' | 'sha256';

/** RFC 8489 §14.6: a shorter proof is taken only where a usage says how short, and TURN does not. */
export const INTEGRITIES = {
  sha1: { type: 0x0008, sizeBytes: 20 },
  sha256: { type: 0x001c, sizeBytes: 32 },
} as const;

const HEADER_BYTES = 20;

/** The bytes before an attribute, with the length as if it was the last one. */
export function bytesBefore(bytes: Uint8Array, at: number, sizeBytes: number): Buffer {
  const copy = Buffer.from(bytes.subarray(0, at));
  copy.writeUInt16BE(at - HEADER_BYTES + 4 + sizeBytes, 2);
  return copy;
}

/** What proves the first `at` bytes. */
export const integrityOf = (bytes: Uint8Array, at: number, key: string | Uint8Array, hash: IntegrityHash): Buffer =>
  createHmac(hash, key)
    .update(bytesBefore(bytes, at, INTEGRITIES[hash].sizeBytes))
    .digest();
