// Extended reports: how the receiver hears a call, and a round trip for who only listens. RFC 3611 §3, §4.4, §4.5, §4.7.
import { unreachable } from '../../base/result.ts';

/** RFC 3611 §4.7: what cannot be told. */
export const UNAVAILABLE = 127;
const HEADER_BYTES = 8;
const BLOCK_HEADER_BYTES = 4;
/** Blocks of one report that are read. */
const MAX_BLOCKS = 16;
const MAX_ENTRIES = 8;

const BLOCK_TYPE = { receiverReferenceTime: 4, delaySinceLastReceiverReport: 5, voipMetrics: 7 } as const;
const VOIP_METRICS_BYTES = 36;
const ENTRY_BYTES = 12;

/** RFC 3611 §4.7: one direction of a call, as its receiver hears it. Rates and densities are in 256ths. */
export interface VoipMetrics {
  readonly ssrc: number;
  readonly lossRate: number;
  /** Packets that came too late to be heard. */
  readonly discardRate: number;
  readonly burstDensity: number;
  readonly gapDensity: number;
  readonly burstMs: number;
  readonly gapMs: number;
  readonly roundTripMs: number;
  readonly endSystemMs: number;
  /** In dBm0, `UNAVAILABLE` where nobody measures. */
  readonly signalLevel: number;
  readonly noiseLevel: number;
  readonly echoReturnLoss: number;
  readonly minimumGap: number;
  /** 0 to 100. */
  readonly rFactor: number;
  /** In tenths: listening and conversational. */
  readonly mosListening: number;
  readonly mosConversational: number;
  /** Concealment, adaptation and its rate. RFC 3611 §4.7.6 */
  readonly receiverConfiguration: number;
  readonly jitterNominalMs: number;
  readonly jitterMaximumMs: number;
  readonly jitterAbsoluteMaximumMs: number;
}

export type ExtendedBlock =
  | { readonly kind: 'receiverReferenceTime'; readonly ntpSec: number; readonly ntpFraction: number }
  | {
      readonly kind: 'delaySinceLastReceiverReport';
      readonly entries: readonly {
        readonly ssrc: number;
        /** Middle 32 bits of the NTP time of the last reference, 0 for none. */
        readonly lastReference: number;
        /** In units of 1/65536 s. */
        readonly delaySinceLast: number;
      }[];
    }
  | { readonly kind: 'voipMetrics'; readonly metrics: VoipMetrics };

/** The blocks of a report, behind its header. */
export const buildExtendedBlocks = (blocks: readonly ExtendedBlock[]): Buffer => Buffer.concat(blocks.map(buildBlock));

function buildBlock(block: ExtendedBlock): Buffer {
  switch (block.kind) {
    case 'receiverReferenceTime': {
      const bytes = beginBlock(BLOCK_TYPE.receiverReferenceTime, 12);
      bytes.writeUInt32BE(block.ntpSec, 4);
      bytes.writeUInt32BE(block.ntpFraction, 8);
      return bytes;
    }
    case 'delaySinceLastReceiverReport': {
      const entries = block.entries.slice(0, MAX_ENTRIES);
      const bytes = beginBlock(BLOCK_TYPE.delaySinceLastReceiverReport, 4 + entries.length * ENTRY_BYTES);
      for (const [index, { ssrc, lastReference, delaySinceLast }] of entries.entries()) {
        const at = 4 + index * ENTRY_BYTES;
        bytes.writeUInt32BE(ssrc, at);
        bytes.writeUInt32BE(lastReference, at + 4);
        bytes.writeUInt32BE(delaySinceLast, at + 8);
      }
      return bytes;
    }
    case 'voipMetrics':
      return buildMetrics(block.metrics);
    default:
      return unreachable(block);
  }
}

/** RFC 3611 §3: type, a byte of the type's own, and the length in words without this one. */
function beginBlock(type: number, sizeBytes: number): Buffer {
  const bytes = Buffer.alloc(sizeBytes);
  bytes.writeUInt8(type, 0);
  bytes.writeUInt16BE(sizeBytes / 4 - 1, 2);
  return bytes;
}

//  |     BT=7      |   reserved    |       block length = 8        |
//  |                        SSRC of source                         |
//  |   loss rate   | discard rate  | burst density |  gap density  |
//  |       burst duration          |         gap duration          |
//  |     round trip delay          |       end system delay        |
//  | signal level  |  noise level  |     RERL      |     Gmin      |
//  |   R factor    | ext. R factor |    MOS-LQ     |    MOS-CQ     |
//  |   RX config   |   reserved    |          JB nominal           |
//  |          JB maximum           |          JB abs max           |

const BYTE_FIELDS = [
  ['lossRate', 8],
  ['discardRate', 9],
  ['burstDensity', 10],
  ['gapDensity', 11],
  ['echoReturnLoss', 22],
  ['minimumGap', 23],
  ['rFactor', 24],
  ['mosListening', 26],
  ['mosConversational', 27],
  ['receiverConfiguration', 28],
] as const;
const LEVEL_FIELDS = [
  ['signalLevel', 20],
  ['noiseLevel', 21],
] as const;
const TIME_FIELDS = [
  ['burstMs', 12],
  ['gapMs', 14],
  ['roundTripMs', 16],
  ['endSystemMs', 18],
  ['jitterNominalMs', 30],
  ['jitterMaximumMs', 32],
  ['jitterAbsoluteMaximumMs', 34],
] as const;
const EXTERNAL_R_FACTOR_AT = 25;

const within = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, Math.round(value)));

function buildMetrics(metrics: VoipMetrics): Buffer {
  const bytes = beginBlock(BLOCK_TYPE.voipMetrics, VOIP_METRICS_BYTES);
  bytes.writeUInt32BE(metrics.ssrc, 4);
  for (const [name, at] of BYTE_FIELDS) bytes.writeUInt8(within(metrics[name], 0, 255), at);
  for (const [name, at] of LEVEL_FIELDS) bytes.writeInt8(within(metrics[name], -128, 127), at);
  // RFC 3611 §4.7.2, §4.7.3: what does not fit is as long as can be said
  for (const [name, at] of TIME_FIELDS) bytes.writeUInt16BE(within(metrics[name], 0, 0xffff), at);
  bytes.writeUInt8(UNAVAILABLE, EXTERNAL_R_FACTOR_AT);
  return bytes;
}

/** The blocks that are understood of a whole report, as many as it really holds. RFC 3611 §3: others are passed over. */
export function parseExtendedBlocks(view: DataView): ExtendedBlock[] {
  const blocks: ExtendedBlock[] = [];
  let at = HEADER_BYTES;
  for (let count = 0; count < MAX_BLOCKS && at + BLOCK_HEADER_BYTES <= view.byteLength; count++) {
    const sizeBytes = (view.getUint16(at + 2) + 1) * 4;
    if (at + sizeBytes > view.byteLength) break;
    const block = parseBlock(new DataView(view.buffer, view.byteOffset + at, sizeBytes));
    if (block) blocks.push(block);
    at += sizeBytes;
  }
  return blocks;
}

function parseBlock(view: DataView): ExtendedBlock | undefined {
  switch (view.getUint8(0)) {
    case BLOCK_TYPE.receiverReferenceTime:
      if (view.byteLength !== 12) return undefined;
      return { kind: 'receiverReferenceTime', ntpSec: view.getUint32(4), ntpFraction: view.getUint32(8) };
    case BLOCK_TYPE.delaySinceLastReceiverReport:
      return { kind: 'delaySinceLastReceiverReport', entries: parseEntries(view) };
    case BLOCK_TYPE.voipMetrics:
      // RFC 3611 §4.7: a block of another length is not one of these
      return view.byteLength === VOIP_METRICS_BYTES ? { kind: 'voipMetrics', metrics: parseMetrics(view) } : undefined;
    default:
      return undefined;
  }
}

function parseEntries(view: DataView) {
  const count = Math.min(MAX_ENTRIES, Math.floor((view.byteLength - BLOCK_HEADER_BYTES) / ENTRY_BYTES));
  return Array.from({ length: count }, (_, index) => {
    const at = BLOCK_HEADER_BYTES + index * ENTRY_BYTES;
    return { ssrc: view.getUint32(at), lastReference: view.getUint32(at + 4), delaySinceLast: view.getUint32(at + 8) };
  });
}

function parseMetrics(view: DataView): VoipMetrics {
  const bytes = BYTE_FIELDS.map(([name, at]) => [name, view.getUint8(at)] as const);
  const levels = LEVEL_FIELDS.map(([name, at]) => [name, view.getInt8(at)] as const);
  const times = TIME_FIELDS.map(([name, at]) => [name, view.getUint16(at)] as const);
  return { ssrc: view.getUint32(4), ...Object.fromEntries([...bytes, ...levels, ...times]) } as VoipMetrics & object;
}
