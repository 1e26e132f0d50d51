// One page of an Ogg stream, with its check sum. RFC 3533 §6.

/** The most pieces that a page can have, and the most bytes of a piece. RFC 3533 §6 */
const MAX_SEGMENTS = 255;
const SEGMENT_BYTES = 255;
const HEADER_BYTES = 27;

export interface OggPage {
  readonly isFirst?: boolean;
  readonly isLast?: boolean;
  /** Samples at 48 kHz up to the end of the page's last packet. RFC 7845 §4 */
  readonly granule: number;
  readonly serial: number;
  readonly sequence: number;
  /** Whole packets; together they fit into one page. */
  readonly packets: readonly Uint8Array[];
}

/** RFC 3533 §6: as many pieces as the packet fills, and one more that is not full. */
export const segmentsOf = (packet: Uint8Array): number => Math.floor(packet.length / SEGMENT_BYTES) + 1;

export const fitsPage = (packets: readonly Uint8Array[]): boolean =>
  packets.reduce((sum, packet) => sum + segmentsOf(packet), 0) <= MAX_SEGMENTS;

export function buildOggPage({ isFirst, isLast, granule, serial, sequence, packets }: OggPage): Buffer {
  const lacing = packets.flatMap((packet) => [
    ...Array.from({ length: segmentsOf(packet) - 1 }, () => SEGMENT_BYTES),
    packet.length % SEGMENT_BYTES,
  ]);
  const header = Buffer.alloc(HEADER_BYTES + lacing.length);
  header.write('OggS', 0, 'latin1');
  header.writeUInt8((isFirst === true ? 2 : 0) | (isLast === true ? 4 : 0), 5);
  header.writeBigUInt64LE(BigInt(granule), 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header.writeUInt8(lacing.length, 26);
  header.set(lacing, HEADER_BYTES);
  const page = Buffer.concat([header, ...packets]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  return value >>> 0;
});

/** RFC 3533 §6: the generator 0x04c11db7, beginning with nothing, over a page whose own field holds zeros. */
export function oggChecksum(page: Uint8Array): number {
  let value = 0;
  for (const byte of page) value = ((value << 8) ^ (TABLE[((value >>> 24) ^ byte) & 0xff] ?? 0)) >>> 0;
  return value;
}
