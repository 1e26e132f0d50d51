// Both sides say where they may be reached, and by which names they are known.
// RFC 8839 §4, §4.2.5, §4.3.1, §4.4.1.1.1, §4.4.1.2.2, §4.4.2, §5, §5.1, §5.2, §5.3, §5.4, §5.6, RFC 8840 §8, §8.2, RFC 8445 §6.1.1, §8.1.1, RFC 5761 §5.1.3
import { describe, expect, it } from 'vitest';
import {
  OfferAnswer,
  parseSdp,
  type FoundWay,
  type IceCandidate,
  type LocalMedia,
} from '../../../src-main/sdp/index.ts';
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

const relayed = (component: 1 | 2): IceCandidate => ({
  ...host('203.0.113.9', 50_000 + component, component),
  ...{ kind: 'relay', priority: 10, related: { address: '198.51.100.1', port: 4000 } },
});
const PEER = { address: '192.0.2.2', port: 4000 };

/** The way between two phones, as one of them sees it that has `own` names. */
const way = (own: string, other: string, isControlling: boolean, ...locals: readonly IceCandidate[]): FoundWay => ({
  ...{ localUfrag: own, remoteUfrag: other, isControlling },
  pairs: locals.map((local) => ({ local, remote: { ...PEER, port: PEER.port + local.component - 1 } })),
});

const saidCandidates = (text: string): readonly string[] =>
  [...text.matchAll(/a=candidate:(.*)\r\n/g)].map(([, said = '']) => said);

describe('what is said once a way has been found (RFC 8839 §4.4.1.2.2)', () => {
  const pair = () => {
    const [a, b] = [side('192.0.2.1', 'aaaa').exchange, side('192.0.2.2', 'bbbb').exchange];
    exchanged(a, b);
    return [a, b] as const;
  };

  it('is that way only, by who controls with its other end', () => {
    const [a, b] = pair();
    a.noteFound(way('aaaa', 'bbbb', true, relayed(1), relayed(2)));
    const { offer, answer, answered } = exchanged(a, b);

    expect(saidCandidates(offer).map((line) => parseCandidate(line))).toEqual([relayed(1), relayed(2)]);
    expect(offer).toMatch(/m=audio 50001 .*\r\nc=IN IP4 203\.0\.113\.9\r\n/);
    expect(offer).toContain('a=rtcp-mux');
    expect(offer).toContain('o=- 1 2 IN IP4 192.0.2.1');
    expect(offer).toContain('a=remote-candidates:1 192.0.2.2 4000 2 192.0.2.2 4001\r\n');
    expect(answered?.remote.candidates).toEqual([host('192.0.2.1', 4000, 1), host('192.0.2.1', 4001, 2)]);
    expect(answer).not.toContain('remote-candidates');
  });

  it('leaves reports no place of their own where they go with the sound (RFC 5761 §5.1.3)', () => {
    const [a, b] = pair();
    a.noteFound(way('aaaa', 'bbbb', true, relayed(1)));
    const { offer } = exchanged(a, b);

    expect(saidCandidates(offer)).toHaveLength(1);
    expect(offer).toContain('a=rtcp:50001\r\n');
  });

  it('names the place of the reports where it is at another address', () => {
    const [a, b] = pair();
    a.noteFound(way('aaaa', 'bbbb', true, relayed(1), host('192.0.2.1', 4001, 2)));

    expect(exchanged(a, b).offer).toContain('a=rtcp:4001 IN IP4 192.0.2.1\r\n');
  });

  it('has no other end when the peer controls, nor in an answer (§4.4.2)', () => {
    const [a, b] = pair();
    b.noteFound(way('bbbb', 'aaaa', false, host('192.0.2.2', 4000, 1)));
    const answer = exchanged(a, b).answer;
    const { offer } = exchanged(b, a);

    expect([saidCandidates(answer), saidCandidates(offer)].map(({ length }) => length)).toEqual([1, 1]);
    expect(answer + offer).not.toContain('remote-candidates');
  });

  it('is what the peer says that its way leads to, though the check is not here yet (§4.4.2)', () => {
    const [a, b] = pair();
    a.noteFound(way('aaaa', 'bbbb', true, host('192.0.2.1', 4000, 1)));

    expect(saidCandidates(exchanged(a, b).answer)).toEqual(['abcd1234 1 UDP 2130706431 192.0.2.2 4000 typ host']);
  });

  it('is everything where the peer names a place that is not ours', () => {
    const [a, b] = pair();
    const [first] = way('aaaa', 'bbbb', true, host('192.0.2.1', 4000, 1)).pairs;
    if (!first) throw new Error('there is a pair');
    const elsewhere = { local: first.local, remote: { address: '192.0.2.99', port: 9 } };
    a.noteFound({ ...way('aaaa', 'bbbb', true), pairs: [elsewhere] });

    expect(saidCandidates(exchanged(a, b).answer)).toHaveLength(2);
  });

  it('is everything again in a restart, and with a peer of other names (§4.4.1.1.1)', () => {
    const [a, b] = pair();
    a.noteFound(way('aaaa', 'bbbb', true, relayed(1)));
    b.noteFound(way('bbbb', 'cccc', false, host('192.0.2.2', 4000, 1)));
    expect(saidCandidates(exchanged(b, a).offer)).toHaveLength(2);
    a.restartIce(names('dddd'), [host('192.0.2.1', 4000, 1), host('192.0.2.1', 4001, 2), relayed(1)]);
    const { offer, answer } = exchanged(a, b);

    expect([saidCandidates(offer), saidCandidates(answer)].map(({ length }) => length)).toEqual([3, 2]);
    expect(offer).not.toContain('remote-candidates');
    expect(offer).toContain('m=audio 4000 ');
  });

  it('stays where a restart was refused, which the next offer of ours asks for again (§4.4.1.1.1)', () => {
    const [a, b] = pair();
    a.noteFound(way('aaaa', 'bbbb', true, relayed(1)));
    a.restartIce(names('dddd'), [host('192.0.2.1', 4000, 1), host('192.0.2.1', 4001, 2)]);
    a.createOffer(both);
    a.rollback();
    const { answer } = exchanged(b, a);
    expect(answer).toContain('a=ice-ufrag:aaaa');
    expect(saidCandidates(answer)).toHaveLength(1);
    const { offer } = exchanged(a, b);

    expect(offer).toContain('a=ice-ufrag:dddd');
    expect(saidCandidates(offer)).toHaveLength(2);
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
