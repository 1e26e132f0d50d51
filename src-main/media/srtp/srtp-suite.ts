// The crypto suites that a key can be for: cipher, lengths and tags. RFC 4568 §6.2, RFC 6188 §2, RFC 7714 §12.

/** Names as SDP writes them. */
export type SrtpSuite =
  | 'AEAD_AES_256_GCM'
  | 'AEAD_AES_128_GCM'
  | 'AES_256_CM_HMAC_SHA1_80'
  | 'AES_256_CM_HMAC_SHA1_32'
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32';

export interface SuiteShape {
  /** `counter` is AES in counter mode with HMAC-SHA1 beside it; `gcm` does both. */
  readonly mode: 'counter' | 'gcm';
  readonly keyBytes: 16 | 32;
  readonly saltBytes: 12 | 14;
  readonly rtpTagBytes: number;
  readonly rtcpTagBytes: number;
}

const counter = (keyBytes: 16 | 32, rtpTagBytes: number): SuiteShape => ({
  mode: 'counter',
  keyBytes,
  saltBytes: 14,
  rtpTagBytes,
  // RFC 4568 §6.2.2: the short tag is for RTP only, reports always have 80 bits
  rtcpTagBytes: 10,
});

// RFC 7714 §12: salts of 96 bits and tags of 128
const gcm = (keyBytes: 16 | 32): SuiteShape => ({
  mode: 'gcm',
  keyBytes,
  saltBytes: 12,
  rtpTagBytes: 16,
  rtcpTagBytes: 16,
});

export const SRTP_SUITES: Readonly<Record<SrtpSuite, SuiteShape>> = {
  AEAD_AES_256_GCM: gcm(32),
  AEAD_AES_128_GCM: gcm(16),
  AES_256_CM_HMAC_SHA1_80: counter(32, 10),
  AES_256_CM_HMAC_SHA1_32: counter(32, 4),
  AES_CM_128_HMAC_SHA1_80: counter(16, 10),
  AES_CM_128_HMAC_SHA1_32: counter(16, 4),
};

/** The master key of one direction. */
export interface SrtpKey {
  readonly suite: SrtpSuite;
  /** Master key and master salt, one after the other, as SDP carries them. RFC 4568 §6.1 */
  readonly keyAndSalt: Uint8Array;
  /** Which key it is, as each packet says it; absent when packets do not. RFC 3711 §3.1 */
  readonly mki?: Uint8Array;
}

/** Whether the key is as long as its suite wants it. */
export function isWholeKey({ suite, keyAndSalt }: SrtpKey): boolean {
  const { keyBytes, saltBytes } = SRTP_SUITES[suite];
  return keyAndSalt.length === keyBytes + saltBytes;
}
