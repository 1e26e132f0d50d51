// Reads a recording of ours back as its tracks, for whoever compares what was sent with what was heard.
import { readFile } from 'node:fs/promises';
import { parseWavHeader } from './wav-format.ts';

export interface WavTracks {
  readonly sampleRateHz: number;
  /** One array a channel. */
  readonly tracks: readonly Int16Array[];
}

/** undefined when the file is no 16-bit WAV. */
export async function readWavTracks(file: string): Promise<WavTracks | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  if (!bytes) return undefined;
  const layout = parseWavHeader(bytes, bytes.length);
  if (!layout.ok || layout.value.bitsPerSample !== 16 || layout.value.isFloat) return undefined;
  const { channels, sampleRateHz, dataOffset, dataBytes } = layout.value;
  const frames = Math.floor(dataBytes / (2 * channels));
  const tracks = Array.from({ length: channels }, (_, channel) =>
    Int16Array.from({ length: frames }, (__, frame) =>
      bytes.readInt16LE(dataOffset + 2 * (frame * channels + channel)),
    ),
  );
  return { sampleRateHz, tracks };
}
