import { describe, expect, it } from 'vitest';
import {
  Header,
  HeaderList,
  type HeaderType,
  NameAddress,
  Parameters,
  WILDCARD_CONTACT,
  checkKnownHeaders,
  formatNameAddress,
  parseNameAddress,
  quote,
} from '../../../../src-main/sip/syntax/index.ts';
import { uriOf } from '../../../support/message-builders.ts';

function listOf(...lines: readonly (readonly [string, string])[]): HeaderList {
  const list = new HeaderList();
  for (const [name, value] of lines) list.append(name, value);
  return list;
}

describe('HeaderList — RFC 3261 §7.3, RFC 3261 §7.3.1', () => {
  it('finds a header whatever the case or form of its name', () => {
    const list = listOf(['v', 'a'], ['VIA', 'b'], ['X-Y', 'c']);

    expect(list.raw('Via')).toEqual(['a', 'b']);
    expect(list.first('x-y')).toBe('c');
    expect(list.entries().map(({ name }) => name)).toEqual(['Via', 'Via', 'X-Y']);
  });

  it('splits lists, but not within quotes and angle brackets', () => {
    const list = listOf(
      ['Contact', '"Doe, \\"J\\", x" <sip:a,b@c;x=",">;q=0.5 , <sip:d@e>'],
      ['Contact', '<sip:f@g>'],
      ['Allow', ''],
    );

    expect(list.values('Contact')).toEqual(['"Doe, \\"J\\", x" <sip:a,b@c;x=",">;q=0.5', '<sip:d@e>', '<sip:f@g>']);
    expect(list.values('Allow')).toEqual([]);
    expect(list.all(Header.Allow)).toEqual([]);
  });

  it('tells the absent from the malformed', () => {
    const list = listOf(['Expires', 'soon'], ['Contact', '<sip:a@b>, broken']);

    expect(list.get(Header.Expires)).toBeUndefined();
    expect(list.check(Header.Expires)).toMatchObject({ ok: false, error: { kind: 'badHeader', statusCode: 400 } });
    expect(list.check(Header.MinExpires)).toEqual({ ok: true, value: [] });
    expect(list.all(Header.Contact)).toHaveLength(1);
    expect(list.check(Header.Contact).ok).toBe(false);
    expect(checkKnownHeaders(list)).toMatchObject({ ok: false });
  });

  it('sets in place, appends, prepends and removes', () => {
    const list = listOf(['X-A', '1'], ['X-B', '2'], ['X-A', '3'], ['X-C', '4']);

    list.set('x-a', '5');
    list.append('X-B', '6');
    list.prepend('X-B', '0');
    list.prepend('X-D', '7');
    list.remove('X-C');

    expect(list.entries().map(({ name, value }) => name + value)).toEqual(['X-D7', 'x-a5', 'X-B0', 'X-B2', 'X-B6']);
  });

  it('takes off the first value and leaves the rest of its line', () => {
    const list = listOf(['Route', '<sip:a;lr>, <sip:b;lr>'], ['Route', '<sip:c;lr>']);

    list.removeFirst('Route');
    const afterOne = list.raw('Route');
    list.removeFirst('Route');
    list.removeFirst('Route');
    list.removeFirst('Route');

    expect(afterOne).toEqual(['<sip:b;lr>', '<sip:c;lr>']);
    expect(list.has('Route')).toBe(false);
  });

  it('keeps its lines apart from those of a clone', () => {
    const list = listOf(['A', '1']);
    const clone = list.clone();

    clone.append('B', '2');
    clone.set('A', '3');

    expect(list.entries()).toHaveLength(1);
    expect(list.first('A')).toBe('1');
  });

  it('reads back what was put typed', () => {
    const list = new HeaderList();
    list.put(Header.MaxForwards, 70);
    list.put(Header.Supported, 'timer', '100rel');
    list.put(Header.Supported, 'replaces');

    expect(list.get(Header.MaxForwards)).toBe(70);
    expect(list.raw('Supported')).toEqual(['replaces']);
  });
});

describe('NameAddress — RFC 3261 §19.3, RFC 3261 §20.10, RFC 3261 §25.1', () => {
  it.each([
    ['"Alice \\"A\\" \\\\" <sip:a@b>;tag=1', 'Alice "A" \\', 'sip:a@b', '1'],
    ['Alice Smith <sip:a@b;x=y>;TAG=1', 'Alice Smith', 'sip:a@b;x=y', '1'],
    ['<sip:a@b>', undefined, 'sip:a@b', undefined],
    ['sip:a@b;tag=1', undefined, 'sip:a@b', '1'],
    ['"" <sip:a@b>', undefined, 'sip:a@b', undefined],
    ['caller<sip:a@b> ; tag = 1', 'caller', 'sip:a@b', '1'],
    ['Jürgen <tel:+1>', 'Jürgen', 'tel:+1', undefined],
  ])('reads %j', (text, displayName, uri, tag) => {
    const value = parseNameAddress(text);

    expect([value?.displayName, value && value.uri.kind !== 'other' && uriOf(uri), value?.tag]).toEqual([
      displayName,
      value?.uri,
      tag,
    ]);
  });

  it.each([
    '"Alice <sip:a@b>',
    'Bell, Alexander <sip:a@b>',
    '<sip:a@b',
    'sip:a@b?x=y',
    '<sip:a@b>;',
    '<sip:a@b>;tag=',
    '<sip:a@b> trailing',
    '"Alice" sip:a@b',
    '',
    '<>',
  ])('refuses %j', (text) => {
    expect(parseNameAddress(text)).toBeUndefined();
  });

  it('writes quotes, brackets and parameters', () => {
    const value = new NameAddress({
      displayName: 'A "b" \\ \r\nVia: evil',
      uri: uriOf('sip:a@b'),
      parameters: Parameters.of({ tag: 'x', '+sip.instance': '<urn:uuid:1>', flag: undefined }),
    });

    expect(formatNameAddress(value)).toBe(
      '"A \\"b\\" \\\\   Via: evil" <sip:a@b>;tag=x;+sip.instance="<urn:uuid:1>";flag',
    );
    expect(String(value.withTag('y'))).toContain(';tag=y;');
  });

  it('knows the wildcard of Contact (RFC 3261 §10.2.2)', () => {
    const list = listOf(['m', '*']);

    expect(list.get(Header.Contact)?.isWildcard).toBe(true);
    expect(formatNameAddress(WILDCARD_CONTACT)).toBe('*');
    expect(parseNameAddress('*')).toBeUndefined();
  });
});

/** [header, text, part of the value]: reads it, and writes the same text. */
const SAME: readonly (readonly [HeaderType<unknown>, string, unknown])[] = [
  // RFC 3261 §8.1.1.5
  [Header.CSeq, '4711 INVITE', { sequence: 4711, method: 'INVITE' }],
  // RFC 3262 §7.2
  [Header.RAck, '776656 1 INVITE', { responseSequence: 776656, sequence: 1, method: 'INVITE' }],
  // RFC 3262 §7.1
  [Header.RSeq, '988789', 988789],
  // RFC 3261 §20.15
  [Header.ContentType, 'multipart/mixed;boundary="a b"', { type: 'multipart', subtype: 'mixed' }],
  // RFC 3261 §20.1
  [Header.Accept, '*/*', { type: '*', subtype: '*' }],
  [Header.ContentDisposition, 'session;handling=optional', { token: 'session' }],
  // RFC 3261 §20.33
  [Header.RetryAfter, '18000;duration=3600', { delaySec: 18000 }],
  [Header.RetryAfter, "120 (I'm in a (long) meeting)", { delaySec: 120, comment: "I'm in a (long) meeting" }],
  // RFC 3326 §2
  [Header.Reason, 'SIP;cause=200;text="Call completed elsewhere"', { token: 'SIP' }],
  [Header.Event, 'refer;id=93809824', { token: 'refer' }],
  // RFC 6665 §8.2.3
  [Header.SubscriptionState, 'terminated;reason=noresource', { token: 'terminated' }],
  // RFC 3891 §6.1
  [Header.Replaces, '98732@sip.example.com;to-tag=a;from-tag=b;early-only', { toTag: 'a', isEarlyOnly: true }],
  // RFC 4028 §4
  [Header.SessionExpires, '1800;refresher=uas', { deltaSec: 1800, refresher: 'uas' }],
  [Header.MinSe, '90', { deltaSec: 90 }],
  // RFC 3261 §20.43
  [Header.Warning, '307 isi.edu "Session parameter \'foo\' not understood"', { code: 307, agent: 'isi.edu' }],
  // RFC 3261 §20.17, and RFC 1123 §5.2.14 for the date
  [Header.Date, 'Sat, 13 Nov 2010 23:29:00 GMT', Date.UTC(2010, 10, 13, 23, 29)],
  // RFC 3261 §20.38
  [Header.Timestamp, '54.25 0.5', { timestamp: '54.25', delay: '0.5' }],
  [Header.SipEtag, 'dx200xyz', 'dx200xyz'],
  [Header.CallId, 'f81d4fae@[::1]', 'f81d4fae@[::1]'],
  [Header.AlertInfo, '<http://www.example.com/sounds/moo.wav>', {}],
  [
    // RFC 3261 §20.44, RFC 8760 §2
    Header.WwwAuthenticate,
    'Digest realm="atlanta.com", nonce="84a4cc6f", opaque="", algorithm=SHA-256, qop="auth,auth-int", stale=true',
    { realm: 'atlanta.com', qop: ['auth', 'auth-int'], isStale: true, algorithm: 'SHA-256' },
  ],
  [
    // RFC 7616 §3.4
    Header.Authorization,
    'Digest username="Al\\"ice", realm="a", nonce="n", uri="sip:b", response="00", algorithm=MD5, cnonce="c", qop=auth, nc=0000000a',
    { username: 'Al"ice', nonceCount: 10, qop: 'auth', response: '00' },
  ],
] as unknown as readonly (readonly [HeaderType<unknown>, string, unknown])[];

describe('header values', () => {
  it.each(SAME.map(([header, text, value]) => ({ name: header.name, header, text, value })))(
    'reads and writes $name: $text',
    ({ header, text, value }) => {
      const read = header.parse(text);

      expect(typeof value === 'object' ? read : [read]).toMatchObject(typeof value === 'object' ? value! : [value]);
      expect(read !== undefined && header.format(read)).toBe(text);
    },
  );

  it.each([
    [Header.CSeq, '1 INVITE x'],
    [Header.RAck, '1 INVITE'],
    // RFC 3261 §20.19
    [Header.Expires, '4294967296'],
    [Header.Expires, '-5'],
    [Header.ContentType, 'text'],
    [Header.ContentType, '/plain'],
    [Header.RetryAfter, '120 (unclosed'],
    [Header.Replaces, 'a;to-tag=b'],
    [Header.Warning, '30 isi.edu "x"'],
    [Header.Warning, '307 isi.edu x'],
    [Header.Date, 'Fri, 01 Jan 2010 16:00:00 EST'],
    [Header.Timestamp, '.'],
    [Header.Require, 'a b'],
    [Header.CallId, 'a@b@c'],
    [Header.WwwAuthenticate, 'Digest realm="x"'],
    [Header.Authorization, 'Digest username="x"'],
    [Header.SessionExpires, 'long'],
  ])('refuses a malformed value: $name', (header, text) => {
    expect((header as HeaderType<unknown>).parse(text)).toBeUndefined();
  });

  it('keeps a challenge of another scheme, so that it can be declined (RFC 3261 §22)', () => {
    expect(Header.WwwAuthenticate.parse('NTLM opaque="x"')).toMatchObject({ scheme: 'NTLM', opaque: 'x' });
  });

  it('reads a challenge without qop, as RFC 2069 servers send it (RFC 7616 §3.3)', () => {
    expect(Header.WwwAuthenticate.parse('Digest realm="a",nonce="b"')?.qop).toEqual([]);
  });

  it('quotes what is no token', () => {
    expect(quote('a"b\\c\n')).toBe('"a\\"b\\\\c "');
  });
});
