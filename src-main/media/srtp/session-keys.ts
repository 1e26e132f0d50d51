// From a master key to the keys that packets are protected with. RFC 3711 §4.3, RFC 6188 §3, RFC 7714 §11.
import { createCipheriv } from 'node:crypto';
import { SRTP_SUITES, type SrtpKey } from './srtp-suite.ts';

/** RFC 3711 §4.2.1: HMAC-SHA1 has a key of 160 bits. */
const AUTHENTICATION_KEY_BYTES = 20;

/** RFC 3711 §4.3.2: which key is derived. */
const LABELS = {
  rtp: { encryption: 0, authentication: 1, salt: 2 },
  rtcp: { encryption: 3, authentication: 4, salt: 5 },
} as const;

/** What protects the packets of one kind in one direction. */
export interface SessionKeys {
  readonly encryption: Buffer;
  /** Not used by GCM. */
  readonly authentication: Buffer;
  readonly salt: Buffer;
}

/** The keys for `kind`; the rate of derivation is none, which is the default: they hold as long as the master key. */
export function deriveSessionKeys(key: SrtpKey, kind: 'rtp' | 'rtcp'): SessionKeys {
  const { keyBytes, saltBytes } = SRTP_SUITES[key.suite];
  const masterKey = key.keyAndSalt.subarray(0, keyBytes);
  const masterSalt = key.keyAndSalt.subarray(keyBytes, keyBytes + saltBytes);
  const labels = LABELS[kind];
  const derive = (label: number, sizeBytes: number): Buffer => deriveKey(masterKey, masterSalt, label, sizeBytes);
  return {
    encryption: derive(labels.encryption, keyBytes),
    authentication: derive(labels.authentication, AUTHENTICATION_KEY_BYTES),
    salt: derive(labels.salt, saltBytes),
  };
}

/** RFC 3711 §4.3.3: the key stream of AES in counter mode, from the master salt with the label in it. */
export function deriveKey(masterKey: Uint8Array, masterSalt: Uint8Array, label: number, sizeBytes: number): Buffer {
  const start = Buffer.alloc(16);
  // RFC 7714 §11: a shorter salt is followed by zeros, as every peer does it
  start.set(masterSalt);
  start.writeUInt8(start.readUInt8(7) ^ label, 7);
  const cipher = createCipheriv(masterKey.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr', masterKey, start);
  return cipher.update(Buffer.alloc(sizeBytes));
}
