// A STUN message as bytes and as data, with proof of who wrote it. RFC 8489 §5, §14.
import { timingSafeEqual } from 'node:crypto';
import { uintBytes } from '../../base/byte-writer.ts';
import { crc32 } from './crc32.ts';
import { bytesBefore, INTEGRITIES, integrityOf, type IntegrityHash } from './message-integrity.ts';

export const MAGIC_COOKIE = 0x2112_a442;
export const TRANSACTION_ID_BYTES = 12;
const HEADER_BYTES = 20;
const FINGERPRINT_BYTES = 4;
const FINGERPRINT_MASK = 0x5354_554e;
/** Nobody needs more; who sends more wants to keep us busy. */
const MAX_ATTRIBUTES = 32;
const MAX_MESSAGE_BYTES = 2048;

const FINGERPRINT = 0x8028;

export const BINDING = 0x001;

export type StunClass = 'request' | 'indication' | 'success' | 'error';
const CLASSES: readonly StunClass[] = ['request', 'indication', 'success', 'error'];

export interface StunAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

export interface StunMessage {
  readonly kind: StunClass;
  readonly method: number;
  /** 12 bytes. */
  readonly transactionId: Uint8Array;
  /** Those that are protected, or all where nothing is. */
  readonly attributes: readonly StunAttribute[];
}

export interface ReceivedStun extends StunMessage {
  readonly bytes: Uint8Array;
  /** Where each proof begins. */
  readonly integrityAt: Readonly<Partial<Record<IntegrityHash, number>>>;
  readonly hasFingerprint: boolean;
}

/** Undefined for what is no STUN message, and for one whose checksum is wrong. */
export function parseStun(bytes: Uint8Array): ReceivedStun | undefined {
  if (bytes.length < HEADER_BYTES || bytes.length > MAX_MESSAGE_BYTES || (bytes[0] ?? 0xff) > 0x3f) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const type = view.getUint16(0);
  const isWhole = view.getUint16(2) + HEADER_BYTES === bytes.length && bytes.length % 4 === 0;
  if (!isWhole || view.getUint32(4) !== MAGIC_COOKIE) return undefined;
  const read = readAttributes(bytes, view);
  if (!read) return undefined;
  return {
    kind: CLASSES[((type >> 7) & 2) | ((type >> 4) & 1)] ?? 'request',
    method: (type & 0x000f) | ((type >> 1) & 0x0070) | ((type >> 2) & 0x0f80),
    transactionId: bytes.subarray(8, HEADER_BYTES),
    bytes,
    ...read,
  };
}

type ReadAttributes = Pick<ReceivedStun, 'attributes' | 'integrityAt' | 'hasFingerprint'>;

/** RFC 8489 §14: type, length and value, padded to four bytes; what follows the proof counts for nothing. */
function readAttributes(bytes: Uint8Array, view: DataView): ReadAttributes | undefined {
  const attributes: StunAttribute[] = [];
  const integrityAt: Partial<Record<IntegrityHash, number>> = {};
  let isProven = false;
  for (let at = HEADER_BYTES, count = 0; at < bytes.length; count++) {
    if (at + 4 > bytes.length || count >= MAX_ATTRIBUTES) return undefined;
    const type = view.getUint16(at);
    const length = view.getUint16(at + 2);
    const next = at + 4 + padded(length);
    if (next > bytes.length) return undefined;
    if (type === FINGERPRINT) {
      // RFC 8489 §14.7: the last attribute
      const isRight =
        length === FINGERPRINT_BYTES && next === bytes.length && view.getUint32(at + 4) === mark(bytes, at);
      return isRight ? { attributes, integrityAt, hasFingerprint: true } : undefined;
    }
    const hash = hashOf(type);
    // RFC 8489 §14.6: nothing but the checksum counts behind the proof by SHA-256
    if (hash && integrityAt[hash] === undefined && integrityAt.sha256 === undefined) {
      if (length !== INTEGRITIES[hash].sizeBytes) return undefined;
      integrityAt[hash] = at;
      isProven = true;
    } else if (!isProven) attributes.push({ type, value: bytes.subarray(at + 4, at + 4 + length) });
    at = next;
  }
  return { attributes, integrityAt, hasFingerprint: false };
}

function hashOf(type: number): IntegrityHash | undefined {
  if (type === INTEGRITIES.sha1.type) return 'sha1';
  return type === INTEGRITIES.sha256.type ? 'sha256' : undefined;
}

/** Whether who wrote the message knows `key`. RFC 8489 §14.5, §14.6 */
export function isAuthentic(
  { bytes, integrityAt }: ReceivedStun,
  key: string | Uint8Array,
  hash: IntegrityHash = 'sha1',
): boolean {
  const at = integrityAt[hash];
  if (at === undefined) return false;
  const said = bytes.subarray(at + 4, at + 4 + INTEGRITIES[hash].sizeBytes);
  return timingSafeEqual(said, integrityOf(bytes, at, key, hash));
}

/** The message as bytes; with `key` it is proven, and with a checksum it is told from other traffic. */
export function buildStun(
  message: StunMessage,
  key?: string | Uint8Array,
  hasFingerprint = true,
  hash: IntegrityHash = 'sha1',
): Buffer {
  const { kind, method, transactionId, attributes } = message;
  const kindBits = CLASSES.indexOf(kind);
  const methodBits = (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2);
  const type = methodBits | ((kindBits & 1) << 4) | ((kindBits & 2) << 7);
  const head = [uintBytes(type, 2), uintBytes(0, 2), uintBytes(MAGIC_COOKIE, 4), transactionId];
  let bytes = Buffer.concat([...head, ...attributes.map(attributeBytes)]);
  bytes.writeUInt16BE(bytes.length - HEADER_BYTES, 2);
  if (key !== undefined) {
    const value = integrityOf(bytes, bytes.length, key, hash);
    bytes = Buffer.concat([bytes, attributeBytes({ type: INTEGRITIES[hash].type, value })]);
    bytes.writeUInt16BE(bytes.length - HEADER_BYTES, 2);
  }
  if (!hasFingerprint) return bytes;
  const value = uintBytes(mark(bytes, bytes.length), 4);
  bytes = Buffer.concat([bytes, attributeBytes({ type: FINGERPRINT, value })]);
  bytes.writeUInt16BE(bytes.length - HEADER_BYTES, 2);
  return bytes;
}

function attributeBytes({ type, value }: StunAttribute): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  bytes.writeUInt16BE(type, 0);
  bytes.writeUInt16BE(value.length, 2);
  bytes.set(value, 4);
  return bytes;
}

const padded = (length: number): number => Math.ceil(length / 4) * 4;

const mark = (bytes: Uint8Array, at: number): number =>
  (crc32(bytesBefore(bytes, at, FINGERPRINT_BYTES)) ^ FINGERPRINT_MASK) >>> 0;
