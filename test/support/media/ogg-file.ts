// Reads Ogg Opus files with a decoder that is not ours; the check sum is worked out bit by bit. RFC 3533 §6, RFC 7845 §3.
import { OpusDecoder } from 'opus-decoder';

export interface ReadPage {
  readonly flags: number;
  readonly granule: number;
  readonly sequence: number;
  readonly serial: number;
  readonly packets: readonly Buffer[];
}

function checksum(bytes: Buffer): number {
  let register = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const isSet = ((register >>> 31) ^ (byte >>> bit)) & 1;
      register = (register << 1) >>> 0;
      if (isSet) register = (register ^ 0x04c11db7) >>> 0;
    }
  }
  return register;
}

/** The whole pages of a file; what a kill has cut off is left out, a wrong check sum is an error. */
export function readOggPages(bytes: Buffer): ReadPage[] {
  const pages: ReadPage[] = [];
  for (let at = 0; at + 27 <= bytes.length;) {
    if (bytes.toString('latin1', at, at + 4) !== 'OggS') throw new Error(`no page at ${at}`);
    const lacing = [...bytes.subarray(at + 27, at + 27 + bytes.readUInt8(at + 26))];
    const start = at + 27 + lacing.length;
    const end = start + lacing.reduce((sum, size) => sum + size, 0);
    if (end > bytes.length) return pages;
    const page = Buffer.from(bytes.subarray(at, end));
    page.writeUInt32LE(0, 22);
    if (checksum(page) !== bytes.readUInt32LE(at + 22)) throw new Error(`the page at ${at} is damaged`);
    pages.push({
      flags: bytes.readUInt8(at + 5),
      granule: Number(bytes.readBigInt64LE(at + 6)),
      serial: bytes.readUInt32LE(at + 14),
      sequence: bytes.readUInt32LE(at + 18),
      packets: packetsOf(bytes.subarray(start, end), lacing),
    });
    at = end;
  }
  return pages;
}

function packetsOf(body: Buffer, lacing: readonly number[]): Buffer[] {
  const packets: Buffer[] = [];
  let [start, end] = [0, 0];
  for (const size of lacing) {
    end += size;
    if (size === 255) continue;
    packets.push(body.subarray(start, end));
    start = end;
  }
  return packets;
}

/** The tracks of a file, from the pages that are whole. */
export async function decodeOggOpus(bytes: Buffer): Promise<Int16Array[]> {
  const [head, , ...pages] = readOggPages(bytes);
  const identification = head?.packets[0];
  if (identification?.toString('latin1', 0, 8) !== 'OpusHead') throw new Error('no Opus');
  const [channels, preSkip] = [identification.readUInt8(9), identification.readUInt16LE(10)];
  const decoder = new OpusDecoder({ channels, preSkip });
  await decoder.ready;
  const { channelData } = decoder.decodeFrames(pages.flatMap(({ packets }) => [...packets]));
  decoder.free();
  const samples = (pages.at(-1)?.granule ?? 0) - preSkip;
  return channelData.map((track) => Int16Array.from(track.subarray(0, samples), (value) => Math.round(value * 32_767)));
}
