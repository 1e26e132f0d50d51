// From a shared secret to the keys of the records and of SRTP. RFC 5246 §5, §6.3, §8.1; RFC 7627 §4; RFC 5705 §4; RFC 5764 §4.2.
import { createHash, createHmac } from 'node:crypto';
import type { CipherSuite, SrtpProfile } from './cipher-suites.ts';

type Hash = CipherSuite['hash'];

const MASTER_SECRET_BYTES = 48;
const VERIFY_DATA_BYTES = 12;
/** RFC 5288 §3: the part of the nonce that stays. */
export const IMPLICIT_NONCE_BYTES = 4;

/** RFC 5246 §5: P_hash over label and seed. */
export function pseudoRandom(
  hash: Hash,
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  sizeBytes: number,
): Buffer {
  const start = Buffer.concat([Buffer.from(label, 'ascii'), seed]);
  const hmac = (text: Uint8Array): Buffer => createHmac(hash, secret).update(text).digest();
  let chain = hmac(start);
  let output = Buffer.alloc(0);
  while (output.length < sizeBytes) {
    output = Buffer.concat([output, hmac(Buffer.concat([chain, start]))]);
    chain = hmac(chain);
  }
  return output.subarray(0, sizeBytes);
}

export const digest = (hash: Hash, messages: Uint8Array): Buffer => createHash(hash).update(messages).digest();

export interface Randoms {
  readonly client: Uint8Array;
  readonly server: Uint8Array;
}

/** RFC 5246 §8.1 */
export const masterSecret = (hash: Hash, shared: Uint8Array, { client, server }: Randoms): Buffer =>
  pseudoRandom(hash, shared, 'master secret', Buffer.concat([client, server]), MASTER_SECRET_BYTES);

/** RFC 7627 §4: bound to all messages up to the ClientKeyExchange, so that nobody can give two handshakes the same secret. */
export const extendedMasterSecret = (hash: Hash, shared: Uint8Array, messages: Uint8Array): Buffer =>
  pseudoRandom(hash, shared, 'extended master secret', digest(hash, messages), MASTER_SECRET_BYTES);

/** RFC 5246 §7.4.9: over every message before this one. */
export const verifyData = (hash: Hash, master: Uint8Array, sender: 'client' | 'server', messages: Uint8Array): Buffer =>
  pseudoRandom(hash, master, `${sender} finished`, digest(hash, messages), VERIFY_DATA_BYTES);

export interface RecordKeys {
  readonly key: Buffer;
  readonly implicitNonce: Buffer;
}

/** RFC 5246 §6.3, RFC 5288 §3: no keys for a MAC. */
export function recordKeys(
  { hash, keyBytes }: CipherSuite,
  master: Uint8Array,
  { client, server }: Randoms,
): { readonly client: RecordKeys; readonly server: RecordKeys } {
  const sizeBytes = 2 * (keyBytes + IMPLICIT_NONCE_BYTES);
  const block = pseudoRandom(hash, master, 'key expansion', Buffer.concat([server, client]), sizeBytes);
  const nonces = block.subarray(2 * keyBytes);
  return {
    client: { key: block.subarray(0, keyBytes), implicitNonce: nonces.subarray(0, IMPLICIT_NONCE_BYTES) },
    server: { key: block.subarray(keyBytes, 2 * keyBytes), implicitNonce: nonces.subarray(IMPLICIT_NONCE_BYTES) },
  };
}

/** RFC 5764 §4.2: both keys, then both salts; here key and salt of each side together, as SDP has them. */
export function srtpKeys(
  hash: Hash,
  master: Uint8Array,
  { client, server }: Randoms,
  { keyBytes, saltBytes }: SrtpProfile,
): { readonly client: Buffer; readonly server: Buffer } {
  const seed = Buffer.concat([client, server]);
  const material = pseudoRandom(hash, master, 'EXTRACTOR-dtls_srtp', seed, 2 * (keyBytes + saltBytes));
  const salts = material.subarray(2 * keyBytes);
  return {
    client: Buffer.concat([material.subarray(0, keyBytes), salts.subarray(0, saltBytes)]),
    server: Buffer.concat([material.subarray(keyBytes, 2 * keyBytes), salts.subarray(saltBytes)]),
  };
}
