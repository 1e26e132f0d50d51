import { describe, expect, it } from 'vitest';
import { datagramKind } from '../../../../src-main/media/rtp/datagram-kind.ts';
import { parseRtpPacket, writeRtpHeader } from '../../../../src-main/media/rtp/rtp-packet.ts';

const header = { payloadType: 96, hasMarker: true, sequence: 65_535, timestamp: 4_000_000_000, ssrc: 0xdead_beef };

function packet(payload: readonly number[], first = 0x80, between: readonly number[] = []): Uint8Array {
  const bytes = new Uint8Array(12);
  writeRtpHeader(new DataView(bytes.buffer), header);
  bytes[0] = first;
  return Uint8Array.of(...bytes, ...between, ...payload);
}

describe('RTP packet — RFC 3550 §5.1', () => {
  it('reads what the writer wrote', () => {
    expect(parseRtpPacket(packet([1, 2, 3]))).toEqual({ ...header, payload: Uint8Array.of(1, 2, 3) });
  });

  it('skips the CSRC list and a header extension (RFC 3550 §5.3.1)', () => {
    const between = [0, 0, 0, 1, 0xbe, 0xde, 0, 1, 9, 9, 9, 9];

    expect(parseRtpPacket(packet([7], 0x91, between))?.payload).toEqual(Uint8Array.of(7));
  });

  it('takes off the padding', () => {
    expect(parseRtpPacket(packet([7, 0, 0, 3], 0xa0))?.payload).toEqual(Uint8Array.of(7));
  });

  it.each([
    ['too short', new Uint8Array(11)],
    ['another version (RFC 3550 §A.1)', packet([1], 0x40)],
    ['a CSRC list beyond the end', packet([], 0x8f)],
    ['an extension beyond the end', packet([], 0x90, [0, 0, 0, 9])],
    ['padding of no length', packet([0], 0xa0)],
    ['padding beyond the beginning', packet([200], 0xa0)],
  ])('refuses %s', (_, bytes) => {
    expect(parseRtpPacket(bytes)).toBeUndefined();
  });
});

describe('datagram kind — RFC 7983 §7, RFC 5761 §4', () => {
  it.each([
    [[0, 1], 'stun'],
    [[3, 1], 'stun'],
    [[20, 1], 'dtls'],
    [[63, 1], 'dtls'],
    [[128, 0], 'rtp'],
    [[128, 0x80 | 101], 'rtp'],
    [[129, 200], 'rtcp'],
    [[191, 223], 'rtcp'],
    [[64, 0], 'channel'],
    [[79, 0], 'channel'],
    [[80, 0], 'unknown'],
    [[192, 0], 'unknown'],
    [[], 'unknown'],
  ])('calls %j %s', (bytes, kind) => {
    expect(datagramKind(Uint8Array.from(bytes))).toBe(kind);
  });
});
