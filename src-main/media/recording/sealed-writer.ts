// Writes a sealed sound file from its beginning to its end; each chunk is on its way to the disk when it is sealed.
import { open, type FileHandle } from 'node:fs/promises';
import { buildSealedHead, MAX_CHUNK_BYTES, sealChunk, type SoundKey } from './sealed-format.ts';

export class SealedWriter {
  readonly #handle: FileHandle;
  readonly #fileKey: Buffer;
  #place = 0;

  private constructor(handle: FileHandle, fileKey: Buffer) {
    this.#handle = handle;
    this.#fileKey = fileKey;
  }

  /** Creates the file; rejects when it cannot be. */
  static async open(file: string, master: SoundKey): Promise<SealedWriter> {
    const handle = await open(file, 'w', 0o600);
    const { head, fileKey } = buildSealedHead(master);
    try {
      await handle.appendFile(head);
    } catch (error) {
      await handle.close();
      throw error;
    }
    return new SealedWriter(handle, fileKey);
  }

  /** One call at a time. After a failure the file ends before the chunk that failed, and nothing more may be written. */
  async append(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) {
      const chunk = sealChunk(this.#fileKey, this.#place++, bytes.subarray(at, at + MAX_CHUNK_BYTES));
      await this.#handle.appendFile(chunk);
    }
  }

  /** Writes the end, which says that nothing is missing. */
  async end(): Promise<void> {
    await this.#handle.appendFile(sealChunk(this.#fileKey, this.#place, Buffer.alloc(0), true));
    await this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close().catch(() => {});
  }
}
