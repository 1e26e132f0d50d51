// STUN Binding as a keep-alive: the request, and what its answer says. RFC 8489 §5, §14.2, RFC 5626 §4.4.2.
import { isIpv6Address, type SocketAddress } from '../../base/socket-address.ts';
import { parseIpv4, parseIpv6 } from '../syntax/index.ts';

const MAGIC_COOKIE = 0x2112a442;
const HEADER_BYTES = 20;
export const TRANSACTION_ID_BYTES = 12;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
const XOR_MAPPED_ADDRESS = 0x0020;
const FAMILY_IPV4 = 1;
const FAMILY_IPV6 = 2;

export interface StunAnswer {
  readonly transactionId: string;
  readonly isError: boolean;
  /** Where the server saw us. */
  readonly mapped?: SocketAddress;
}

/** RFC 8489 §5: the first two bits are zero and the magic cookie stands at its place. */
export function isStun(bytes: Uint8Array): boolean {
  if (bytes.length < HEADER_BYTES || (bytes[0] ?? 0xff) > 0x3f) return false;
  return viewOf(bytes).getUint32(4) === MAGIC_COOKIE;
}

export function buildBindingRequest(transactionId: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = viewOf(bytes);
  view.setUint16(0, BINDING_REQUEST);
  view.setUint32(4, MAGIC_COOKIE);
  bytes.set(transactionId.subarray(0, TRANSACTION_ID_BYTES), 8);
  return bytes;
}

/** Undefined for what is no answer to a Binding request. */
export function parseBindingAnswer(bytes: Uint8Array): StunAnswer | undefined {
  if (!isStun(bytes)) return undefined;
  const view = viewOf(bytes);
  const type = view.getUint16(0);
  if (type !== BINDING_SUCCESS && type !== BINDING_ERROR) return undefined;
  const transactionId = transactionIdText(bytes.subarray(8, HEADER_BYTES));
  const mapped = findMappedAddress(bytes, Math.min(bytes.length, HEADER_BYTES + view.getUint16(2)));
  return { transactionId, isError: type === BINDING_ERROR, ...(mapped && { mapped }) };
}

export const transactionIdText = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** RFC 8489 §14: attributes of type, length and value, padded to four bytes. */
function findMappedAddress(bytes: Uint8Array, end: number): SocketAddress | undefined {
  const view = viewOf(bytes);
  for (let at = HEADER_BYTES; at + 4 <= end;) {
    const length = view.getUint16(at + 2);
    const value = bytes.subarray(at + 4, Math.min(end, at + 4 + length));
    if (view.getUint16(at) === XOR_MAPPED_ADDRESS) return readMappedAddress(value, bytes.subarray(4, HEADER_BYTES));
    at += 4 + Math.ceil(length / 4) * 4;
  }
  return undefined;
}

/** RFC 8489 §14.2: port and address are mixed with the cookie, an IPv6 address with the transaction id too. */
function readMappedAddress(value: Uint8Array, mask: Uint8Array): SocketAddress | undefined {
  const family = value[1];
  const size = family === FAMILY_IPV4 ? 4 : family === FAMILY_IPV6 ? 16 : 0;
  if (size === 0 || value.length < 4 + size) return undefined;
  const view = viewOf(value);
  const port = view.getUint16(2) ^ (MAGIC_COOKIE >>> 16);
  const plain = [...value.subarray(4, 4 + size)].map((byte, index) => byte ^ (mask[index] ?? 0));
  if (size === 4) return { address: plain.join('.'), port };
  const groups = Array.from({ length: 8 }, (_, index) => ((plain[2 * index] ?? 0) << 8) | (plain[2 * index + 1] ?? 0));
  return { address: groups.map((group) => group.toString(16)).join(':'), port };
}

/** The answer that a server gives to a Binding request from `remote`; undefined when it is none. */
export function buildBindingAnswer(request: Uint8Array, remote: SocketAddress): Uint8Array | undefined {
  if (!isStun(request) || viewOf(request).getUint16(0) !== BINDING_REQUEST) return undefined;
  const plain = addressBytes(remote.address);
  if (!plain) return undefined;
  const bytes = new Uint8Array(HEADER_BYTES + 8 + plain.length);
  bytes.set(request.subarray(0, HEADER_BYTES));
  const view = viewOf(bytes);
  view.setUint16(0, BINDING_SUCCESS);
  view.setUint16(2, 8 + plain.length);
  view.setUint16(HEADER_BYTES, XOR_MAPPED_ADDRESS);
  view.setUint16(HEADER_BYTES + 2, 4 + plain.length);
  view.setUint8(HEADER_BYTES + 5, plain.length === 4 ? FAMILY_IPV4 : FAMILY_IPV6);
  view.setUint16(HEADER_BYTES + 6, remote.port ^ (MAGIC_COOKIE >>> 16));
  plain.forEach((byte, index) => view.setUint8(HEADER_BYTES + 8 + index, byte ^ (request[4 + index] ?? 0)));
  return bytes;
}

function addressBytes(address: string): readonly number[] | undefined {
  if (!isIpv6Address(address)) return parseIpv4(address) && address.split('.').map(Number);
  return parseIpv6(address.replace(/%.*$/, ''))?.flatMap((group) => [group >> 8, group & 0xff]);
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
