import { describe, expect, it } from 'vitest';
import {
  type LocalMedia,
  type MediaDirection,
  type NegotiatedStream,
  OfferAnswer,
  type SdpCodecName,
  parseSdp,
} from '../../../src-main/sdp/index.ts';

const ALL: readonly SdpCodecName[] = ['opus', 'G722', 'PCMA', 'PCMU'];

function side(codecs: readonly SdpCodecName[] = ALL, options: Partial<LocalMedia> = {}): OfferAnswer {
  return new OfferAnswer({
    address: '192.0.2.1',
    rtpPort: 4000,
    rtcpPort: 4001,
    codecs: codecs.map((name) => ({ name })),
    telephoneEvent: true,
    sessionId: '77',
    ptimeMs: 20,
    ...options,
  });
}

const sendReceive = { direction: 'sendReceive' } as const;

function description(audio: readonly string[], head: readonly string[] = []): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0', ...head, ...audio, ''];
  return lines.join('\r\n');
}

function answered(text: string, us = side(), direction: MediaDirection = 'sendReceive') {
  const result = us.receiveOffer(text, { direction });
  if (!result.ok) throw new Error(result.error.message);
  const answer = parseSdp(result.value.answer);
  if (!answer.ok) throw new Error(answer.error.message);
  return {
    text: result.value.answer,
    stream: result.value.stream,
    media: answer.value.media,
    audio: answer.value.media[0]!,
  };
}

function agreed(us: OfferAnswer, text: string): NegotiatedStream {
  const result = us.receiveAnswer(text);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

const names = ({ codecs }: NegotiatedStream): string[] =>
  codecs.map(({ name, payloadType }) => `${name} ${payloadType}`);
const versionOf = (text: string): string => /o=\S+ \S+ (\d+)/.exec(text)?.[1] ?? '';

describe('createOffer — RFC 3264 §5', () => {
  it('offers every codec in our order (RFC 7587 §7, RFC 3551 §4.5.2), and telephone events (RFC 4733 §2.4)', () => {
    expect(side().createOffer(sendReceive).split('\r\n')).toEqual([
      'v=0',
      'o=- 77 1 IN IP4 192.0.2.1',
      's=-',
      'c=IN IP4 192.0.2.1',
      't=0 0',
      'm=audio 4000 RTP/AVP 96 9 8 0 101 102',
      'a=rtpmap:96 opus/48000/2',
      'a=rtpmap:9 G722/8000',
      'a=rtpmap:8 PCMA/8000',
      'a=rtpmap:0 PCMU/8000',
      'a=rtpmap:101 telephone-event/8000',
      'a=rtpmap:102 telephone-event/48000',
      'a=fmtp:96 useinbandfec=1',
      'a=fmtp:101 0-16',
      'a=fmtp:102 0-16',
      'a=ptime:20',
      'a=sendrecv',
      'a=rtcp-mux',
      'a=rtcp-xr:rcvr-rtt=all voip-metrics',
      '',
    ]);
  });

  it('names an RTCP port that is not the next one (RFC 3605 §2.1), and IPv6', () => {
    const offer = side(['PCMU'], { rtcpPort: 5555, address: '2001:db8::1' }).createOffer(sendReceive);

    expect(offer).toContain('a=rtcp:5555\r\n');
    expect(offer).toContain('c=IN IP6 2001:db8::1\r\n');
  });

  it('keeps version and payload types while nothing changes, and counts up when something does (RFC 3264 §8)', () => {
    const us = side(['opus', 'PCMU']);
    const first = us.createOffer(sendReceive);
    agreed(us, description(['m=audio 5000 RTP/AVP 0']));

    const same = us.createOffer(sendReceive);
    us.rollback();
    const hold = us.createOffer({ direction: 'sendOnly' });

    expect(same).toBe(first);
    expect(versionOf(hold)).toBe('2');
    expect(hold).toContain('a=sendonly\r\n');
    expect(hold).toContain('RTP/AVP 96 0 101 102\r\n');
  });

  it('keeps the lines and numbers of the peer in a new offer (RFC 3264 §8, RFC 3264 §8.3.2)', () => {
    const us = side();
    answered(description(['m=video 6000 RTP/AVP 31', 'm=audio 5000 RTP/AVP 120', 'a=rtpmap:120 opus/48000/2']), us);

    const offer = us.createOffer({ direction: 'sendOnly' });

    expect(offer).toContain('m=video 0 RTP/AVP 31\r\n');
    expect(offer).toContain('m=audio 4000 RTP/AVP 120 9 8 0 101 102\r\n');
  });

  it('never gives a number of the peer another meaning (RFC 3264 §8.3.2)', () => {
    const us = side(['opus', 'PCMU']);
    answered(description(['m=audio 5000 RTP/AVP 0 102', 'a=rtpmap:102 telephone-event/8000']), us);

    const offer = parseSdp(us.createOffer(sendReceive));

    const types = offer.ok ? (offer.value.media[0]?.payloads.map(({ payloadType }) => payloadType) ?? []) : [];
    expect(new Set(types).size).toBe(types.length);
    expect(types).toContain(102);
  });
});

describe('receiveOffer — RFC 3264 §6', () => {
  it('answers with the numbers and order of the offer (RFC 3264 §5.1, RFC 3551 §6, RFC 3550 §11), limited to what both have (RFC 3264 §6.1)', () => {
    const { audio, stream } = answered(
      description([
        'm=audio 5000 RTP/AVP 18 0 120 121 8',
        'a=rtpmap:120 opus/48000/2',
        'a=fmtp:120 maxplaybackrate=16000',
        'a=rtpmap:121 telephone-event/8000',
      ]),
    );

    expect(audio.formats).toEqual(['0', '120', '121', '8']);
    expect(names(stream)).toEqual(['PCMU 0', 'opus 120', 'PCMA 8']);
    expect(stream.codecs[1]?.remoteParameters).toEqual({ maxplaybackrate: '16000' });
    expect(stream.telephoneEvent).toEqual({ payloadType: 121, clockRateHz: 8_000 });
    expect(stream.remoteRtp).toEqual({ address: '192.0.2.9', port: 5000 });
    expect(stream.remoteRtcp).toEqual({ address: '192.0.2.9', port: 5001 });
  });

  it('takes the telephone event at the clock of the codec in use (RFC 4733 §2.1)', () => {
    const { stream } = answered(
      description([
        'm=audio 5000 RTP/AVP 120 101 110',
        'a=rtpmap:120 OPUS/48000/2',
        'a=rtpmap:101 telephone-event/8000',
        'a=rtpmap:110 telephone-event/48000',
      ]),
    );

    expect(stream.telephoneEvent).toEqual({ payloadType: 110, clockRateHz: 48_000 });
  });

  it.each([
    ['sendrecv', 'sendReceive', 'sendrecv', 'sendReceive', false],
    ['sendonly', 'sendReceive', 'recvonly', 'receiveOnly', true],
    ['recvonly', 'sendReceive', 'sendonly', 'sendOnly', false],
    ['inactive', 'sendReceive', 'inactive', 'inactive', true],
    ['sendrecv', 'sendOnly', 'sendonly', 'sendOnly', false],
    ['sendonly', 'sendOnly', 'inactive', 'inactive', true],
    ['recvonly', 'inactive', 'inactive', 'inactive', false],
  ] as const)(
    'answers %s, wanting %s, with %s (RFC 3264 §6.1)',
    (offered, wanted, answer, direction, isRemoteHolding) => {
      const { audio, stream } = answered(description(['m=audio 5000 RTP/AVP 0', `a=${offered}`]), side(), wanted);

      expect(audio.direction).toBe(answer);
      expect(stream).toMatchObject({ direction, isRemoteHolding });
    },
  );

  it('takes an address of zeros for hold (RFC 3264 §8.4)', () => {
    const { audio, stream } = answered(description(['m=audio 5000 RTP/AVP 0', 'c=IN IP4 0.0.0.0']));

    expect(stream).toMatchObject({ direction: 'receiveOnly', isRemoteHolding: true });
    expect(audio.direction).toBe('recvonly');
  });

  it('refuses every other stream with port 0 and keeps its place (RFC 3264 §6, RFC 3264 §8.2)', () => {
    const { media, text } = answered(
      description([
        'm=video 6000 RTP/AVP 31',
        'a=rtpmap:31 H261/90000',
        'm=audio 5000 RTP/SAVP 0',
        'm=audio 5002 RTP/AVP 0',
        'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
      ]),
    );

    expect(media.map(({ kind, port }) => [kind, port])).toEqual([
      ['video', 0],
      ['audio', 0],
      ['audio', 4000],
      ['application', 0],
    ]);
    expect(text).toContain('m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n');
  });

  it.each([
    ['a=ptime:30', 30],
    ['a=ptime:5', 10],
    ['a=ptime:100', 60],
    ['a=ptime:25', 20],
    ['a=maxptime:10', 10],
    ['a=x', 20],
  ])('sends packets by %s: %i ms (RFC 8866 §6.4, RFC 8866 §6.5)', (line, packetMs) => {
    expect(answered(description(['m=audio 5000 RTP/AVP 0', line])).stream.codecs[0].packetMs).toBe(packetMs);
  });

  it.each([
    ['not sdp', 'malformed'],
    [description([]), 'noAudio'],
    [description(['m=video 6000 RTP/AVP 31']), 'noAudio'],
    [description(['m=audio 0 RTP/AVP 0']), 'noAudio'],
    [description(['m=audio 5000 RTP/AVP 18']), 'noCommonCodec'],
    [description(['m=audio 5000 RTP/AVP 0', 'c=IN IP4 pc.example.com']), 'malformed'],
  ])('refuses %j as %s, and nothing changes', (text, kind) => {
    const us = side();
    const { stream } = answered(description(['m=audio 5000 RTP/AVP 0']), us);

    expect(us.receiveOffer(text, sendReceive)).toMatchObject({ ok: false, error: { kind } });
    expect(us.current()).toBe(stream);
  });
});

describe('receiveAnswer — RFC 3264 §7', () => {
  const offered = (direction: MediaDirection = 'sendReceive', us = side()): OfferAnswer => {
    us.createOffer({ direction });
    return us;
  };

  it('sends with the first codec and the numbers of the answer (RFC 3264 §7)', () => {
    const stream = agreed(offered(), description(['m=audio 5000 RTP/AVP 8 111 101', 'a=rtpmap:111 opus/48000/2']));

    expect(names(stream)).toEqual(['PCMA 8', 'opus 111']);
    expect(stream.codecs[1]).toMatchObject({ payloadType: 111, receivePayloadType: 96 });
    expect(stream.telephoneEvent).toEqual({ payloadType: 101, clockRateHz: 8_000 });
  });

  it('knows its own dynamic numbers without rtpmap', () => {
    expect(names(agreed(offered(), description(['m=audio 5000 RTP/AVP 96'])))).toEqual(['opus 96']);
  });

  it.each([
    ['sendReceive', 'sendrecv', 'sendReceive', false],
    ['sendReceive', 'sendonly', 'receiveOnly', true],
    ['sendReceive', 'inactive', 'inactive', true],
    ['sendOnly', 'recvonly', 'sendOnly', false],
    ['sendOnly', 'sendrecv', 'sendOnly', false],
    ['sendOnly', 'inactive', 'inactive', true],
    ['inactive', 'inactive', 'inactive', false],
  ] as const)('offered %s and told %s, does %s (RFC 3264 §6.1)', (offer, answer, direction, isRemoteHolding) => {
    expect(agreed(offered(offer), description(['m=audio 5000 RTP/AVP 0', `a=${answer}`]))).toMatchObject({
      direction,
      isRemoteHolding,
    });
  });

  it.each([
    ['v=0', 'malformed'],
    [description([]), 'malformed'],
    [description(['m=video 1 RTP/AVP 0']), 'malformed'],
    [description(['m=audio 0 RTP/AVP 0']), 'noAudio'],
    [description(['m=audio 5000 RTP/AVP 18']), 'noCommonCodec'],
  ])('refuses %j as %s, and still waits', (text, kind) => {
    const us = offered();

    expect(us.receiveAnswer(text)).toMatchObject({ ok: false, error: { kind } });
    expect(us.isOfferPending).toBe(true);
  });

  it('takes no answer without an offer', () => {
    expect(side().receiveAnswer(description([]))).toMatchObject({ ok: false, error: { kind: 'noOfferPending' } });
  });

  it('returns to what was agreed when a new offer is refused (RFC 3264 §8)', () => {
    const us = offered();
    const before = agreed(us, description(['m=audio 5000 RTP/AVP 0']));
    us.createOffer({ direction: 'inactive' });

    us.rollback();

    expect(us.current()).toBe(before);
    expect(us.isOfferPending).toBe(false);
  });

  it('gives each early dialog an answer of its own (RFC 3261 §13.2.2.4)', () => {
    const us = offered();
    const fork = us.clone();

    const first = agreed(us, description(['m=audio 5000 RTP/AVP 0']));
    const second = agreed(fork, description(['m=audio 6000 RTP/AVP 8']));

    expect([first.remoteRtp.port, second.remoteRtp.port]).toEqual([5000, 6000]);
  });

  it('agrees with itself, whoever offers', () => {
    const caller = side();
    const callee = side(['PCMA', 'opus'], { address: '192.0.2.9', rtpPort: 5000, rtcpPort: 5001 });

    const { text, stream } = answered(caller.createOffer(sendReceive), callee);
    const ours = agreed(caller, text);

    expect(names(ours)).toEqual(['opus 96', 'PCMA 8']);
    expect(names(stream)).toEqual(names(ours));
    expect(ours.telephoneEvent).toEqual({ payloadType: 102, clockRateHz: 48_000 });
  });
});
