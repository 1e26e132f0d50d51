// The four ways to protect a handshake that are spoken here: fresh keys by ECDHE, AES in Galois/counter mode. RFC 5289 §3.2.

export interface CipherSuite {
  readonly id: number;
  /** Which kind of key the server's certificate has. */
  readonly certificate: 'ecdsa' | 'rsa';
  readonly keyBytes: 16 | 32;
  readonly hash: 'sha256' | 'sha384';
}

/** The preferred first. Ours is a key for ECDSA, so that as a server only those suites are chosen. */
export const CIPHER_SUITES: readonly CipherSuite[] = [
  { id: 0xc02b, certificate: 'ecdsa', keyBytes: 16, hash: 'sha256' },
  { id: 0xc02c, certificate: 'ecdsa', keyBytes: 32, hash: 'sha384' },
  { id: 0xc02f, certificate: 'rsa', keyBytes: 16, hash: 'sha256' },
  { id: 0xc030, certificate: 'rsa', keyBytes: 32, hash: 'sha384' },
];

/** RFC 8422 §5.1.1: the curves for the exchange, by the names of the crypto library; the preferred first. */
export const CURVES: readonly { readonly id: number; readonly name: 'prime256v1' | 'secp384r1' }[] = [
  { id: 23, name: 'prime256v1' },
  { id: 24, name: 'secp384r1' },
];

/** RFC 5246 §7.4.1.4.1: hash and kind of key of a signature that is believed; the preferred first. */
export const SIGNATURE_SCHEMES: readonly {
  readonly id: number;
  readonly hash: 'sha256' | 'sha384' | 'sha512';
  readonly key: 'ec' | 'rsa';
}[] = [
  { id: 0x0403, hash: 'sha256', key: 'ec' },
  { id: 0x0503, hash: 'sha384', key: 'ec' },
  { id: 0x0603, hash: 'sha512', key: 'ec' },
  { id: 0x0401, hash: 'sha256', key: 'rsa' },
  { id: 0x0501, hash: 'sha384', key: 'rsa' },
  { id: 0x0601, hash: 'sha512', key: 'rsa' },
];

/** RFC 5764 §4.1.2, RFC 7714 §14.2: what the agreed keys are for, by the names that SDP has; the strongest first. */
export const SRTP_PROFILES = [
  { id: 0x0008, suite: 'AEAD_AES_256_GCM', keyBytes: 32, saltBytes: 12 },
  { id: 0x0007, suite: 'AEAD_AES_128_GCM', keyBytes: 16, saltBytes: 12 },
  { id: 0x0001, suite: 'AES_CM_128_HMAC_SHA1_80', keyBytes: 16, saltBytes: 14 },
  { id: 0x0002, suite: 'AES_CM_128_HMAC_SHA1_32', keyBytes: 16, saltBytes: 14 },
] as const;

export type SrtpProfile = (typeof SRTP_PROFILES)[number];
