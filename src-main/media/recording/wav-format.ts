// The RIFF/WAVE header: what it says and how it is written. Microsoft RIFF, 1991.
import { err, ok, type Result } from '../../base/result.ts';

export const WAV_HEADER_BYTES = 44;

export interface WavFormat {
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly isFloat: boolean;
}

export interface WavLayout extends WavFormat {
  /** Where the samples are in the file. */
  readonly dataOffset: number;
  readonly dataBytes: number;
}

export type WavFailure = 'notWav' | 'unsupported';

const FORMAT_PCM = 1;
const FORMAT_FLOAT = 3;
const FORMAT_EXTENSIBLE = 0xfffe;
/** More chunks than this before the samples are not looked at. */
const MAX_CHUNKS = 64;

/** A header of 44 bytes for `sampleBytes` of 16-bit samples. */
export function buildWavHeader(sampleRateHz: number, channels: number, sampleBytes: number): Buffer {
  // More than the field can say is written as "to the end of the file", which every tolerant reader understands.
  const dataBytes = Math.min(sampleBytes, 0xffff_ffff - WAV_HEADER_BYTES);
  const header = Buffer.alloc(WAV_HEADER_BYTES);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(WAV_HEADER_BYTES - 8 + dataBytes, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(FORMAT_PCM, 20);
  header.writeUInt16LE(channels, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * channels * 2, 28);
  header.writeUInt16LE(channels * 2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(dataBytes, 40);
  return header;
}

/**
 * Finds format and samples in the first bytes of a file. A data size of 0, of all ones, or beyond the end of the
 * file is what a killed writer or a stream leaves behind: then the samples go on to the end of the file.
 */
export function parseWavHeader(head: Uint8Array, fileBytes: number): Result<WavLayout, WavFailure> {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (bytes.length < 12 || tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE') return err('notWav');
  let format: WavFormat | undefined;
  let at = 12;
  for (let count = 0; count < MAX_CHUNKS && at + 8 <= bytes.length; count++) {
    const sizeBytes = bytes.readUInt32LE(at + 4);
    const start = at + 8;
    if (tag(bytes, at) === 'fmt ') format = parseFormat(bytes, start, sizeBytes);
    if (tag(bytes, at) === 'data') return format ? ok(layout(format, start, sizeBytes, fileBytes)) : err('unsupported');
    // Chunks begin at even places.
    at = start + sizeBytes + (sizeBytes % 2);
  }
  return err(format ? 'unsupported' : 'notWav');
}

const tag = (bytes: Buffer, at: number): string => bytes.toString('latin1', at, at + 4);

function parseFormat(bytes: Buffer, at: number, sizeBytes: number): WavFormat | undefined {
  if (sizeBytes < 16 || at + 16 > bytes.length) return undefined;
  const outer = bytes.readUInt16LE(at);
  const isExtended = outer === FORMAT_EXTENSIBLE && sizeBytes >= 26 && at + 26 <= bytes.length;
  const format = isExtended ? bytes.readUInt16LE(at + 24) : outer;
  const channels = bytes.readUInt16LE(at + 2);
  const sampleRateHz = bytes.readUInt32LE(at + 4);
  const bitsPerSample = bytes.readUInt16LE(at + 14);
  const isFloat = format === FORMAT_FLOAT;
  const isKnown = isFloat ? bitsPerSample === 32 : format === FORMAT_PCM && [8, 16, 24, 32].includes(bitsPerSample);
  const isSane = channels >= 1 && channels <= 16 && sampleRateHz >= 4000 && sampleRateHz <= 192_000;
  return isKnown && isSane ? { sampleRateHz, channels, bitsPerSample, isFloat } : undefined;
}

function layout(format: WavFormat, dataOffset: number, saidBytes: number, fileBytes: number): WavLayout {
  const thereBytes = Math.max(0, fileBytes - dataOffset);
  const isUnfinished = saidBytes === 0 || saidBytes > thereBytes;
  const frameBytes = (format.channels * format.bitsPerSample) / 8;
  const dataBytes = isUnfinished ? thereBytes : saidBytes;
  return { ...format, dataOffset, dataBytes: dataBytes - (dataBytes % frameBytes) };
}
