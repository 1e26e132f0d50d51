// Protects what is sent: RTP by its own sequence, reports by a count of their own. RFC 3711 §3.1, §3.3, §3.4; RFC 7714 §8.2, §9.2.
import { createPacketCipher } from './create-packet-cipher.ts';
import type { PacketCipher } from './packet-cipher.ts';
import { guessIndex } from './packet-index.ts';
import { INDEX_WORD_BYTES, RTCP_HEADER_BYTES, rtcpSsrc, rtpLayout } from './packet-layout.ts';
import { SRTP_SUITES, type SrtpKey } from './srtp-suite.ts';

/** RFC 3711 §9.2: with one key no more reports than the index can count, nor packets of sound. */
const MAX_REPORTS = 2 ** 31;
const MAX_PACKETS = 2 ** 48;
const ENCRYPTED = 0x8000_0000;
const NOTHING = new Uint8Array(0);

/** Where a sender stands, so that another can go on with the same key and never repeat a number. */
export interface SentPosition {
  /** Highest rollover counter and sequence sent, 48 bits; -1 before the first. */
  readonly index: number;
  readonly reports: number;
}

export class SrtpSender {
  readonly #rtp: PacketCipher;
  readonly #rtcp: PacketCipher;
  readonly #isTagLast: boolean;
  #index: number;
  #reports: number;

  constructor(key: SrtpKey, after: SentPosition = { index: -1, reports: 0 }) {
    this.#rtp = createPacketCipher(key, 'rtp');
    this.#rtcp = createPacketCipher(key, 'rtcp');
    this.#isTagLast = SRTP_SUITES[key.suite].mode === 'counter';
    this.#index = after.index;
    this.#reports = after.reports;
  }

  get position(): SentPosition {
    return { index: this.#index, reports: this.#reports };
  }

  /** undefined when the key is used up, or the bytes are no RTP packet. */
  protectRtp(packet: Uint8Array): Uint8Array | undefined {
    const layout = rtpLayout(packet);
    if (!layout) return undefined;
    const { ssrc, sequence, headBytes } = layout;
    const index = this.#index < 0 ? sequence : guessIndex(sequence, this.#index);
    // A number is never used twice: with counter mode that would give both packets away.
    if (index <= this.#index || index >= MAX_PACKETS) return undefined;
    this.#index = index;
    const head = packet.subarray(0, headBytes);
    const { body, tag } = this.#rtp.seal({
      ssrc,
      index,
      head,
      body: packet.subarray(headBytes),
      trailer: NOTHING,
    });
    return Buffer.concat([head, body, tag]);
  }

  /** undefined when the key is used up, or the bytes are no report. */
  protectRtcp(packet: Uint8Array): Uint8Array | undefined {
    const ssrc = rtcpSsrc(packet);
    // RFC 3711 §3.4: the index grows before each report and never comes round
    const index = this.#reports + 1;
    if (ssrc === undefined || index >= MAX_REPORTS) return undefined;
    this.#reports = index;
    const trailer = Buffer.alloc(INDEX_WORD_BYTES);
    trailer.writeUInt32BE(ENCRYPTED + index);
    const head = packet.subarray(0, RTCP_HEADER_BYTES);
    const { body, tag } = this.#rtcp.seal({ ssrc, index, head, body: packet.subarray(RTCP_HEADER_BYTES), trailer });
    // RFC 7714 §9.2: with GCM the tag is a part of the ciphertext, in front of the index
    return Buffer.concat(this.#isTagLast ? [head, body, trailer, tag] : [head, body, tag, trailer]);
  }
}
