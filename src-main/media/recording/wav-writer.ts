// Streaming WAV file that is valid after a kill at any moment: samples first, then the sizes, every second.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { SoundWriter } from './sound-writer.ts';
import { openWavSink, type WavSink, type WavSinkOptions } from './wav-sink.ts';

/** Samples go to the disk in such portions. */
const FLUSH_MS = 200;
const HEADER_MS = 1000;
/** A disk that hangs for longer than this loses the recording, not the memory. */
const MAX_WAITING_MS = 20_000;

export interface WavWriterOptions extends WavSinkOptions {
  readonly runtime: Runtime;
  /** Called once when the disk refuses. */
  readonly onFailed: () => void;
}

/** Takes interleaved 16-bit samples and writes them in the background. */
export class WavWriter implements SoundWriter {
  readonly #sink: WavSink;
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

  private constructor(sink: WavSink, options: WavWriterOptions) {
    this.#sink = sink;
    this.#options = options;
    this.#bytesPerMs = (options.sampleRateHz * options.channels * 2) / 1000;
    this.#headerAtMs = options.runtime.nowMs();
  }

  /** Creates the file with a valid header; undefined when it cannot be. */
  static async open(options: WavWriterOptions): Promise<WavWriter | undefined> {
    const sink = await openWavSink(options).catch(() => undefined);
    return sink && new WavWriter(sink, options);
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
    await this.#sink.close();
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
    this.#writtenBytes += data.length;
    try {
      if (data.length > 0) await this.#sink.append(data);
      const nowMs = this.#options.runtime.nowMs();
      if (!isLast && nowMs - this.#headerAtMs < HEADER_MS - FLUSH_MS) return;
      // WHY: sizes follow the samples that they count, so a kill in between leaves a shorter file, never a wrong one.
      this.#headerAtMs = nowMs;
      await this.#sink.noteSize(this.#writtenBytes);
      if (isLast) await this.#sink.end();
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
