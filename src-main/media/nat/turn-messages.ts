// What is said to a relay, and what it says. RFC 8656 §5, §12, §17, §18.
import { uintBytes } from '../../base/byte-writer.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { addressAttribute, addressOf, numberAttribute, numberOf, valueOf } from './stun-attributes.ts';
import type { StunAttribute, StunMessage } from './stun-message.ts';

export const TurnMethod = {
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  createPermission: 0x008,
  channelBind: 0x009,
} as const;

const TurnAttribute = {
  channelNumber: 0x000c,
  lifetime: 0x000d,
  xorPeerAddress: 0x0012,
  data: 0x0013,
  xorRelayedAddress: 0x0016,
  requestedAddressFamily: 0x0017,
  requestedTransport: 0x0019,
} as const;

const UDP = 17;
const FAMILY_IPV6 = 2;
/** RFC 8656 §12: the numbers of channels. */
export const FIRST_CHANNEL = 0x4000;
export const LAST_CHANNEL = 0x4fff;
const CHANNEL_HEADER_BYTES = 4;

/** RFC 8656 §18.6, §18.8: datagrams, of the family that is spoken here. */
export function allocationAttributes(isIpv6: boolean): StunAttribute[] {
  const transport = { type: TurnAttribute.requestedTransport, value: Uint8Array.of(UDP, 0, 0, 0) };
  const family = { type: TurnAttribute.requestedAddressFamily, value: Uint8Array.of(FAMILY_IPV6, 0, 0, 0) };
  return isIpv6 ? [transport, family] : [transport];
}

export const lifetimeAttribute = (lifetimeSec: number): StunAttribute =>
  numberAttribute(TurnAttribute.lifetime, lifetimeSec);

export const lifetimeOf = (message: StunMessage): number | undefined => numberOf(message, TurnAttribute.lifetime);

export const relayedAddressOf = (message: StunMessage): SocketAddress | undefined =>
  addressOf(message, TurnAttribute.xorRelayedAddress);

export const peerAttribute = (peer: SocketAddress, transactionId: Uint8Array): StunAttribute =>
  addressAttribute(TurnAttribute.xorPeerAddress, peer, transactionId);

export const channelAttribute = (channel: number): StunAttribute => ({
  type: TurnAttribute.channelNumber,
  value: Buffer.concat([uintBytes(channel, 2), uintBytes(0, 2)]),
});

export const dataAttribute = (value: Uint8Array): StunAttribute => ({ type: TurnAttribute.data, value });

/** A datagram, and who has sent it to the relay. */
export interface RelayedDatagram {
  readonly from: SocketAddress;
  readonly bytes: Uint8Array;
}

/** RFC 8656 §11.4: undefined where a part is missing. */
export function readDataIndication(message: StunMessage): RelayedDatagram | undefined {
  const from = addressOf(message, TurnAttribute.xorPeerAddress);
  const bytes = valueOf(message, TurnAttribute.data);
  return from && bytes && { from, bytes };
}

/** RFC 8656 §12.4; padded to four bytes where messages follow each other in a stream. */
export function wrapChannelData(channel: number, bytes: Uint8Array, isPadded: boolean): Buffer {
  const paddingBytes = isPadded ? (4 - (bytes.length % 4)) % 4 : 0;
  const wrapped = Buffer.alloc(CHANNEL_HEADER_BYTES + bytes.length + paddingBytes);
  wrapped.writeUInt16BE(channel, 0);
  wrapped.writeUInt16BE(bytes.length, 2);
  wrapped.set(bytes, CHANNEL_HEADER_BYTES);
  return wrapped;
}

export interface ChannelData {
  readonly channel: number;
  readonly bytes: Uint8Array;
}

/** RFC 8656 §12.5: what is shorter than it says is dropped, padding is passed over. */
export function unwrapChannelData(bytes: Uint8Array): ChannelData | undefined {
  if (bytes.length < CHANNEL_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const [channel, length] = [view.getUint16(0), view.getUint16(2)];
  if (channel < FIRST_CHANNEL || channel > LAST_CHANNEL || CHANNEL_HEADER_BYTES + length > bytes.length)
    return undefined;
  return { channel, bytes: bytes.subarray(CHANNEL_HEADER_BYTES, CHANNEL_HEADER_BYTES + length) };
}
