import fc from 'fast-check';
import { describe, it } from 'vitest';
import { OfferAnswer, formatSdp, parseSdp } from '../../src-main/sdp/index.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const CORPUS = [
  'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n',
  'v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\na=ice-lite\r\na=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=ice-options:ice2\r\nm=audio 5000 RTP/AVP 0\r\na=candidate:1 1 UDP 2130706431 192.0.2.9 5000 typ host\r\na=candidate:2 2 UDP 1694498814 192.0.2.3 45664 typ srflx raddr 192.0.2.9 rport 5001\r\na=remote-candidates:1 192.0.2.1 4000 2 192.0.2.1 4001\r\na=end-of-candidates\r\n',
  'v=0\no=mozilla 4962303333179871722 1 IN IP6 2001:db8::1\ns=-\nt=0 0\na=group:BUNDLE 0\nm=audio 9 RTP/AVPF 109 9 0 8\nc=IN IP6 2001:db8::1\na=rtpmap:109 opus/48000/2\na=fmtp:109 maxplaybackrate=48000;stereo=1\na=rtcp:9 IN IP4 0.0.0.0\na=rtcp-mux\na=candidate:0 1 UDP 2122252543 192.0.2.1 49152 typ host\na=simulcast: send 1;2\na=imageattr:97 send [x=800,y=640] recv [x=1,y=2]\nm=video 0 RTP/AVP 31\n',
];

const NAMES = { ufrag: 'name', pwd: 'a+password/of22letters' };

describe('fuzz: session descriptions', () => {
  it('parses or refuses, writes what it parsed, and answers', () => {
    fc.assert(fc.property(mutated(CORPUS), check), { numRuns: runs(4_000), seed: 20_260_101 });
  });

  itHasGotOver('sdp', check);
});

function check(text: string): void {
  const parsed = timed(() => parseSdp(text));
  if (parsed.ok) timed(() => parseSdp(formatSdp(parsed.value)));
  const us = new OfferAnswer({
    address: '192.0.2.1',
    rtpPort: 4000,
    rtcpPort: 4001,
    codecs: [{ name: 'opus' }, { name: 'PCMU' }],
    telephoneEvent: true,
    sessionId: '1',
    ptimeMs: 20,
    ice: { names: NAMES, candidates: [], createNames: () => NAMES },
  });
  const answered = timed(() => us.receiveOffer(text, { direction: 'sendReceive' }));
  if (answered.ok && !parseSdp(answered.value.answer).ok) throw new Error('our answer is malformed');
  us.createOffer({ direction: 'sendReceive' });
  timed(() => us.receiveAnswer(text));
}
