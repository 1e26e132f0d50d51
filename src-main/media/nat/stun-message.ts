// A STUN message as bytes and as data, with proof of who wrote it. RFC 8489 §5, §14.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { uintBytes } from '../../base/byte-writer.ts';
import { crc32 } from './crc32.ts';

export const MAGIC_COOKIE = 0x2112_a442;
export const TRANSACTION_ID_BYTES = 12;
const HEADER_BYTES = 20;
const INTEGRITY_BYTES = 20;
const FINGERPRINT_BYTES = 4;
const FINGERPRINT_MASK = 0x5354_554e;
/** Nobody needs more; who sends more wants to keep us busy. */
const MAX_ATTRIBUTES = 32;
const MAX_MESSAGE_BYTES = 2048;

const MESSAGE_INTEGRITY = 0x0008;
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
  /** Where the proof begins; undefined without one. */
  readonly integrityAt: number | undefined;
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
  let integrityAt: number | undefined;
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
    if (type === MESSAGE_INTEGRITY && integrityAt === undefined) {
      if (length !== INTEGRITY_BYTES) return undefined;
      integrityAt = at;
    } else if (integrityAt === undefined) attributes.push({ type, value: bytes.subarray(at + 4, at + 4 + length) });
    at = next;
  }
  return { attributes, integrityAt, hasFingerprint: false };
}

/** Whether who wrote the message knows `key`. RFC 8489 §14.5 */
export function isAuthentic({ bytes, integrityAt }: ReceivedStun, key: string | Uint8Array): boolean {
  if (integrityAt === undefined) return false;
  const said = bytes.subarray(integrityAt + 4, integrityAt + 4 + INTEGRITY_BYTES);
  return timingSafeEqual(said, integrityOf(bytes.subarray(0, integrityAt), key));
}

/** The message as bytes; with `key` it is proven, and with a checksum it is told from other traffic. */
export function buildStun(message: StunMessage, key?: string | Uint8Array, hasFingerprint = true): Buffer {
  const { kind, method, transactionId, attributes } = message;
  const kindBits = CLASSES.indexOf(kind);
  const methodBits = (method & 0x000f) | ((method & 0x0070) << 1) | ((method & 0x0f80) << 2);
  const type = methodBits | ((kindBits & 1) << 4) | ((kindBits & 2) << 7);
  const head = [uintBytes(type, 2), uintBytes(0, 2), uintBytes(MAGIC_COOKIE, 4), transactionId];
  let bytes = Buffer.concat([...head, ...attributes.map(attributeBytes)]);
  bytes.writeUInt16BE(bytes.length - HEADER_BYTES, 2);
  if (key !== undefined) {
    const value = integrityOf(bytes, key);
    bytes = Buffer.concat([bytes, attributeBytes({ type: MESSAGE_INTEGRITY, value })]);
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

/** The bytes before an attribute, with the length as if it was the last one. */
function before(bytes: Uint8Array, at: number, sizeBytes: number): Buffer {
  const copy = Buffer.from(bytes.subarray(0, at));
  copy.writeUInt16BE(at - HEADER_BYTES + 4 + sizeBytes, 2);
  return copy;
}

const integrityOf = (bytes: Uint8Array, key: string | Uint8Array): Buffer =>
  createHmac('sha1', key)
    .update(before(bytes, bytes.length, INTEGRITY_BYTES))
    .digest();

const mark = (bytes: Uint8Array, at: number): number =>
  (crc32(before(bytes, at, FINGERPRINT_BYTES)) ^ FINGERPRINT_MASK) >>> 0;
