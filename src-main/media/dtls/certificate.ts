// The certificate that this phone shows: self-signed, because what vouches for it is its fingerprint in SDP. RFC 5763 §5, RFC 5280 §4.1.
import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';

/** Both in DER, in base64, so that they travel to the media process as text. */
export interface DtlsIdentity {
  readonly certificate: string;
  readonly privateKey: string;
  /** Of the certificate by SHA-256, as SDP writes it. RFC 8122 §5 */
  readonly fingerprint: string;
}

const VALID_FROM = '20200101000000Z';
/** RFC 5280 §4.1.2.5: the value that means no end. */
const VALID_UNTIL = '99991231235959Z';

/**
 * A new one. WHY by hand: the structure has no choices in it, and the libraries that write it cost more memory than the rest of
 * the signalling.
 */
export function createDtlsIdentity(randomBytes: (sizeBytes: number) => Uint8Array): DtlsIdentity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const serial = Buffer.from(randomBytes(8));
  // RFC 5280 §4.1.2.2: a positive number without a leading zero.
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  const ecdsaWithSha256 = der(SEQUENCE, der(OBJECT_IDENTIFIER, Buffer.from('2a8648ce3d040302', 'hex')));
  // RFC 5763 §5: the name is of no use to anyone, so that it names nobody.
  const commonName = der(
    SEQUENCE,
    der(OBJECT_IDENTIFIER, Buffer.from('550403', 'hex')),
    der(UTF8_STRING, Buffer.from('phone')),
  );
  const name = der(SEQUENCE, der(SET, commonName));
  const validity = der(SEQUENCE, der(GENERALIZED_TIME, VALID_FROM), der(GENERALIZED_TIME, VALID_UNTIL));
  const body = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, serial),
    ecdsaWithSha256,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der(SEQUENCE, body, ecdsaWithSha256, der(BIT_STRING, Buffer.from([0]), signature));
  return {
    certificate: certificate.toString('base64'),
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64'),
    fingerprint: fingerprintOf(certificate, 'sha-256') ?? '',
  };
}

/** By the names of RFC 8122 §5; what is weaker is not believed. */
const FINGERPRINT_HASHES: Readonly<Record<string, string>> = {
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
};

/** Pairs of capital digits with colons between them; undefined for a hash that is not believed. RFC 8122 §5 */
export function fingerprintOf(certificate: Uint8Array, hash: string): string | undefined {
  const name = FINGERPRINT_HASHES[hash.toLowerCase()];
  if (name === undefined) return undefined;
  const digits = createHash(name).update(certificate).digest('hex').toUpperCase();
  return digits.match(/../g)?.join(':');
}

export const privateKeyOf = (identity: DtlsIdentity): ReturnType<typeof createPrivateKey> =>
  createPrivateKey({ key: Buffer.from(identity.privateKey, 'base64'), format: 'der', type: 'pkcs8' });

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
/** RFC 5280 §4.1: the version stands in brackets of its own. */
const VERSION = 0xa0;

/** One value: kind, length, content. */
function der(tag: number, ...parts: readonly (Uint8Array | string)[]): Buffer {
  const content = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
