// Certificates, fresh keys and the signatures that bind them together. RFC 5246 §7.4.2-§7.4.8, RFC 8422 §5.4.
import { createECDH, sign, verify, X509Certificate, type ECDH, type KeyObject } from 'node:crypto';
import { ByteReader } from '../../base/byte-reader.ts';
import { uintBytes, vectorBytes } from '../../base/byte-writer.ts';
import { CURVES, SIGNATURE_SCHEMES } from './cipher-suites.ts';

const NAMED_CURVE = 3;
/** RFC 5246 §7.4.4: kinds of certificates that a client may show: RSA and ECDSA. RFC 8422 §5.5 */
const CERTIFICATE_TYPES = [1, 64];
/** What our own key signs with. */
const OWN_SCHEME = 0x0403;

export const formatCertificate = (certificate: Uint8Array): Buffer => vectorBytes(3, vectorBytes(3, certificate));

/** The certificate of the peer itself, the first of the chain. RFC 5246 §7.4.2 */
export function parseCertificate(body: Uint8Array): Buffer | undefined {
  const reader = new ByteReader(body);
  const list = new ByteReader(reader.vector(3));
  const first = list.vector(3);
  return reader.isComplete && !list.isBroken && first.length > 0 ? first : undefined;
}

/** RFC 5246 §7.4.6: how a client says that it has none. */
export const isNoCertificate = (body: Uint8Array): boolean => body.length === 3 && body.every((byte) => byte === 0);

/** The key of a certificate; undefined when it cannot be read or is of a kind that is not spoken here. */
export function publicKeyOf(certificate: Uint8Array): KeyObject | undefined {
  try {
    const { publicKey } = new X509Certificate(certificate);
    return publicKey.asymmetricKeyType === 'ec' || publicKey.asymmetricKeyType === 'rsa' ? publicKey : undefined;
  } catch {
    // The library throws for what is not a certificate, which a stranger may send at will.
    return undefined;
  }
}

export interface ServerKeyExchange {
  readonly curve: number;
  readonly point: Uint8Array;
  /** What is signed beside the randoms. RFC 8422 §5.4 */
  readonly parameters: Uint8Array;
  readonly signature: Signature;
}

export interface Signature {
  readonly scheme: number;
  readonly bytes: Uint8Array;
}

export const keyParameters = (curve: number, point: Uint8Array): Buffer =>
  Buffer.concat([uintBytes(NAMED_CURVE, 1), uintBytes(curve, 2), vectorBytes(1, point)]);

export const formatServerKeyExchange = (parameters: Uint8Array, signature: Signature): Buffer =>
  Buffer.concat([parameters, formatSignature(signature)]);

export function parseServerKeyExchange(body: Uint8Array): ServerKeyExchange | undefined {
  const reader = new ByteReader(body);
  const kind = reader.uint(1);
  const curve = reader.uint(2);
  const point = reader.vector(1);
  const parameters = body.subarray(0, body.length - reader.remaining);
  const signature = readSignature(reader);
  return reader.isComplete && kind === NAMED_CURVE ? { curve, point, parameters, signature } : undefined;
}

/** RFC 5246 §7.4.4: no authorities are named, since none vouches. */
export const formatCertificateRequest = (): Buffer =>
  Buffer.concat([
    vectorBytes(1, Buffer.from(CERTIFICATE_TYPES)),
    vectorBytes(2, ...SIGNATURE_SCHEMES.map(({ id }) => uintBytes(id, 2))),
    vectorBytes(2),
  ]);

/** Whether it can be read; what it asks for is what we have. RFC 5246 §7.4.4 */
export function isCertificateRequest(body: Uint8Array): boolean {
  const reader = new ByteReader(body);
  const [types, schemes] = [reader.vector(1), reader.vector(2)];
  reader.vector(2);
  return reader.isComplete && types.length > 0 && schemes.length % 2 === 0;
}

export const formatClientKeyExchange = (point: Uint8Array): Buffer => vectorBytes(1, point);

export function parseClientKeyExchange(body: Uint8Array): Uint8Array | undefined {
  const reader = new ByteReader(body);
  const point = reader.vector(1);
  return reader.isComplete ? point : undefined;
}

export const formatSignature = ({ scheme, bytes }: Signature): Buffer =>
  Buffer.concat([uintBytes(scheme, 2), vectorBytes(2, bytes)]);

export function parseSignature(body: Uint8Array): Signature | undefined {
  const reader = new ByteReader(body);
  const signature = readSignature(reader);
  return reader.isComplete ? signature : undefined;
}

const readSignature = (reader: ByteReader): Signature => ({ scheme: reader.uint(2), bytes: reader.vector(2) });

export const signed = (key: KeyObject, content: Uint8Array): Signature => ({
  scheme: OWN_SCHEME,
  bytes: sign('sha256', content, key),
});

/** Whether who holds the key of the certificate has signed this, in a way that is believed. RFC 5246 §7.4.1.4.1 */
export function isSignedBy(key: KeyObject, content: Uint8Array, { scheme, bytes }: Signature): boolean {
  const known = SIGNATURE_SCHEMES.find(({ id }) => id === scheme);
  return known !== undefined && known.key === key.asymmetricKeyType && verify(known.hash, content, key, bytes);
}

/** A fresh key on a curve, for one handshake. */
export class EphemeralKey {
  readonly point: Buffer;
  readonly #ecdh: ECDH;

  private constructor(ecdh: ECDH) {
    this.#ecdh = ecdh;
    this.point = ecdh.generateKeys();
  }

  /** undefined for a curve that is not spoken here. */
  static create(curve: number): EphemeralKey | undefined {
    const known = CURVES.find(({ id }) => id === curve);
    return known && new EphemeralKey(createECDH(known.name));
  }

  /** What both sides know and nobody else; undefined for a point that is not on the curve. RFC 8422 §5.10 */
  sharedWith(point: Uint8Array): Buffer | undefined {
    try {
      return this.#ecdh.computeSecret(point);
    } catch {
      return undefined;
    }
  }
}
