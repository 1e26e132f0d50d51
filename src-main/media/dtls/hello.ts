// The greetings of both sides and what they carry beside: curves, signatures, SRTP profiles. RFC 5246 §7.4.1, RFC 6347 §4.2.1, RFC 5764 §4.1.
import { ByteReader } from '../../base/byte-reader.ts';
import { uintBytes, vectorBytes } from '../../base/byte-writer.ts';
import { CIPHER_SUITES, CURVES, SIGNATURE_SCHEMES, SRTP_PROFILES } from './cipher-suites.ts';
import { DTLS_1_2 } from './record.ts';

export const RANDOM_BYTES = 32;

const EXTENSIONS = {
  supportedGroups: 10,
  pointFormats: 11,
  signatureAlgorithms: 13,
  useSrtp: 14,
  extendedMasterSecret: 23,
  renegotiationInfo: 0xff01,
} as const;

/** RFC 5746 §3.3: says in the list of suites what the extension says. */
const EMPTY_RENEGOTIATION_INFO = 0x00ff;

export interface ClientHello {
  readonly random: Uint8Array;
  readonly cookie: Uint8Array;
  readonly suites: readonly number[];
  readonly curves: readonly number[];
  readonly signatures: readonly number[];
  readonly srtpProfiles: readonly number[];
  readonly hasExtendedMasterSecret: boolean;
  readonly hasRenegotiationInfo: boolean;
}

export interface ServerHello {
  readonly random: Uint8Array;
  readonly suite: number;
  readonly srtpProfile: number | undefined;
  readonly hasExtendedMasterSecret: boolean;
  readonly hasRenegotiationInfo: boolean;
}

export function formatClientHello(random: Uint8Array, cookie: Uint8Array): Buffer {
  return Buffer.concat([
    uintBytes(DTLS_1_2, 2),
    random,
    // No session is resumed.
    vectorBytes(1),
    vectorBytes(1, cookie),
    vectorBytes(2, ...CIPHER_SUITES.map(({ id }) => uintBytes(id, 2)), uintBytes(EMPTY_RENEGOTIATION_INFO, 2)),
    vectorBytes(1, uintBytes(0, 1)),
    vectorBytes(
      2,
      extension(EXTENSIONS.supportedGroups, vectorBytes(2, ...CURVES.map(({ id }) => uintBytes(id, 2)))),
      pointFormats(),
      extension(EXTENSIONS.signatureAlgorithms, vectorBytes(2, ...SIGNATURE_SCHEMES.map(({ id }) => uintBytes(id, 2)))),
      useSrtp(SRTP_PROFILES.map(({ id }) => id)),
      extension(EXTENSIONS.extendedMasterSecret),
    ),
  ]);
}

/** RFC 5246 §7.4.1.4: only what the client has asked for. */
export function formatServerHello(hello: ServerHello): Buffer {
  return Buffer.concat([
    uintBytes(DTLS_1_2, 2),
    hello.random,
    vectorBytes(1),
    uintBytes(hello.suite, 2),
    uintBytes(0, 1),
    vectorBytes(
      2,
      pointFormats(),
      hello.srtpProfile === undefined ? Buffer.alloc(0) : useSrtp([hello.srtpProfile]),
      hello.hasExtendedMasterSecret ? extension(EXTENSIONS.extendedMasterSecret) : Buffer.alloc(0),
      // RFC 5746 §3.6: empty at the first handshake
      hello.hasRenegotiationInfo ? extension(EXTENSIONS.renegotiationInfo, vectorBytes(1)) : Buffer.alloc(0),
    ),
  ]);
}

/** undefined when it is malformed. */
export function parseClientHello(body: Uint8Array): ClientHello | undefined {
  const reader = new ByteReader(body);
  const version = reader.uint(2);
  const random = reader.bytes(RANDOM_BYTES);
  reader.vector(1);
  const cookie = reader.vector(1);
  const suites = numbers(reader.vector(2));
  reader.vector(1);
  const extensions = readExtensions(reader);
  // RFC 6347 §4.1: versions count downwards; only 1.2 is spoken.
  if (!extensions || version > DTLS_1_2) return undefined;
  return {
    random,
    cookie,
    suites,
    curves: numbers(inner(extensions.get(EXTENSIONS.supportedGroups))),
    signatures: numbers(inner(extensions.get(EXTENSIONS.signatureAlgorithms))),
    srtpProfiles: numbers(inner(extensions.get(EXTENSIONS.useSrtp))),
    hasExtendedMasterSecret: extensions.has(EXTENSIONS.extendedMasterSecret),
    hasRenegotiationInfo: extensions.has(EXTENSIONS.renegotiationInfo) || suites.includes(EMPTY_RENEGOTIATION_INFO),
  };
}

/** undefined when it is malformed or of another version. */
export function parseServerHello(body: Uint8Array): ServerHello | undefined {
  const reader = new ByteReader(body);
  const version = reader.uint(2);
  const random = reader.bytes(RANDOM_BYTES);
  reader.vector(1);
  const suite = reader.uint(2);
  const compression = reader.uint(1);
  const extensions = readExtensions(reader);
  if (!extensions || version !== DTLS_1_2 || compression !== 0) return undefined;
  return {
    random,
    suite,
    srtpProfile: numbers(inner(extensions.get(EXTENSIONS.useSrtp)))[0],
    hasExtendedMasterSecret: extensions.has(EXTENSIONS.extendedMasterSecret),
    hasRenegotiationInfo: extensions.has(EXTENSIONS.renegotiationInfo),
  };
}

/** RFC 6347 §4.2.1 */
export const formatHelloVerifyRequest = (cookie: Uint8Array): Buffer =>
  Buffer.concat([uintBytes(DTLS_1_2, 2), vectorBytes(1, cookie)]);

export function parseHelloVerifyRequest(body: Uint8Array): Uint8Array | undefined {
  const reader = new ByteReader(body);
  reader.uint(2);
  const cookie = reader.vector(1);
  return reader.isComplete ? cookie : undefined;
}

const extension = (type: number, body: Uint8Array = Buffer.alloc(0)): Buffer =>
  Buffer.concat([uintBytes(type, 2), vectorBytes(2, body)]);

/** RFC 8422 §5.1.2: whole points only. */
const pointFormats = (): Buffer => extension(EXTENSIONS.pointFormats, vectorBytes(1, uintBytes(0, 1)));

/** RFC 5764 §4.1.1: profiles, and no MKI. */
const useSrtp = (profiles: readonly number[]): Buffer =>
  extension(
    EXTENSIONS.useSrtp,
    Buffer.concat([vectorBytes(2, ...profiles.map((id) => uintBytes(id, 2))), vectorBytes(1)]),
  );

/** undefined when they are malformed; none is no failure. */
function readExtensions(reader: ByteReader): ReadonlyMap<number, Buffer> | undefined {
  const extensions = new Map<number, Buffer>();
  const list = new ByteReader(reader.remaining > 0 ? reader.vector(2) : Buffer.alloc(0));
  while (list.remaining > 0) {
    const type = list.uint(2);
    extensions.set(type, list.vector(2));
  }
  return reader.isComplete && !list.isBroken ? extensions : undefined;
}

const inner = (body: Buffer | undefined): Buffer => (body ? new ByteReader(body).vector(2) : Buffer.alloc(0));

function numbers(list: Buffer): readonly number[] {
  const reader = new ByteReader(list);
  const found: number[] = [];
  while (reader.remaining >= 2) found.push(reader.uint(2));
  return found;
}
