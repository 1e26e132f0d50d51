// Where a WAV that is being recorded lies: plain, with sizes in its head that follow the samples, or sealed, without them.
import { open, type FileHandle } from 'node:fs/promises';
import type { SoundKey } from './sealed-format.ts';
import { SealedWriter } from './sealed-writer.ts';
import { buildWavHeader, WAV_HEADER_BYTES } from './wav-format.ts';

export interface WavSink {
  append(samples: Buffer): Promise<void>;
  /** So much of what was appended is whole. */
  noteSize(sampleBytes: number): Promise<void>;
  /** Nothing comes any more. */
  end(): Promise<void>;
  close(): Promise<void>;
}

export interface WavSinkOptions {
  readonly file: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** The master key under which the file is sealed; plain without it. */
  readonly sealedBy?: SoundKey | undefined;
}

/** Creates the file with a valid head; rejects when it cannot be. */
export async function openWavSink({ file, sampleRateHz, channels, sealedBy }: WavSinkOptions): Promise<WavSink> {
  const headFor = (sampleBytes: number): Buffer => buildWavHeader(sampleRateHz, channels, sampleBytes);
  if (sealedBy) return sealedSink(await SealedWriter.open(file, sealedBy), headFor(0));
  const handle = await open(file, 'w');
  const sink = plainSink(handle, headFor);
  try {
    await sink.noteSize(0);
    return sink;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

function plainSink(handle: FileHandle, headFor: (sampleBytes: number) => Buffer): WavSink {
  let at = WAV_HEADER_BYTES;
  return {
    append: async (samples) => {
      const start = at;
      at += samples.length;
      await handle.write(samples, 0, samples.length, start);
    },
    noteSize: async (sampleBytes) => {
      await handle.write(headFor(sampleBytes), 0, WAV_HEADER_BYTES, 0);
    },
    end: () => Promise.resolve(),
    close: () => handle.close().catch(() => {}),
  };
}

/** WHY: what is sealed cannot be written over. A head without sizes means: up to the end. */
async function sealedSink(writer: SealedWriter, head: Buffer): Promise<WavSink> {
  try {
    await writer.append(head);
  } catch (error) {
    await writer.close();
    throw error;
  }
  return {
    append: (samples) => writer.append(samples),
    noteSize: () => Promise.resolve(),
    end: () => writer.end(),
    close: () => writer.close(),
  };
}
