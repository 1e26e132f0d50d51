import { describe, expect, it } from 'vitest';
import {
  MAX_MEDIA_LINES,
  MAX_SDP_BYTES,
  MAX_SDP_LINES,
  MAX_SDP_LINE_LENGTH,
  type SessionDescription,
  attributeValues,
  formatSdp,
  parseSdp,
} from '../../../src-main/sdp/index.ts';

const HEAD = ['v=0', 'o=- 20518 1 IN IP4 203.0.113.1', 's=-', 'c=IN IP4 203.0.113.1', 't=0 0'];

function parsed(lines: readonly string[], lineEnd = '\r\n'): SessionDescription {
  const result = parseSdp([...lines, ''].join(lineEnd));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('parseSdp — RFC 8866', () => {
  it('reads an audio stream whole (RFC 8866 §6.6, RFC 8866 §6.15, RFC 4568 §9.1)', () => {
    const { origin, media } = parsed([
      ...HEAD,
      'm=audio 49170 RTP/AVP 111 9 0 101',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 minptime=10; useinbandfec=1',
      'a=rtpmap:101 telephone-event/8000',
      'a=fmtp:101 0-16',
      'a=ptime:20',
      'a=maxptime:60',
      'a=sendonly',
      'a=rtcp:53020 IN IP4 203.0.113.2',
      'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc',
      'a=x-unknown',
    ]);

    expect(origin).toEqual({ username: '-', sessionId: '20518', sessionVersion: '1', address: '203.0.113.1' });
    expect(media[0]).toMatchObject({
      kind: 'audio',
      port: 49170,
      protocol: 'RTP/AVP',
      formats: ['111', '9', '0', '101'],
      connection: '203.0.113.1',
      direction: 'sendonly',
      ptimeMs: 20,
      maxptimeMs: 60,
      rtcpPort: 53020,
      rtcpAddress: '203.0.113.2',
      isRtcpMux: false,
      attributes: ['crypto:1 AES_CM_128_HMAC_SHA1_80 inline:abc', 'x-unknown'],
    });
    expect(media[0]?.payloads).toEqual([
      {
        payloadType: 111,
        encodingName: 'opus',
        clockRateHz: 48_000,
        channels: 2,
        parameters: { minptime: '10', useinbandfec: '1' },
      },
      { payloadType: 9, encodingName: 'G722', clockRateHz: 8_000, channels: 1, parameters: {} },
      { payloadType: 0, encodingName: 'PCMU', clockRateHz: 8_000, channels: 1, parameters: {} },
      {
        payloadType: 101,
        encodingName: 'telephone-event',
        clockRateHz: 8_000,
        channels: 1,
        parameters: { '0-16': '' },
      },
    ]);
    expect(attributeValues(media[0]!, 'crypto')).toEqual(['1 AES_CM_128_HMAC_SHA1_80 inline:abc']);
  });

  it.each(['\r\n', '\n', '\r'])('takes %j for a line end', (lineEnd) => {
    expect(parsed([...HEAD, 'm=audio 4 RTP/AVP 0'], lineEnd).media).toHaveLength(1);
  });

  it('takes a last line without end, bytes, unknown lines and any order', () => {
    const text = [
      'v=0',
      's=x',
      'o=- 1 1 IN IP4 1.2.3.4',
      'k=clear:x',
      'nonsense',
      'm=audio 4 RTP/AVP 0',
      'c=IN IP4 5.6.7.8',
    ];

    const result = parseSdp(Buffer.from(text.join('\n')));

    expect(result.ok && result.value.media[0]?.connection).toBe('5.6.7.8');
  });

  it('prefers what the stream says to what the session says (RFC 8866 §5.7, RFC 8866 §6.7)', () => {
    const [audio, video] = parsed([
      ...HEAD,
      'a=inactive',
      'm=audio 4 RTP/AVP 0',
      'c=IN IP4 224.2.1.1/127',
      'a=recvonly',
      'm=video 6 RTP/AVP 31',
    ]).media;

    expect([audio?.connection, audio?.direction]).toEqual(['224.2.1.1', 'recvonly']);
    expect([video?.connection, video?.direction]).toEqual(['203.0.113.1', 'inactive']);
  });

  it('reads a count of ports and stray spaces (RFC 8866 §5.14)', () => {
    expect(parsed([...HEAD, 'm=audio  49170/2 RTP/AVP  0 8 ']).media[0]).toMatchObject({
      port: 49170,
      formats: ['0', '8'],
    });
  });

  it.each([
    ['', 'no version'],
    ['v=1\r\no=- 1 1 IN IP4 1.2.3.4\r\n', 'another version'],
    ['v=0\r\ns=-\r\n', 'no origin'],
    ['v=0\r\no=broken\r\n', 'a broken origin'],
    [`${HEAD.join('\r\n')}\r\nm=audio 65536 RTP/AVP 0\r\n`, 'a port out of range'],
    [`${HEAD.join('\r\n')}\r\nm=audio x RTP/AVP 0\r\n`, 'a port that is none'],
    [`${HEAD.join('\r\n')}\r\nm=audio\r\n`, 'half a media line'],
  ])('refuses %j: %s', (text) => {
    expect(parseSdp(text)).toMatchObject({ ok: false, error: { kind: 'malformed' } });
  });

  it.each([
    ['bytes', 'x'.repeat(MAX_SDP_BYTES + 1)],
    ['lines', 'a=x\n'.repeat(MAX_SDP_LINES)],
    ['a line', `a=${'x'.repeat(MAX_SDP_LINE_LENGTH)}`],
    ['streams', [...HEAD, ...Array.from({ length: MAX_MEDIA_LINES + 1 }, () => 'm=audio 4 RTP/AVP 0')].join('\n')],
  ])('refuses too much: %s (RFC 8866 §9)', (_what, text) => {
    expect(parseSdp(text)).toMatchObject({ ok: false, error: { kind: 'tooLarge' } });
  });
});

describe('formatSdp — RFC 8866 §5', () => {
  it('writes what parseSdp reads again (RFC 8866 §5.1, RFC 8866 §5.2)', () => {
    const description = parsed([
      ...HEAD,
      'a=group:BUNDLE 0',
      'm=audio 49170 RTP/AVP 111 0',
      'c=IN IP6 2001:db8::1',
      'a=rtpmap:111 opus/48000/2',
      'a=fmtp:111 useinbandfec=1',
      'a=rtpmap:0 PCMU/8000',
      'a=rtcp:53020',
      'a=rtcp-mux',
      'a=ice-ufrag:F7gI',
      'm=video 0 RTP/AVP 31',
    ]);

    expect(parseSdp(formatSdp(description))).toEqual({
      ok: true,
      value: { ...description, media: [description.media[0], { ...description.media[1] }] },
    });
  });
});
