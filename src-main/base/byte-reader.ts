// Reads numbers and vectors from bytes of the network without ever throwing: what is missing reads as nothing and is told at the end.

export class ByteReader {
  readonly #bytes: Buffer;
  #at = 0;
  #isBroken = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Whether something was read that was not there. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  get remaining(): number {
    return this.#bytes.length - this.#at;
  }

  /** Whether all was read and nothing was missing. */
  get isComplete(): boolean {
    return !this.#isBroken && this.remaining === 0;
  }

  /** A number of 1 to 6 bytes, the highest first. */
  uint(sizeBytes: 1 | 2 | 3 | 4 | 6): number {
    const bytes = this.bytes(sizeBytes);
    return bytes.length === 0 ? 0 : bytes.readUIntBE(0, sizeBytes);
  }

  /** A view of the next bytes; empty when there are fewer. */
  bytes(sizeBytes: number): Buffer {
    if (sizeBytes > this.remaining) {
      this.#isBroken = true;
      this.#at = this.#bytes.length;
      return Buffer.alloc(0);
    }
    const from = this.#at;
    this.#at += sizeBytes;
    return this.#bytes.subarray(from, this.#at);
  }

  /** Bytes behind a length of 1, 2 or 3 bytes. */
  vector(lengthBytes: 1 | 2 | 3): Buffer {
    return this.bytes(this.uint(lengthBytes));
  }

  /** Whatever is left. */
  rest(): Buffer {
    return this.bytes(this.remaining);
  }
}
