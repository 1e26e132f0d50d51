// One `a=crypto` line: read with all that it may say, written with what we say. RFC 4568 §4, §6.1, §6.3, §9.1.

/** Suites with the bytes of master key and salt together; the strongest first. RFC 4568 §6.2, RFC 6188 §4, RFC 7714 §14.2 */
export const CRYPTO_SUITES = {
  AEAD_AES_256_GCM: 44,
  AEAD_AES_128_GCM: 28,
  AES_256_CM_HMAC_SHA1_80: 46,
  AES_CM_128_HMAC_SHA1_80: 30,
  AES_256_CM_HMAC_SHA1_32: 46,
  AES_CM_128_HMAC_SHA1_32: 30,
} as const;

export type CryptoSuite = keyof typeof CRYPTO_SUITES;

export interface CryptoAttribute {
  readonly tag: number;
  readonly suite: CryptoSuite;
  /** Master key and salt in base64. */
  readonly key: string;
  /** Packets that the key is good for, when said. */
  readonly lifetimePackets?: number;
  /** Which key it is, in the bytes that each packet has of it, in base64. */
  readonly mki?: string;
}

export const isCryptoSuite = (text: string): text is CryptoSuite => Object.hasOwn(CRYPTO_SUITES, text);

/** The value of a crypto line; undefined when it is malformed or asks for what is not understood, so that another line is used. */
export function parseCrypto(value: string): CryptoAttribute | undefined {
  const [tag = '', suite = '', keys = '', ...parameters] = value.trim().split(/[ \t]+/);
  if (!/^\d{1,9}$/.test(tag) || !parameters.every(isHarmless)) return undefined;
  const known = suiteOf(suite);
  // RFC 4568 §6.1: of several keys each packet says by MKI which it is; one key is all that is understood
  const method = /^inline:([^|;]+)((?:\|[^|;]*){0,2})$/i.exec(keys);
  if (!known || !method) return undefined;
  const [, key = '', rest = ''] = method;
  const info = parseKeyInfo(rest.split('|').slice(1));
  if (!info || Buffer.from(key, 'base64').length !== CRYPTO_SUITES[known] || !BASE64.test(key)) return undefined;
  return { tag: Number(tag), suite: known, key, ...info };
}

/** A crypto line of ours: no lifetime, no MKI, no parameters. */
export const formatCrypto = ({ tag, suite, key }: CryptoAttribute): string => `crypto:${tag} ${suite} inline:${key}`;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** INTEROP: the draft of RFC 6188 wrote `AES_CM_256_…`, and some peers still do. */
function suiteOf(text: string): CryptoSuite | undefined {
  const name = text.toUpperCase().replace(/^AES_CM_256_/, 'AES_256_CM_');
  return isCryptoSuite(name) ? name : undefined;
}

/**
 * RFC 4568 §6.3: the size of the peer's window is a hint, a rate of derivation of 0 is none, and what begins with `-` may be
 * passed over. All else changes what packets look like.
 */
const isHarmless = (parameter: string): boolean => /^(?:WSH=\d+|KDR=0|-.*)$/i.test(parameter);

/** RFC 4568 §6.1: `2^20` or a number, and `value:bytes`, either or both, in this order. */
function parseKeyInfo(parts: readonly string[]): Pick<CryptoAttribute, 'lifetimePackets' | 'mki'> | undefined {
  const [first = '', second] = parts;
  const isMkiOnly = first.includes(':') && second === undefined;
  const lifetime = isMkiOnly || parts.length === 0 ? {} : parseLifetime(first);
  const mkiText = isMkiOnly ? first : second;
  const mki = mkiText === undefined ? {} : parseMki(mkiText);
  return lifetime && mki && { ...lifetime, ...mki };
}

function parseLifetime(text: string): Pick<CryptoAttribute, 'lifetimePackets'> | undefined {
  const [, exponent, count] = /^(?:2\^(\d{1,2})|(\d{1,15}))$/.exec(text) ?? [];
  const packets = exponent === undefined ? Number(count) : 2 ** Number(exponent);
  return packets > 0 && packets <= 2 ** 48 ? { lifetimePackets: packets } : undefined;
}

/** RFC 4568 §6.1: from 1 to 128 bytes. */
function parseMki(text: string): Pick<CryptoAttribute, 'mki'> | undefined {
  const [, value = '', size = ''] = /^(\d{1,40}):(\d{1,3})$/.exec(text) ?? [];
  const sizeBytes = Number(size);
  if (value === '' || sizeBytes < 1 || sizeBytes > 128) return undefined;
  const digits = BigInt(value).toString(16);
  if (digits.length > sizeBytes * 2) return undefined;
  return { mki: Buffer.from(digits.padStart(sizeBytes * 2, '0'), 'hex').toString('base64') };
}
