// The attributes that connectivity checks speak in. RFC 8489 §14, RFC 8445 §16.1.
import { isIP, SocketAddress as NodeAddress } from 'node:net';
import { uintBytes } from '../../base/byte-writer.ts';
import { isIpv6Address, withoutZone, type SocketAddress } from '../../base/socket-address.ts';
import { MAGIC_COOKIE, type StunAttribute, type StunMessage } from './stun-message.ts';

export const Attribute = {
  username: 0x0006,
  errorCode: 0x0009,
  unknownAttributes: 0x000a,
  realm: 0x0014,
  nonce: 0x0015,
  passwordAlgorithm: 0x001d,
  userhash: 0x001e,
  xorMappedAddress: 0x0020,
  priority: 0x0024,
  useCandidate: 0x0025,
  passwordAlgorithms: 0x8002,
  alternateDomain: 0x8003,
  software: 0x8022,
  alternateServer: 0x8023,
  iceControlled: 0x8029,
  iceControlling: 0x802a,
} as const;

const KNOWN: ReadonlySet<number> = new Set(Object.values(Attribute));
/** RFC 8489 §14: whoever does not know a type below this must not go on. */
const FIRST_OPTIONAL = 0x8000;
/** As long as an address of IPv6. */
const MASK_BYTES = 16;
const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;

export const valueOf = ({ attributes }: StunMessage, wanted: number): Uint8Array | undefined =>
  attributes.find(({ type }) => type === wanted)?.value;

export const textOf = (message: StunMessage, type: number): string | undefined => {
  const value = valueOf(message, type);
  return value && Buffer.from(value).toString('utf8');
};

/** A number of 32 bits. */
export function numberOf(message: StunMessage, type: number): number | undefined {
  const value = valueOf(message, type);
  return value?.length === 4 ? Buffer.from(value).readUInt32BE() : undefined;
}

/** A number of 64 bits. */
export function bigNumberOf(message: StunMessage, type: number): bigint | undefined {
  const value = valueOf(message, type);
  return value?.length === 8 ? Buffer.from(value).readBigUInt64BE() : undefined;
}

/** RFC 8489 §14.8: hundreds and the rest. */
export function errorCodeOf(message: StunMessage): number | undefined {
  const value = valueOf(message, Attribute.errorCode);
  return value && value.length >= 4 ? ((value[2] ?? 0) & 7) * 100 + (value[3] ?? 0) : undefined;
}

/** Types that must be understood and are not. RFC 8489 §6.3.1 */
export const unknownTypes = ({ attributes }: StunMessage): number[] =>
  attributes.flatMap(({ type }) => (type < FIRST_OPTIONAL && !KNOWN.has(type) ? [type] : []));

/** Where the other side saw us: mixed with the cookie and the transaction, so that no box on the way translates it. RFC 8489 §14.2 */
export const mappedAddressOf = (message: StunMessage): SocketAddress | undefined =>
  addressOf(message, Attribute.xorMappedAddress);

/** An address that is mixed with the cookie and the transaction; undefined when absent or malformed. */
export const addressOf = (message: StunMessage, type: number): SocketAddress | undefined =>
  readAddress(valueOf(message, type), maskOf(message.transactionId));

/** Where else the server wants to be asked, which is written as it is. RFC 8489 §14.15 */
export const alternateServerOf = (message: StunMessage): SocketAddress | undefined =>
  readAddress(valueOf(message, Attribute.alternateServer), Buffer.alloc(MASK_BYTES));

function readAddress(value: Uint8Array | undefined, mask: Buffer): SocketAddress | undefined {
  const size = value?.[1] === FAMILY_IPV4 ? 4 : value?.[1] === FAMILY_IPV6 ? 16 : 0;
  if (!value || size === 0 || value.length !== 4 + size) return undefined;
  const port = Buffer.from(value).readUInt16BE(2) ^ mask.readUInt16BE(0);
  const plain = value.subarray(4).map((byte, index) => byte ^ (mask[index] ?? 0));
  if (size === 4) return { address: plain.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, at) =>
    Buffer.from(plain)
      .readUInt16BE(2 * at)
      .toString(16),
  );
  const address = canonicalAddress(groups.join(':'));
  return address === undefined ? undefined : { address, port };
}

export const mappedAddress = (address: SocketAddress, transactionId: Uint8Array): StunAttribute =>
  addressAttribute(Attribute.xorMappedAddress, address, transactionId);

export function addressAttribute(
  type: number,
  { address, port }: SocketAddress,
  transactionId: Uint8Array,
): StunAttribute {
  return { type, value: writeAddress({ address, port }, maskOf(transactionId)) };
}

export const alternateServer = (place: SocketAddress): StunAttribute => ({
  type: Attribute.alternateServer,
  value: writeAddress(place, Buffer.alloc(MASK_BYTES)),
});

function writeAddress({ address, port }: SocketAddress, mask: Buffer): Uint8Array {
  const plain = addressBytes(address);
  const family = plain.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6;
  const mixed = plain.map((byte, index) => byte ^ (mask[index] ?? 0));
  return Uint8Array.from([0, family, ...uintBytes(port ^ mask.readUInt16BE(0), 2), ...mixed]);
}

export const textAttribute = (type: number, text: string): StunAttribute => ({ type, value: Buffer.from(text) });

export const numberAttribute = (type: number, value: number): StunAttribute => ({ type, value: uintBytes(value, 4) });

export function bigNumberAttribute(type: number, number: bigint): StunAttribute {
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(number);
  return { type, value };
}

export const errorAttribute = (code: number, reason: string): StunAttribute => ({
  type: Attribute.errorCode,
  value: Buffer.concat([Uint8Array.of(0, 0, Math.floor(code / 100), code % 100), Buffer.from(reason)]),
});

/** RFC 8489 §14.10 */
export const unknownAttribute = (types: readonly number[]): StunAttribute => ({
  type: Attribute.unknownAttributes,
  value: Buffer.concat(types.map((type) => uintBytes(type, 2))),
});

/** The one way to write an address, so that two can be compared; undefined for a name. */
export function canonicalAddress(text: string): string | undefined {
  const address = withoutZone(text);
  const family = isIP(address);
  if (family === 0) return undefined;
  return family === 4 ? address : new NodeAddress({ address, family: 'ipv6' }).address;
}

const maskOf = (transactionId: Uint8Array): Buffer => Buffer.concat([uintBytes(MAGIC_COOKIE, 4), transactionId]);

/** Four or sixteen bytes of an address that is one. */
function addressBytes(address: string): number[] {
  if (!isIpv6Address(address)) return address.split('.').map(Number);
  const [head = '', tail] = hexGroups(withoutZone(address)).split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const zeros = Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 0xff]);
}

/** An IPv4 address at the end of one of IPv6, as two groups. */
const hexGroups = (address: string): string =>
  address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
