// Both sides say where they may be reached, and by which names they are known.
// RFC 8839 §4, §4.2.5, §4.3.1, §4.4.1.1.1, §5, §5.1, §5.2, §5.3, §5.4, §5.6, RFC 8840 §8, §8.2, RFC 8445 §6.1.1
import { describe, expect, it } from 'vitest';
import { OfferAnswer, parseSdp, type IceCandidate, type LocalMedia } from '../../../src-main/sdp/index.ts';
import { formatCandidate, parseCandidate, readIce } from '../../../src-main/sdp/ice-attributes.ts';

const names = (ufrag: string) => ({ ufrag, pwd: `${ufrag}/password+of22chars00` });
const host = (address: string, port: number, component: 1 | 2): IceCandidate => ({
  foundation: 'abcd1234',
  component,
  priority: 2_130_706_432 - component,
  address,
  port,
  kind: 'host',
});

function side(address: string, ufrag: string, hasIce = true): { exchange: OfferAnswer; local: LocalMedia } {
  let count = 0;
  const candidates = [host(address, 4000, 1), host(address, 4001, 2)];
  const ice = { names: names(ufrag), candidates, createNames: () => names(`${ufrag}${++count}`) };
  const local: LocalMedia = {
    address,
    rtpPort: 4000,
    rtcpPort: 4001,
    codecs: [{ name: 'PCMU' }],
    telephoneEvent: false,
    sessionId: '1',
    ptimeMs: 20,
    ...(hasIce && { ice }),
  };
  return { exchange: new OfferAnswer(local), local };
}

const both = { direction: 'sendReceive' } as const;

function exchanged(offerer: OfferAnswer, answerer: OfferAnswer, onTheWay = (text: string): string => text) {
  const offer = offerer.createOffer(both);
  const answered = answerer.receiveOffer(onTheWay(offer), both);
  if (!answered.ok) throw new Error(answered.error.message);
  const taken = offerer.receiveAnswer(answered.value.answer);
  if (!taken.ok) throw new Error(taken.error.message);
  return { offer, answer: answered.value.answer, offered: taken.value.ice, answered: answered.value.stream.ice };
}

describe('ICE in offer and answer (RFC 8839 §4)', () => {
  it('names both sides to both, and who offers controls (RFC 8445 §6.1.1)', () => {
    const { offer, offered, answered } = exchanged(
      side('192.0.2.1', 'aaaa').exchange,
      side('192.0.2.2', 'bbbb').exchange,
    );

    expect(offer).toContain('a=ice-ufrag:aaaa\r\n');
    expect(offer).toContain('a=candidate:abcd1234 2 UDP 2130706430 192.0.2.1 4001 typ host\r\n');
    expect(offered).toMatchObject({ local: names('aaaa'), remote: names('bbbb'), isControlling: true });
    expect(answered).toMatchObject({ local: names('bbbb'), remote: names('aaaa'), isControlling: false });
    expect(answered?.remote.candidates).toEqual([host('192.0.2.1', 4000, 1), host('192.0.2.1', 4001, 2)]);
  });

  it('is not spoken of where one side has none', () => {
    const without = exchanged(side('192.0.2.1', 'aaaa').exchange, side('192.0.2.2', 'bbbb', false).exchange);
    expect(without.answer).not.toContain('ice');
    expect(without.offered).toBeUndefined();
    const other = exchanged(side('192.0.2.1', 'aaaa', false).exchange, side('192.0.2.2', 'bbbb').exchange);
    expect(other.offer + other.answer).not.toMatch(/ice|candidate/);
    expect(other.answered).toBeUndefined();
  });

  it('stays the same in another offer of the same call', () => {
    const [a, b] = [side('192.0.2.1', 'aaaa').exchange, side('192.0.2.2', 'bbbb').exchange];
    const first = exchanged(a, b);
    const second = exchanged(b, a);

    expect(second.offered).toEqual(first.answered);
    expect(second.answered).toEqual(first.offered);
  });

  it('begins anew when an offer brings other names (§4.4.1.1.1)', () => {
    const [a, b] = [side('192.0.2.1', 'aaaa').exchange, side('192.0.2.2', 'bbbb').exchange];
    exchanged(a, b);
    a.restartIce(names('cccc'), [host('192.0.2.9', 4000, 1)]);
    a.moveTo({ address: '192.0.2.9', rtpPort: 4000, rtcpPort: 4001 });
    const { answered, offered } = exchanged(a, b);

    expect(answered).toMatchObject({ local: names('bbbb1'), remote: names('cccc') });
    expect(offered).toMatchObject({ local: names('cccc'), remote: names('bbbb1'), isControlling: true });
  });

  it('says so when a box on the way has changed the address (§4.2.5, §5.3)', () => {
    const [a, b] = [side('192.0.2.1', 'aaaa').exchange, side('192.0.2.2', 'bbbb').exchange];
    const translated = (text: string): string => text.replace('c=IN IP4 192.0.2.1', 'c=IN IP4 198.51.100.1');
    const { answer, answered, offered } = exchanged(a, b, translated);

    expect(answer).toContain('a=ice-mismatch');
    expect(answer).not.toContain('ice-ufrag');
    expect([answered, offered]).toEqual([undefined, undefined]);
  });
});

const PREFIX = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\n';
const MEDIA = 'm=audio 4000 RTP/AVP 0\r\n';

function read(session: string, media: string) {
  const parsed = parseSdp(`${PREFIX}${session}${MEDIA}${media}`);
  const [line] = parsed.ok ? parsed.value.media : [];
  return line && readIce(line);
}

describe('attributes of ICE (RFC 8839 §5)', () => {
  it('reads what stands once for all streams, and what stands at one (§5.2, §5.3, §5.4, §5.6, RFC 8840 §8.2)', () => {
    const session =
      'a=ice-lite\r\na=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\na=ice-options:ice2 rtp+ecn\r\n';
    const media = 'a=remote-candidates:1 192.0.2.3 45664 2 192.0.2.3 45665\r\na=end-of-candidates\r\n';

    expect(read(session, media)).toEqual({
      ufrag: '8hhY',
      pwd: 'asd88fgpdd777uzjYhagZg',
      candidates: [],
      isLite: true,
      options: ['ice2', 'rtp+ecn'],
      remoteCandidates: [
        { component: 1, address: '192.0.2.3', port: 45_664 },
        { component: 2, address: '192.0.2.3', port: 45_665 },
      ],
      hasEndOfCandidates: true,
    });
  });

  it('looks at 64 candidates', () => {
    const names = 'a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n';
    const line = 'a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host\r\n';
    expect(read('', names + line.repeat(100))?.candidates).toHaveLength(64);
  });

  it('takes no names that are too short (§5.4)', () => {
    expect(read('', 'a=ice-ufrag:abc\r\na=ice-pwd:asd88fgpdd777uzjYhagZg\r\n')).toBeUndefined();
    expect(read('', 'a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n')).toBeUndefined();
  });

  it('reads candidates as others write them (§5.1)', () => {
    const reflexive = '2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998 generation 0';
    const related = { address: '203.0.113.141', port: 8998 };
    expect(parseCandidate(reflexive)).toMatchObject({ kind: 'srflx', port: 45_664, related });
    expect(parseCandidate('1 1 udp 2130706431 fe80::6676:baff:fe9c:ee4a 8998 typ host')).toMatchObject({
      kind: 'host',
    });
  });

  it.each([
    '1 1 TCP 2130706431 192.0.2.1 9 typ host tcptype active',
    '1 1 UDP 2130706431 4f1e.local 9000 typ host',
    '1 3 UDP 2130706431 192.0.2.1 9000 typ host',
    '1 1 UDP 0 192.0.2.1 9000 typ host',
    '1 1 UDP 2130706431 192.0.2.1 70000 typ host',
    '',
  ])('passes over "%s"', (line) => expect(parseCandidate(line)).toBeUndefined());

  it('writes what it reads', () => {
    const candidate = { ...host('2001:db8::1', 9, 2), kind: 'relay' as const, related: { address: '::1', port: 7 } };
    expect(parseCandidate(formatCandidate(candidate).slice('candidate:'.length))).toEqual(candidate);
  });
});
