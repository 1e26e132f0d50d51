// How one packet is sealed and opened, whatever kind of packet it is. RFC 3711 §4.1.1, §4.2; RFC 7714 §8.1, §9.1.
import { createCipheriv, createDecipheriv, createHmac, timingSafeEqual } from 'node:crypto';
import type { SessionKeys } from './session-keys.ts';

/** A packet in its parts: what stays readable, what is encrypted, and what is only authenticated behind it. */
export interface PacketParts {
  readonly ssrc: number;
  /** RTP: rollover counter and sequence number, 48 bits. RTCP: the SRTCP index. */
  readonly index: number;
  readonly head: Uint8Array;
  readonly body: Uint8Array;
  /** RTCP: the word with the index. RTP: empty. */
  readonly trailer: Uint8Array;
}

export interface PacketCipher {
  readonly tagBytes: number;
  seal(parts: PacketParts): { readonly body: Buffer; readonly tag: Buffer };
  /** The plain body; undefined when the tag is not that of these parts. */
  open(parts: PacketParts, tag: Uint8Array): Buffer | undefined;
}

/** AES in counter mode and HMAC-SHA1. RFC 3711 §4.1.1, §4.2.1 */
export class CounterCipher implements PacketCipher {
  readonly tagBytes: number;
  readonly #keys: SessionKeys;
  readonly #name: string;
  readonly #hasRollover: boolean;
  readonly #start = Buffer.alloc(16);
  readonly #rollover = Buffer.alloc(4);

  /** `kind` decides whether the rollover counter, which RTP does not carry, is authenticated. */
  constructor(keys: SessionKeys, tagBytes: number, kind: 'rtp' | 'rtcp') {
    this.#keys = keys;
    this.tagBytes = tagBytes;
    this.#name = keys.encryption.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr';
    this.#hasRollover = kind === 'rtp';
  }

  seal(parts: PacketParts): { readonly body: Buffer; readonly tag: Buffer } {
    const body = this.#crypt(parts);
    return { body, tag: this.#tag(parts, body) };
  }

  open(parts: PacketParts, tag: Uint8Array): Buffer | undefined {
    if (!timingSafeEqual(this.#tag(parts, parts.body), tag)) return undefined;
    return this.#crypt(parts);
  }

  /** RFC 3711 §4.1.1: counting starts at salt * 2^16, SSRC * 2^64 and index * 2^16, all added without carry. */
  #crypt({ ssrc, index, body }: PacketParts): Buffer {
    const start = this.#start;
    start.fill(0);
    start.writeUInt32BE(ssrc, 4);
    start.writeUIntBE(index, 8, 6);
    addSalt(start, this.#keys.salt);
    return createCipheriv(this.#name, this.#keys.encryption, start).update(body);
  }

  /** RFC 3711 §4.2: over the packet and, for RTP, the rollover counter. */
  #tag({ head, trailer, index }: PacketParts, body: Uint8Array): Buffer {
    const hmac = createHmac('sha1', this.#keys.authentication).update(head).update(body);
    if (this.#hasRollover) {
      this.#rollover.writeUInt32BE(Math.floor(index / 65_536));
      hmac.update(this.#rollover);
    } else hmac.update(trailer);
    return hmac.digest().subarray(0, this.tagBytes);
  }
}

/** AES in Galois/counter mode. RFC 7714 §8, §9 */
export class GcmCipher implements PacketCipher {
  readonly tagBytes = 16;
  readonly #keys: SessionKeys;
  readonly #name: 'aes-128-gcm' | 'aes-256-gcm';
  readonly #nonce = Buffer.alloc(12);

  constructor(keys: SessionKeys) {
    this.#keys = keys;
    this.#name = keys.encryption.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm';
  }

  seal(parts: PacketParts): { readonly body: Buffer; readonly tag: Buffer } {
    const options = { authTagLength: this.tagBytes };
    const cipher = createCipheriv(this.#name, this.#keys.encryption, this.#nonceOf(parts), options);
    cipher.setAAD(associated(parts));
    const body = cipher.update(parts.body);
    cipher.final();
    return { body, tag: cipher.getAuthTag() };
  }

  open(parts: PacketParts, tag: Uint8Array): Buffer | undefined {
    const options = { authTagLength: this.tagBytes };
    const decipher = createDecipheriv(this.#name, this.#keys.encryption, this.#nonceOf(parts), options);
    decipher.setAAD(associated(parts)).setAuthTag(tag);
    const body = decipher.update(parts.body);
    try {
      decipher.final();
    } catch {
      // The library throws for a wrong tag, which a stranger may send at will.
      return undefined;
    }
    return body;
  }

  /** RFC 7714 §8.1, §9.1: two zeros, SSRC and index, added to the salt. */
  #nonceOf({ ssrc, index }: PacketParts): Buffer {
    const nonce = this.#nonce;
    nonce.writeUInt16BE(0, 0);
    nonce.writeUInt32BE(ssrc, 2);
    nonce.writeUIntBE(index, 6, 6);
    addSalt(nonce, this.#keys.salt);
    return nonce;
  }
}

/** RFC 7714 §9.2, §9.3: what stays readable and the word with the index. */
const associated = ({ head, trailer }: PacketParts): Uint8Array =>
  trailer.length === 0 ? head : Buffer.concat([head, trailer]);

function addSalt(target: Buffer, salt: Buffer): void {
  for (const [at, value] of salt.entries()) target[at] = (target[at] ?? 0) ^ value;
}
