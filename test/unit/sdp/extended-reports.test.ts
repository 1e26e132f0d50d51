// Extended reports in offer and answer. RFC 3611 §5.1, §5.2
import { describe, expect, it } from 'vitest';
import { OfferAnswer, type LocalMedia } from '../../../src-main/sdp/index.ts';

const local: LocalMedia = {
  address: '192.0.2.1',
  rtpPort: 4000,
  rtcpPort: 4001,
  codecs: [{ name: 'PCMU' }],
  telephoneEvent: false,
  sessionId: '1',
  ptimeMs: 20,
};
const both = { direction: 'sendReceive' } as const;
const described = (inSession: string, inMedia: string): string =>
  [
    'v=0',
    'o=- 1 1 IN IP4 192.0.2.2',
    's=-',
    'c=IN IP4 192.0.2.2',
    't=0 0',
    ...(inSession === '' ? [] : [inSession]),
    'm=audio 5000 RTP/AVP 0',
    ...(inMedia === '' ? [] : [inMedia]),
    '',
  ].join('\r\n');

describe('a=rtcp-xr — RFC 3611 §5.1, §5.2', () => {
  it('is offered', () => {
    expect(new OfferAnswer(local).createOffer(both)).toContain('a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n');
  });

  it.each([
    ['', 'a=rtcp-xr:voip-metrics', { voipMetrics: true, roundTrip: false }],
    ['', 'a=rtcp-xr:rcvr-rtt=sender:8 stat-summary=loss,dup', { voipMetrics: false, roundTrip: true }],
    ['a=rtcp-xr:rcvr-rtt=all voip-metrics', '', { voipMetrics: true, roundTrip: true }],
    ['', 'a=rtcp-xr', { voipMetrics: false, roundTrip: false }],
    ['', 'a=rtcp-xr:pkt-loss-rle=5 rcvr-rtt=never', { voipMetrics: false, roundTrip: false }],
  ])('%s %s is answered, and says what the peer wants', (inSession, inMedia, expected) => {
    const taken = new OfferAnswer(local).receiveOffer(described(inSession, inMedia), both);
    expect(taken.ok && taken.value.stream.extendedReports).toEqual(expected);
    expect(taken.ok && taken.value.answer).toContain('a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n');
  });

  it('is not answered where it was not offered, and an answer without it wants nothing', () => {
    const taken = new OfferAnswer(local).receiveOffer(described('', ''), both);
    expect(taken.ok && taken.value.answer.includes('rtcp-xr')).toBe(false);
    const offering = new OfferAnswer(local);
    offering.createOffer(both);
    const answered = offering.receiveAnswer(described('', ''));
    expect(answered.ok && answered.value.extendedReports).toBeUndefined();
  });
});
