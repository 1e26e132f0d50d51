// Messages and channel data out of the bytes of a stream to a relay. RFC 8656 §3.1, §12.5.

const HEADER_BYTES = 4;
const STUN_HEADER_BYTES = 20;
/** RFC 8489 §5: STUN begins with two zero bits, channel data with 01. */
const FIRST_OF_CHANNELS = 0x40;
const FIRST_OF_NEITHER = 0x80;

export class TurnFraming {
  #rest: Buffer = Buffer.alloc(0);

  /** The whole messages that are there now; undefined once the stream is nothing that a relay sends. */
  take(bytes: Uint8Array): readonly Uint8Array[] | undefined {
    const all = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    const messages: Uint8Array[] = [];
    let at = 0;
    while (all.length - at >= HEADER_BYTES) {
      const first = all[at] ?? FIRST_OF_NEITHER;
      if (first >= FIRST_OF_NEITHER) return undefined;
      const said = all.readUInt16BE(at + 2);
      const size = first < FIRST_OF_CHANNELS ? STUN_HEADER_BYTES + said : HEADER_BYTES + Math.ceil(said / 4) * 4;
      if (all.length - at < size) break;
      messages.push(all.subarray(at, at + size));
      at += size;
    }
    // A message is at most 64 KiB long, so that no more than that is kept.
    this.#rest = Buffer.from(all.subarray(at));
    return messages;
  }
}
