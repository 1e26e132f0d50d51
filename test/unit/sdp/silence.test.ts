// Silence and packet times in offer and answer. RFC 3389 §5.1, RFC 7587 §6.1, RFC 8866 §6.4, §6.5
import { describe, expect, it } from 'vitest';
import { OfferAnswer, type LocalMedia, type SdpCodecName } from '../../../src-main/sdp/index.ts';

const both = { direction: 'sendReceive' } as const;
const side = (names: readonly SdpCodecName[], extra: Partial<LocalMedia> = {}): OfferAnswer =>
  new OfferAnswer({
    address: '192.0.2.1',
    rtpPort: 4000,
    rtcpPort: 4001,
    codecs: names.map((name) => ({ name })),
    telephoneEvent: false,
    sessionId: '1',
    ptimeMs: 20,
    ...extra,
  });
const peer = (formats: string, ...lines: readonly string[]): string =>
  [
    'v=0',
    'o=- 1 1 IN IP4 192.0.2.2',
    's=-',
    'c=IN IP4 192.0.2.2',
    't=0 0',
    `m=audio 5000 RTP/AVP ${formats}`,
    ...lines,
    '',
  ].join('\r\n');

describe('comfort noise — RFC 3389 §5.1', () => {
  it('is offered with G.711 where silence may be left out, and not otherwise', () => {
    const wish = { silenceSuppression: true };
    expect(side(['PCMU', 'G722'], wish).createOffer(both)).toContain('m=audio 4000 RTP/AVP 0 9 13\r\n');
    expect(side(['PCMU'], wish).createOffer(both)).toContain('a=rtpmap:13 CN/8000\r\n');
    expect(side(['opus', 'G722'], wish).createOffer(both)).not.toContain('CN/8000');
    expect(side(['PCMU']).createOffer(both)).not.toContain('CN/8000');
  });

  it('is answered to whoever offers it, under the number of the offer', () => {
    const taken = side(['PCMU']).receiveOffer(peer('0 107', 'a=rtpmap:107 cn/8000'), both);
    expect(taken.ok && taken.value.stream.comfortNoise).toEqual({ payloadType: 107 });
    expect(taken.ok && taken.value.answer).toContain('m=audio 4000 RTP/AVP 0 107\r\n');
    const fixed = side(['PCMA']).receiveOffer(peer('8 13'), both);
    expect(fixed.ok && fixed.value.stream.comfortNoise).toEqual({ payloadType: 13 });
  });

  it('is not agreed on for codecs of another clock, nor where only one side has it', () => {
    const opus = side(['opus']).receiveOffer(peer('96 13', 'a=rtpmap:96 opus/48000/2'), both);
    expect(opus.ok && opus.value.stream.comfortNoise).toBeUndefined();
    const offering = side(['PCMU'], { silenceSuppression: true });
    offering.createOffer(both);
    const answered = offering.receiveAnswer(peer('0'));
    expect(answered.ok && answered.value.comfortNoise).toBeUndefined();
  });

  it('Opus says for itself that silence may be left out (RFC 7587 §6.1)', () => {
    const offer = side(['opus'], { silenceSuppression: true }).createOffer(both);
    expect(offer).toContain('a=fmtp:96 useinbandfec=1;usedtx=1\r\n');
  });
});

describe('packet times — RFC 8866 §6.4, §6.5', () => {
  it.each([
    ['0', 'PCMU', 'a=ptime:30', 30],
    ['0', 'PCMU', 'a=ptime:10', 10],
    ['0', 'PCMU', 'a=ptime:60', 60],
    ['0', 'PCMU', 'a=ptime:200', 60],
    ['0', 'PCMU', 'a=maxptime:10', 10],
    ['9', 'G722', 'a=ptime:50', 50],
    ['96', 'opus', 'a=ptime:30', 20],
    ['96', 'opus', 'a=ptime:50', 40],
    ['96', 'opus', 'a=ptime:60', 60],
    ['96', 'opus', 'a=ptime:10', 10],
    ['96', 'opus', 'a=ptime:3', 10],
  ] as const)(
    'format %s (%s) with %s is sent in packets of %i ms, and the answer says so',
    (format, name, line, packetMs) => {
      const taken = side([name]).receiveOffer(peer(format, 'a=rtpmap:96 opus/48000/2', line), both);
      expect(taken.ok && taken.value.stream.codecs[0].packetMs).toBe(packetMs);
      expect(taken.ok && taken.value.answer).toContain(`a=ptime:${packetMs}\r\n`);
    },
  );
});
