// Writes compound RTCP packets. RFC 3550 §6.1, §6.4-§6.6.
import { unreachable } from '../../base/result.ts';
import { buildExtendedBlocks, type ExtendedBlock } from './extended-report.ts';
import {
  BLOCK_BYTES,
  PACKET_TYPE,
  SENDER_INFO_BYTES,
  type ReportBlock,
  type RtcpPacket,
  type SenderInfo,
} from './rtcp-packet.ts';

const MAX_TEXT_BYTES = 255;
const MAX_BLOCKS = 31;

/** One datagram of all `packets`, which must begin with a report. RFC 3550 §6.1 */
export const buildRtcp = (packets: readonly RtcpPacket[]): Uint8Array => Buffer.concat(packets.map(buildPacket));

function buildPacket(packet: RtcpPacket): Uint8Array {
  switch (packet.kind) {
    case 'senderReport':
      return buildReport(packet.ssrc, packet.blocks, packet.sender);
    case 'receiverReport':
      return buildReport(packet.ssrc, packet.blocks);
    case 'description':
      return buildDescription(packet.ssrc, packet.cname);
    case 'bye':
      return buildBye(packet.ssrc, packet.reason);
    case 'extendedReport':
      return buildExtendedReport(packet.ssrc, packet.blocks);
    default:
      return unreachable(packet);
  }
}

/** RFC 3611 §2 */
function buildExtendedReport(ssrc: number, blocks: readonly ExtendedBlock[]): Uint8Array {
  const body = buildExtendedBlocks(blocks);
  const bytes = begin(PACKET_TYPE.extendedReport, 0, ssrc, 8 + body.length);
  body.copy(bytes, 8);
  return bytes;
}

/** A packet of `sizeBytes` (a multiple of four) with its header and SSRC written. */
function begin(type: number, count: number, ssrc: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt8(0x80 | count, 0);
  bytes.writeUInt8(type, 1);
  bytes.writeUInt16BE(sizeBytes / 4 - 1, 2);
  bytes.writeUInt32BE(ssrc, 4);
  return bytes;
}

function buildReport(ssrc: number, allBlocks: readonly ReportBlock[], sender?: SenderInfo): Uint8Array {
  const blocks = allBlocks.slice(0, MAX_BLOCKS);
  const type = sender ? PACKET_TYPE.senderReport : PACKET_TYPE.receiverReport;
  const start = 8 + (sender ? SENDER_INFO_BYTES : 0);
  const bytes = begin(type, blocks.length, ssrc, start + blocks.length * BLOCK_BYTES);
  if (sender) {
    bytes.writeUInt32BE(sender.ntpSec, 8);
    bytes.writeUInt32BE(sender.ntpFraction, 12);
    bytes.writeUInt32BE(sender.rtpTimestamp, 16);
    bytes.writeUInt32BE(sender.packetCount >>> 0, 20);
    bytes.writeUInt32BE(sender.octetCount >>> 0, 24);
  }
  for (const [index, block] of blocks.entries()) writeBlock(bytes, start + index * BLOCK_BYTES, block);
  return bytes;
}

function writeBlock(bytes: Buffer, at: number, block: ReportBlock): void {
  bytes.writeUInt32BE(block.ssrc, at);
  // RFC 3550 §6.4.1: the cumulative loss stops at the ends of its 24 bits.
  bytes.writeInt32BE(Math.max(-0x80_0000, Math.min(0x7f_ffff, block.cumulativeLost)), at + 4);
  bytes.writeUInt8(block.fractionLost, at + 4);
  bytes.writeUInt32BE(block.extendedHighest, at + 8);
  bytes.writeUInt32BE(block.jitterTicks, at + 12);
  bytes.writeUInt32BE(block.lastSenderReport, at + 16);
  bytes.writeUInt32BE(block.delaySinceLast, at + 20);
}

/** RFC 3550 §6.5: one chunk, one CNAME item, ended by at least one zero octet. */
function buildDescription(ssrc: number, cname: string): Uint8Array {
  const text = Buffer.from(cname, 'utf8').subarray(0, MAX_TEXT_BYTES);
  const bytes = begin(PACKET_TYPE.description, 1, ssrc, 8 + Math.ceil((text.length + 3) / 4) * 4);
  bytes.writeUInt8(1, 8);
  bytes.writeUInt8(text.length, 9);
  text.copy(bytes, 10);
  return bytes;
}

function buildBye(ssrc: number, reason: string): Uint8Array {
  const text = Buffer.from(reason, 'utf8').subarray(0, MAX_TEXT_BYTES);
  if (text.length === 0) return begin(PACKET_TYPE.bye, 1, ssrc, 8);
  const bytes = begin(PACKET_TYPE.bye, 1, ssrc, 8 + Math.ceil((text.length + 1) / 4) * 4);
  bytes.writeUInt8(text.length, 8);
  text.copy(bytes, 9);
  return bytes;
}
