// Opens what arrives under one key; nothing changes before a packet is authenticated. RFC 3711 §3.3, §3.4; RFC 7714 §8.2, §9.3.
import { err, ok, type Result } from '../../base/result.ts';
import { createPacketCipher } from './create-packet-cipher.ts';
import type { PacketCipher, PacketParts } from './packet-cipher.ts';
import { guessIndex, ReplayWindow } from './packet-index.ts';
import { INDEX_WORD_BYTES, RTCP_HEADER_BYTES, rtcpSsrc, rtpLayout } from './packet-layout.ts';
import { SRTP_SUITES, type SrtpKey } from './srtp-suite.ts';

/** Sources that one key may have; who holds the key could name more for ever. */
export const MAX_SOURCES = 64;

const NOTHING = new Uint8Array(0);
const INDEX_MASK = 0x7fff_ffff;
/** The rollover counter has 32 bits. */
const MAX_INDEX = 2 ** 48;

export type UnprotectFailure = 'malformed' | 'unauthenticated' | 'replayed' | 'tooManySources';

/** How far a source has come. */
export interface ReceivedPosition {
  readonly kind: 'rtp' | 'rtcp';
  readonly ssrc: number;
  readonly index: number;
}

interface Parted {
  readonly body: Uint8Array;
  readonly tag: Uint8Array;
  readonly word: Uint8Array;
}

export class SrtpReceiver {
  readonly #rtp: PacketCipher;
  readonly #rtcp: PacketCipher;
  readonly #isTagLast: boolean;
  readonly #mki: Uint8Array;
  readonly #sources: Readonly<Record<'rtp' | 'rtcp', Map<number, ReplayWindow>>> = { rtp: new Map(), rtcp: new Map() };
  /** Where sources of an earlier key stood. */
  readonly #earlier: readonly ReceivedPosition[];

  /** `resumed`: the same key was in use before; `earlier`: another one was. */
  constructor(key: SrtpKey, resumed: readonly ReceivedPosition[] = [], earlier: readonly ReceivedPosition[] = []) {
    this.#rtp = createPacketCipher(key, 'rtp');
    this.#rtcp = createPacketCipher(key, 'rtcp');
    this.#isTagLast = SRTP_SUITES[key.suite].mode === 'counter';
    this.#mki = key.mki ?? NOTHING;
    this.#earlier = earlier;
    for (const { kind, ssrc, index } of resumed.slice(0, 2 * MAX_SOURCES)) {
      this.#sources[kind].set(ssrc, new ReplayWindow(index));
    }
  }

  get positions(): readonly ReceivedPosition[] {
    return (['rtp', 'rtcp'] as const).flatMap((kind) =>
      [...this.#sources[kind]].map(([ssrc, window]) => ({ kind, ssrc, index: window.highest })),
    );
  }

  /** The packet without its protection. */
  unprotectRtp(bytes: Uint8Array): Result<Uint8Array, UnprotectFailure> {
    const layout = rtpLayout(bytes);
    const parted = layout && this.#part(bytes, layout.headBytes, 'rtp');
    if (!layout || !parted) return err('malformed');
    const { ssrc, sequence, headBytes } = layout;
    const window = this.#sources.rtp.get(ssrc);
    const head = bytes.subarray(0, headBytes);
    let failure: UnprotectFailure = 'unauthenticated';
    for (const index of window ? [guessIndex(sequence, window.highest)] : this.#firstIndices(ssrc, sequence)) {
      const opened = this.#open('rtp', { ssrc, index, head, body: parted.body, trailer: NOTHING }, parted.tag);
      if (opened.ok) return opened;
      failure = opened.error;
    }
    return err(failure);
  }

  /** The report without its protection. */
  unprotectRtcp(bytes: Uint8Array): Result<Uint8Array, UnprotectFailure> {
    const ssrc = rtcpSsrc(bytes);
    const parted = this.#part(bytes, RTCP_HEADER_BYTES, 'rtcp');
    if (ssrc === undefined || !parted) return err('malformed');
    const { body, tag, word } = parted;
    const [first = 0, second = 0, third = 0, fourth = 0] = word;
    const value = ((first << 24) | (second << 16) | (third << 8) | fourth) >>> 0;
    const index = value & INDEX_MASK;
    const head = bytes.subarray(0, RTCP_HEADER_BYTES);
    if (value !== index) return this.#open('rtcp', { ssrc, index, head, body, trailer: word }, tag);
    // RFC 3711 §3.4: without the E flag the report is authenticated, but not encrypted
    const whole = bytes.subarray(0, RTCP_HEADER_BYTES + body.length);
    return this.#open('rtcp', { ssrc, index, head: whole, body: NOTHING, trailer: word }, tag);
  }

  /**
   * RFC 3711 §3.3.1: a new key does not set the rollover counter back. INTEROP: peers that forget it begin at 0 again, as
   * a source that was not there before does.
   */
  #firstIndices(ssrc: number, sequence: number): readonly number[] {
    const earlier = this.#earlier.find((position) => position.kind === 'rtp' && position.ssrc === ssrc);
    const continued = earlier && guessIndex(sequence, earlier.index);
    return continued === undefined || continued <= sequence ? [sequence] : [continued, sequence];
  }

  #open(kind: 'rtp' | 'rtcp', parts: PacketParts, tag: Uint8Array): Result<Uint8Array, UnprotectFailure> {
    const sources = this.#sources[kind];
    const window = sources.get(parts.ssrc);
    const isCountable = parts.index >= 0 && parts.index < MAX_INDEX;
    if (!isCountable || window?.isNew(parts.index) === false) return err('replayed');
    const body = (kind === 'rtp' ? this.#rtp : this.#rtcp).open(parts, tag);
    if (!body) return err('unauthenticated');
    if (!window && sources.size >= MAX_SOURCES) return err('tooManySources');
    const known = window ?? new ReplayWindow();
    known.add(parts.index);
    if (!window) sources.set(parts.ssrc, known);
    return ok(Buffer.concat([parts.head, body]));
  }

  /** RFC 3711 §3.1, §3.4 and RFC 7714 §8.2, §9.3: what stands behind the head, in the order of the suite. */
  #part(bytes: Uint8Array, headBytes: number, kind: 'rtp' | 'rtcp'): Parted | undefined {
    const { tagBytes } = kind === 'rtp' ? this.#rtp : this.#rtcp;
    const sizes = { tag: tagBytes, word: kind === 'rtcp' ? INDEX_WORD_BYTES : 0, mki: this.#mki.length };
    let end = bytes.length;
    const take = (sizeBytes: number): Uint8Array => bytes.subarray((end -= sizeBytes), end + sizeBytes);
    if (headBytes + sizes.tag + sizes.word + sizes.mki > end) return undefined;
    // Behind the body: RTP has MKI and tag or tag and MKI, reports word, MKI and tag or tag, word and MKI.
    const lastTag = this.#isTagLast ? take(sizes.tag) : NOTHING;
    const mki = take(sizes.mki);
    const word = take(sizes.word);
    const tag = this.#isTagLast ? lastTag : take(sizes.tag);
    if (Buffer.compare(mki, this.#mki) !== 0) return undefined;
    return { body: bytes.subarray(headBytes, end), tag, word };
  }
}
