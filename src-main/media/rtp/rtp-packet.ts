// RTP packets: a view for reading, a header for writing. RFC 3550 §5.1.

//  0                   1                   2                   3
//  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
// |                           timestamp                           |
// |                             SSRC                              |
// |            CSRC list, extension (X), payload, padding (P)     |

export const RTP_HEADER_BYTES = 12;

export interface RtpHeader {
  readonly payloadType: number;
  readonly hasMarker: boolean;
  readonly sequence: number;
  readonly timestamp: number;
  readonly ssrc: number;
}

export interface RtpPacket extends RtpHeader {
  /** A view of the datagram, without header extension and padding. */
  readonly payload: Uint8Array;
}

/** Reads a datagram; undefined when it is no RTP packet or is cut short. */
export function parseRtpPacket(bytes: Uint8Array): RtpPacket | undefined {
  if (bytes.length < RTP_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint8(0);
  // RFC 3550 §A.1: the version must be 2.
  if (first >> 6 !== 2) return undefined;
  const start = payloadStart(view, first);
  const end = payloadEnd(view, first, bytes.length);
  if (start === undefined || end === undefined || start > end) return undefined;
  const second = view.getUint8(1);
  return {
    hasMarker: (second & 0x80) !== 0,
    payloadType: second & 0x7f,
    sequence: view.getUint16(2),
    timestamp: view.getUint32(4),
    ssrc: view.getUint32(8),
    payload: bytes.subarray(start, end),
  };
}

/** RFC 3550 §5.3.1: skips the CSRC list and one header extension. */
function payloadStart(view: DataView, first: number): number | undefined {
  const extension = RTP_HEADER_BYTES + (first & 0x0f) * 4;
  if ((first & 0x10) === 0) return extension;
  if (extension + 4 > view.byteLength) return undefined;
  return extension + 4 + view.getUint16(extension + 2) * 4;
}

/** RFC 3550 §5.1: the last octet counts the padding, itself included. */
function payloadEnd(view: DataView, first: number, sizeBytes: number): number | undefined {
  if ((first & 0x20) === 0) return sizeBytes;
  const paddingBytes = view.getUint8(sizeBytes - 1);
  return paddingBytes === 0 ? undefined : sizeBytes - paddingBytes;
}

/** Writes the 12 bytes in front of the payload into `target`, which must be at least that long. */
export function writeRtpHeader(target: DataView, header: RtpHeader): void {
  target.setUint8(0, 0x80);
  target.setUint8(1, (header.hasMarker ? 0x80 : 0) | header.payloadType);
  target.setUint16(2, header.sequence);
  target.setUint32(4, header.timestamp);
  target.setUint32(8, header.ssrc);
}
