// Where the parts of protected packets are. RFC 3711 §3.1, §3.4.

export const RTCP_HEADER_BYTES = 8;
export const INDEX_WORD_BYTES = 4;
const RTP_HEADER_BYTES = 12;

export interface RtpLayout {
  readonly ssrc: number;
  readonly sequence: number;
  /** Header, CSRC list and header extension: what stays readable. */
  readonly headBytes: number;
}

/** undefined when it is no RTP packet or is cut short. RFC 3550 §5.1, §5.3.1 */
export function rtpLayout(bytes: Uint8Array): RtpLayout | undefined {
  if (bytes.length < RTP_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  if (first >> 6 !== 2) return undefined;
  let headBytes = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) !== 0) {
    if (headBytes + 4 > bytes.length) return undefined;
    headBytes += 4 + view.getUint16(headBytes + 2) * 4;
  }
  if (headBytes > bytes.length) return undefined;
  return { ssrc: view.getUint32(8), sequence: view.getUint16(2), headBytes };
}

/** The SSRC of who sends the report; undefined when it is none. RFC 3550 §6.4.1 */
export function rtcpSsrc(bytes: Uint8Array): number | undefined {
  if (bytes.length < RTCP_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return view.getUint8(0) >> 6 === 2 ? view.getUint32(4) : undefined;
}
