// Streaming Ogg Opus file that is valid after a kill at any moment: whole pages, one after the other. RFC 7845 §3, §5.
import { open, type FileHandle } from 'node:fs/promises';
import type { Runtime } from '../../base/runtime.ts';
import { buildOggPage, fitsPage, type OggPage } from './ogg-page.ts';
import type { SoundWriter } from './sound-writer.ts';

const SAMPLE_RATE_HZ = 48_000;
/** Samples of one channel in a packet: 20 ms. */
const PACKET_SAMPLES = 960;
/** A page goes to the disk so often: what a kill costs. */
const PAGE_SAMPLES = SAMPLE_RATE_HZ / 2;
/** What the encoder looks ahead, and a player drops at the beginning. RFC 7845 §4.2 */
const PRE_SKIP_SAMPLES = 312;
/** A disk that hangs for longer than this loses the recording, not the memory. */
const MAX_WAITING_PAGES = 40;

/** Encodes 20 ms of interleaved samples; the view is valid until the next call. */
export interface PacketEncoder {
  encode(samples: Int16Array): Uint8Array;
  close(): void;
}

export interface OggOpusWriterOptions {
  readonly file: string;
  readonly channels: number;
  readonly runtime: Runtime;
  readonly encoder: PacketEncoder;
  /** Called once when the disk refuses. */
  readonly onFailed: () => void;
}

/** Takes interleaved 16-bit samples at 48 kHz and writes them in the background. */
export class OggOpusWriter implements SoundWriter {
  readonly #handle: FileHandle;
  readonly #options: OggOpusWriterOptions;
  readonly #serial: number;
  readonly #frame: Int16Array;
  #frameFill = 0;
  #packets: Uint8Array[] = [];
  #sequence = 0;
  #takenSamples = 0;
  #encodedSamples = 0;
  #pagedSamples = 0;
  #waitingPages = 0;
  #writing: Promise<void> = Promise.resolve();
  #hasFailed = false;
  #isClosed = false;

  private constructor(handle: FileHandle, options: OggOpusWriterOptions) {
    this.#handle = handle;
    this.#options = options;
    this.#serial = Buffer.from(options.runtime.randomBytes(4)).readUInt32LE();
    this.#frame = new Int16Array(PACKET_SAMPLES * options.channels);
    this.#write({ isFirst: true, granule: 0, packets: [identification(options.channels)] });
    this.#write({ granule: 0, packets: [comment()] });
  }

  /** Creates the file; undefined when it cannot be. */
  static async open(options: OggOpusWriterOptions): Promise<OggOpusWriter | undefined> {
    const handle = await open(options.file, 'w').catch(() => undefined);
    return handle && new OggOpusWriter(handle, options);
  }

  get durationMs(): number {
    return (this.#takenSamples * 1000) / SAMPLE_RATE_HZ;
  }

  write(samples: Int16Array): void {
    if (this.#hasFailed || this.#isClosed) return;
    this.#takenSamples += samples.length / this.#options.channels;
    for (let at = 0; at < samples.length;) {
      const count = Math.min(samples.length - at, this.#frame.length - this.#frameFill);
      this.#frame.set(samples.subarray(at, at + count), this.#frameFill);
      this.#frameFill += count;
      at += count;
      if (this.#frameFill === this.#frame.length) this.#encode();
    }
  }

  /** Resolves when nothing waits for the disk: for those who write faster than sound goes. */
  settled(): Promise<void> {
    return this.#writing;
  }

  /** RFC 7845 §4.4: the last page says where sound ends, within its last packet. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    // What the encoder holds back comes out behind the last sample.
    while (!this.#hasFailed && this.#encodedSamples < this.#takenSamples + PRE_SKIP_SAMPLES) {
      this.#frame.fill(0, this.#frameFill);
      this.#encode();
    }
    this.#isClosed = true;
    this.#write({ isLast: true, granule: this.#takenSamples + PRE_SKIP_SAMPLES, packets: this.#packets });
    await this.#writing;
    this.#options.encoder.close();
    await this.#handle.close().catch(() => {});
  }

  #encode(): void {
    const packet = this.#options.encoder.encode(this.#frame).slice();
    this.#frameFill = 0;
    if (!fitsPage([...this.#packets, packet])) this.#endPage();
    this.#packets.push(packet);
    this.#encodedSamples += PACKET_SAMPLES;
    if (this.#encodedSamples - this.#pagedSamples >= PAGE_SAMPLES) this.#endPage();
  }

  #endPage(): void {
    this.#write({ granule: this.#encodedSamples, packets: this.#packets });
    this.#packets = [];
    this.#pagedSamples = this.#encodedSamples;
  }

  /** RFC 3533 §5: each page stands for itself, so that a kill costs the page that is being written and no other. */
  #write(page: Omit<OggPage, 'serial' | 'sequence'>): void {
    if (this.#hasFailed) return;
    const bytes = buildOggPage({ ...page, serial: this.#serial, sequence: this.#sequence++ });
    if (++this.#waitingPages > MAX_WAITING_PAGES) return this.#fail();
    this.#writing = this.#writing.then(async () => {
      if (this.#hasFailed) return;
      try {
        await this.#handle.appendFile(bytes);
        this.#waitingPages--;
      } catch {
        this.#fail();
      }
    });
  }

  #fail(): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#packets = [];
    this.#options.onFailed();
  }
}

/** RFC 7845 §5.1: version, channels, what to drop at the beginning, the original rate, no gain, one or two plain channels. */
function identification(channels: number): Buffer {
  const head = Buffer.alloc(19);
  head.write('OpusHead', 0, 'latin1');
  head.writeUInt8(1, 8);
  head.writeUInt8(channels, 9);
  head.writeUInt16LE(PRE_SKIP_SAMPLES, 10);
  head.writeUInt32LE(SAMPLE_RATE_HZ, 12);
  return head;
}

/** RFC 7845 §5.2: who made it, and no tags. */
function comment(): Buffer {
  const maker = Buffer.from('Nightjar');
  const tags = Buffer.alloc(16 + maker.length);
  tags.write('OpusTags', 0, 'latin1');
  tags.writeUInt32LE(maker.length, 8);
  maker.copy(tags, 12);
  return tags;
}
