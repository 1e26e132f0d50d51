// Streaming WAV file that is valid after a kill at any moment: samples first, then the sizes, every second.
import { open, type FileHandle } from 'node:fs/promises';
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SoundWriter } from './sound-writer.ts';
import { buildWavHeader, parseWavHeader, WAV_HEADER_BYTES } from './wav-format.ts';

/** Samples go to the disk in such portions. */
const FLUSH_MS = 200;
const HEADER_MS = 1000;
/** A disk that hangs for longer than this loses the recording, not the memory. */
const MAX_WAITING_MS = 20_000;

export interface WavWriterOptions {
  readonly file: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly runtime: Runtime;
  /** Called once when the disk refuses. */
  readonly onFailed: () => void;
}

/** Takes interleaved 16-bit samples and writes them in the background. */
export class WavWriter implements SoundWriter {
  readonly #handle: FileHandle;
  readonly #options: WavWriterOptions;
  readonly #bytesPerMs: number;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #writtenBytes = 0;
  #headerAtMs: number;
  #flushing: Promise<void> | undefined;
  #timer: Timer | undefined;
  #hasFailed = false;
  #isClosed = false;

  private constructor(handle: FileHandle, options: WavWriterOptions) {
    this.#handle = handle;
    this.#options = options;
    this.#bytesPerMs = (options.sampleRateHz * options.channels * 2) / 1000;
    this.#headerAtMs = options.runtime.nowMs();
  }

  /** Creates the file with a valid header; undefined when it cannot be. */
  static async open(options: WavWriterOptions): Promise<WavWriter | undefined> {
    const handle = await open(options.file, 'w').catch(() => undefined);
    if (!handle) return undefined;
    try {
      await handle.write(buildWavHeader(options.sampleRateHz, options.channels, 0), 0, WAV_HEADER_BYTES, 0);
      return new WavWriter(handle, options);
    } catch {
      await handle.close();
      return undefined;
    }
  }

  /** Milliseconds of sound taken so far. */
  get durationMs(): number {
    return (this.#writtenBytes + this.#waitingBytes) / this.#bytesPerMs;
  }

  /** Takes a copy of `samples`. */
  write(samples: Int16Array): void {
    if (this.#hasFailed || this.#isClosed || samples.length === 0) return;
    this.#waiting.push(Buffer.from(samples.slice().buffer));
    this.#waitingBytes += samples.byteLength;
    if (this.#waitingBytes > MAX_WAITING_MS * this.#bytesPerMs) this.#fail();
    else this.#timer ??= this.#options.runtime.setTimer(FLUSH_MS, () => this.#startFlush(), true);
  }

  /** Writes what waits and the final sizes. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#timer?.cancel();
    await this.#flushing;
    await this.#flush(true);
    await this.#handle.close().catch(() => {});
  }

  #startFlush(): void {
    this.#timer = undefined;
    if (this.#flushing) return;
    this.#flushing = this.#flush(false).finally(() => {
      this.#flushing = undefined;
      if (this.#waitingBytes > 0 && !this.#isClosed) {
        this.#timer ??= this.#options.runtime.setTimer(FLUSH_MS, () => this.#startFlush(), true);
      }
    });
  }

  async #flush(isLast: boolean): Promise<void> {
    if (this.#hasFailed) return;
    const data = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    const at = WAV_HEADER_BYTES + this.#writtenBytes;
    this.#writtenBytes += data.length;
    try {
      if (data.length > 0) await this.#handle.write(data, 0, data.length, at);
      const nowMs = this.#options.runtime.nowMs();
      if (!isLast && nowMs - this.#headerAtMs < HEADER_MS - FLUSH_MS) return;
      // WHY: sizes follow the samples that they count, so a kill in between leaves a shorter file, never a wrong one.
      this.#headerAtMs = nowMs;
      const header = buildWavHeader(this.#options.sampleRateHz, this.#options.channels, this.#writtenBytes);
      await this.#handle.write(header, 0, WAV_HEADER_BYTES, 0);
    } catch {
      this.#fail();
    }
  }

  #fail(): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#options.onFailed();
  }
}

/** Writes the sizes that a killed writer had no time for; returns the duration, undefined when it is no WAV of ours. */
export async function repairWav(file: string): Promise<number | undefined> {
  const handle = await open(file, 'r+').catch(() => undefined);
  if (!handle) return undefined;
  try {
    const { size: fileBytes } = await handle.stat();
    const head = Buffer.alloc(Math.min(WAV_HEADER_BYTES, fileBytes));
    await handle.read(head, 0, head.length, 0);
    const layout = parseWavHeader(head, fileBytes);
    if (!layout.ok || layout.value.dataOffset !== WAV_HEADER_BYTES || layout.value.bitsPerSample !== 16)
      return undefined;
    const { sampleRateHz, channels } = layout.value;
    const frameBytes = channels * 2;
    const dataBytes = Math.floor((fileBytes - WAV_HEADER_BYTES) / frameBytes) * frameBytes;
    await handle.write(buildWavHeader(sampleRateHz, channels, dataBytes), 0, WAV_HEADER_BYTES, 0);
    return (dataBytes / frameBytes / sampleRateHz) * 1000;
  } catch {
    return undefined;
  } finally {
    await handle.close();
  }
}
