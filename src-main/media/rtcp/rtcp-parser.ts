// Reads compound RTCP packets. RFC 3550 §6.1, §A.2.
import { parseExtendedBlocks } from './extended-report.ts';
import { BLOCK_BYTES, PACKET_TYPE, SENDER_INFO_BYTES, type ReportBlock, type RtcpPacket } from './rtcp-packet.ts';

/** More packets than this in one datagram are not read. */
const MAX_PACKETS = 32;
const CNAME_ITEM = 1;

/** All packets that are understood; undefined when the compound is not valid, empty when it says nothing to us. */
export function parseRtcp(bytes: Uint8Array): RtcpPacket[] | undefined {
  const packets: RtcpPacket[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  for (let count = 0; at < bytes.length && count < MAX_PACKETS; count++) {
    if (at + 4 > bytes.length || view.getUint8(at) >> 6 !== 2) return undefined;
    const type = view.getUint8(at + 1);
    // RFC 3550 §A.2: the first packet of a compound is a report.
    if (count === 0 && type !== PACKET_TYPE.senderReport && type !== PACKET_TYPE.receiverReport) return undefined;
    const sizeBytes = (view.getUint16(at + 2) + 1) * 4;
    if (at + sizeBytes > bytes.length) return undefined;
    const packet = parsePacket(new DataView(bytes.buffer, bytes.byteOffset + at, sizeBytes), type);
    if (packet) packets.push(packet);
    at += sizeBytes;
  }
  return packets;
}

function parsePacket(view: DataView, type: number): RtcpPacket | undefined {
  if (view.byteLength < 8) return undefined;
  const count = view.getUint8(0) & 0x1f;
  switch (type) {
    case PACKET_TYPE.senderReport:
      return parseSenderReport(view, count);
    case PACKET_TYPE.receiverReport:
      return { kind: 'receiverReport', ssrc: view.getUint32(4), blocks: parseBlocks(view, 8, count) };
    case PACKET_TYPE.description:
      return count === 0 ? undefined : parseDescription(view);
    case PACKET_TYPE.bye:
      return count === 0 ? undefined : parseBye(view, count);
    case PACKET_TYPE.extendedReport:
      return { kind: 'extendedReport', ssrc: view.getUint32(4), blocks: parseExtendedBlocks(view) };
    default:
      return undefined;
  }
}

function parseSenderReport(view: DataView, count: number): RtcpPacket | undefined {
  if (view.byteLength < 8 + SENDER_INFO_BYTES) return undefined;
  return {
    kind: 'senderReport',
    ssrc: view.getUint32(4),
    sender: {
      ntpSec: view.getUint32(8),
      ntpFraction: view.getUint32(12),
      rtpTimestamp: view.getUint32(16),
      packetCount: view.getUint32(20),
      octetCount: view.getUint32(24),
    },
    blocks: parseBlocks(view, 8 + SENDER_INFO_BYTES, count),
  };
}

/** As many blocks as the header promises and the packet really holds. */
function parseBlocks(view: DataView, start: number, count: number): ReportBlock[] {
  const blocks: ReportBlock[] = [];
  for (let at = start; blocks.length < count && at + BLOCK_BYTES <= view.byteLength; at += BLOCK_BYTES) {
    blocks.push({
      ssrc: view.getUint32(at),
      fractionLost: view.getUint8(at + 4),
      // RFC 3550 §6.4.1: 24 bits, signed, because duplicates make it negative.
      cumulativeLost: (view.getInt32(at + 4) << 8) >> 8,
      extendedHighest: view.getUint32(at + 8),
      jitterTicks: view.getUint32(at + 12),
      lastSenderReport: view.getUint32(at + 16),
      delaySinceLast: view.getUint32(at + 20),
    });
  }
  return blocks;
}

const textOf = (view: DataView, start: number, sizeBytes: number): string =>
  Buffer.from(view.buffer as ArrayBuffer, view.byteOffset + start, sizeBytes).toString('utf8');

/** RFC 3550 §6.5: the CNAME of the first chunk. */
function parseDescription(view: DataView): RtcpPacket | undefined {
  for (let at = 8; at + 2 <= view.byteLength;) {
    const type = view.getUint8(at);
    if (type === 0) return undefined;
    const sizeBytes = view.getUint8(at + 1);
    if (at + 2 + sizeBytes > view.byteLength) return undefined;
    if (type === CNAME_ITEM) {
      return { kind: 'description', ssrc: view.getUint32(4), cname: textOf(view, at + 2, sizeBytes) };
    }
    at += 2 + sizeBytes;
  }
  return undefined;
}

/** RFC 3550 §6.6: the sources that leave, and maybe a reason. */
function parseBye(view: DataView, count: number): RtcpPacket {
  const at = 4 + count * 4;
  const sizeBytes = at < view.byteLength ? view.getUint8(at) : 0;
  const reason = at + 1 + sizeBytes <= view.byteLength ? textOf(view, at + 1, sizeBytes) : '';
  return { kind: 'bye', ssrc: view.getUint32(4), reason };
}
