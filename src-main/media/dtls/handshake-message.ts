// One handshake message and the fragments in which it travels. RFC 6347 §4.2.2, §4.2.3.
import { ByteReader } from '../../base/byte-reader.ts';
import { uintBytes, vectorBytes } from '../../base/byte-writer.ts';

/** RFC 5246 §7.4, RFC 6347 §4.3.2 */
export const HANDSHAKE_TYPES = {
  clientHello: 1,
  serverHello: 2,
  helloVerifyRequest: 3,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
} as const;

export type HandshakeType = (typeof HANDSHAKE_TYPES)[keyof typeof HANDSHAKE_TYPES];

export interface HandshakeMessage {
  readonly type: number;
  readonly sequence: number;
  readonly body: Uint8Array;
}

interface Fragment extends HandshakeMessage {
  readonly messageBytes: number;
  readonly offset: number;
}

/** RFC 6347 §4.1.1.1: with its record's frame this goes through every path that a voice packet goes through. */
const MAX_FRAGMENT_BYTES = 1100;
/** A chain of certificates, by far the longest message, is rarely a quarter of this. */
const MAX_MESSAGE_BYTES = 16_384;
/** How far ahead of the message that is next a fragment may be. */
const MAX_AHEAD = 8;

/** As it is signed and counted: whole, whatever the fragments were. RFC 6347 §4.2.6 */
export const wholeMessage = ({ type, sequence, body }: HandshakeMessage): Buffer =>
  fragmentBytes({ type, sequence, body, messageBytes: body.length, offset: 0 });

/** As it travels. */
export function fragmentsOf(message: HandshakeMessage): readonly Buffer[] {
  const { body } = message;
  const fragments: Buffer[] = [];
  for (let offset = 0; offset === 0 || offset < body.length; offset += MAX_FRAGMENT_BYTES) {
    const part = body.subarray(offset, offset + MAX_FRAGMENT_BYTES);
    fragments.push(fragmentBytes({ ...message, body: part, messageBytes: body.length, offset }));
  }
  return fragments;
}

const fragmentBytes = ({ type, sequence, body, messageBytes, offset }: Fragment): Buffer =>
  Buffer.concat([
    uintBytes(type, 1),
    uintBytes(messageBytes, 3),
    uintBytes(sequence, 2),
    uintBytes(offset, 3),
    vectorBytes(3, body),
  ]);

function readFragments(body: Uint8Array): readonly Fragment[] {
  const fragments: Fragment[] = [];
  const reader = new ByteReader(body);
  while (reader.remaining > 0) {
    const type = reader.uint(1);
    const messageBytes = reader.uint(3);
    const sequence = reader.uint(2);
    const offset = reader.uint(3);
    const part = reader.vector(3);
    if (reader.isBroken || offset + part.length > messageBytes || messageBytes > MAX_MESSAGE_BYTES) break;
    fragments.push({ type, sequence, body: part, messageBytes, offset });
  }
  return fragments;
}

interface Assembly {
  readonly type: number;
  readonly bytes: Buffer;
  /** Which bytes have come: from, to. */
  ranges: [from: number, to: number][];
}

/** Puts fragments together and messages in order. */
export class HandshakeAssembler {
  #next = 0;
  readonly #assemblies = new Map<number, Assembly>();

  /**
   * Hands each message that is whole and next to `take`, which says whether it was the peer's; the place of one that was not
   * stays free. True when the record holds one that was taken before.
   */
  receive(body: Uint8Array, take: (message: HandshakeMessage) => boolean): boolean {
    let isRepeated = false;
    for (const fragment of readFragments(body)) {
      if (fragment.sequence < this.#next) isRepeated = true;
      else if (fragment.sequence < this.#next + MAX_AHEAD) this.#put(fragment);
    }
    for (let whole = this.#takeNext(); whole; whole = this.#takeNext()) {
      if (!take(whole)) break;
      this.#next++;
    }
    return isRepeated;
  }

  #put({ type, sequence, body, messageBytes, offset }: Fragment): void {
    const known = this.#assemblies.get(sequence);
    // Fragments of one message agree. Of two that do not one is a stranger's: the peer repeats its own, so that the later one is believed.
    const isOfIt = known?.type === type && known.bytes.length === messageBytes;
    const assembly = isOfIt ? known : { type, bytes: Buffer.alloc(messageBytes), ranges: [] };
    assembly.bytes.set(body, offset);
    assembly.ranges = merged([...assembly.ranges, [offset, offset + body.length]]);
    this.#assemblies.set(sequence, assembly);
  }

  #takeNext(): HandshakeMessage | undefined {
    const sequence = this.#next;
    const assembly = this.#assemblies.get(sequence);
    if (!assembly) return undefined;
    const [[from, to] = [0, -1], ...others] = assembly.ranges;
    if (from !== 0 || to !== assembly.bytes.length || others.length > 0) return undefined;
    this.#assemblies.delete(sequence);
    return { type: assembly.type, sequence, body: assembly.bytes };
  }
}

function merged(ranges: readonly [number, number][]): [number, number][] {
  const result: [number, number][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = result.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else result.push([from, to]);
  }
  return result;
}
