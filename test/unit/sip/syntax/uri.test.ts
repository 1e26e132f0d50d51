import { describe, expect, it } from 'vitest';
import {
  Parameters,
  SipUri,
  formatUri,
  isIpAddress,
  isSameUri,
  parseIpv6,
  parseUri,
  withoutSeparators,
} from '../../../../src-main/sip/syntax/index.ts';
import { sipUriOf, uriOf } from '../../../support/message-builders.ts';

describe('parseUri — RFC 3261 §19.1, RFC 3261 §19.1.1, RFC 2396 §3.1', () => {
  it('reads every part of a SIP URI', () => {
    const uri = sipUriOf('sips:alice:secret%20word@atlanta.com:5061;transport=tcp;lr?subject=project%20x&to=a%40b');

    expect(uri).toMatchObject({
      scheme: 'sips',
      user: 'alice',
      password: 'secret word',
      host: 'atlanta.com',
      port: 5061,
      isSecure: true,
    });
    expect(uri.parameters.get('Transport')).toBe('tcp');
    expect(uri.parameters.has('lr')).toBe(true);
    expect(uri.parameters.get('lr')).toBeUndefined();
    expect(uri.headers.entries().map(({ name, value }) => [name, value])).toEqual([
      ['subject', 'project x'],
      ['to', 'a@b'],
    ]);
  });

  it.each([
    'sip:alice@atlanta.com',
    'sip:[2001:db8::10]:5070',
    'SIP:%61lice@AtLanTa.CoM;Transport=tcp',
    'sip:user;par=u%40example.net@example.com',
    'tel:+1-201-555-0123;ext=12',
    'http://example.com/a?b#c',
    'urn:service:sos',
  ])('writes %s as it came (RFC 3261 §19.1.1)', (text) => {
    expect(formatUri(uriOf(text)).toLowerCase()).toBe(text.toLowerCase());
  });

  it.each([
    'alice@atlanta.com',
    'sip:',
    'sip:@atlanta.com',
    'sip:alice@',
    'sip:al ice@atlanta.com',
    'sip:alice@atlanta.com:port',
    'sip:alice@atlanta.com:70000',
    'sip:alice@[2001:db8::1',
    'sip:alice@[2001:db8:::1]',
    'sip:alice@atlanta.com;',
    'sip:alice@atlanta.com;=x',
    'sip:alice@atlanta.com;transport=',
    'sip:alice@atlanta.com?subject',
    'sip:%zz@atlanta.com',
    'sip:a@b@c',
    'sip:alice@atlanta..com',
    'tel:',
    'tel:+',
    'tel:12x4',
    '1x:y',
    'x:a b',
  ])('refuses %j', (text) => {
    expect(parseUri(text)).toMatchObject({ ok: false, error: { kind: 'badUri' } });
  });

  it('reads escaped UTF-8, and Latin-1 where it is none', () => {
    expect(sipUriOf('sip:J%C3%BCrgen@example.com').user).toBe('Jürgen');
    expect(sipUriOf('sip:J%FCrgen@example.com').user).toBe('Jürgen');
    expect(sipUriOf('sip:null-%00-null@example.com').user).toBe('null-\0-null');
  });
});

describe('a URI of our own — RFC 3261 §19.1.2', () => {
  it('is escaped so that it reads back the same', () => {
    const uri = new SipUri({
      scheme: 'sip',
      user: 'Jürgen #1/%@x',
      password: 'a:b',
      host: '2001:db8::1',
      port: 5060,
      parameters: Parameters.of({ transport: 'tcp', lr: undefined, odd: 'a;b=c' }),
      headers: Parameters.of({ Subject: 'a & b?' }),
    });

    const again = sipUriOf(formatUri(uri));

    expect(formatUri(uri)).toBe(
      'sip:J%C3%BCrgen%20%231/%25%40x:a%3Ab@[2001:db8::1]:5060;transport=tcp;lr;odd=a%3Bb%3Dc?Subject=a%20%26%20b?',
    );
    expect([again.user, again.password, again.host]).toEqual([uri.user, uri.password, uri.host]);
    expect(again.parameters.get('odd')).toBe('a;b=c');
    expect(again.headers.get('subject')).toBe('a & b?');
  });

  it('is a changed copy of another', () => {
    const uri = sipUriOf('sip:alice@atlanta.com;transport=tcp');

    expect(formatUri(uri.with({ host: 'biloxi.com', port: 5070 }))).toBe('sip:alice@biloxi.com:5070;transport=tcp');
    expect(formatUri(uri.withoutParameter('TRANSPORT').withParameter('lr'))).toBe('sip:alice@atlanta.com;lr');
    expect(formatUri(uri)).toBe('sip:alice@atlanta.com;transport=tcp');
  });
});

describe('isSameUri — RFC 3261 §19.1.4, RFC 3966 §4, RFC 5954 §4.2', () => {
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:a@[2001:db8::9:1]', 'sip:a@[2001:DB8:0:0:0:0:9:01]'],
    ['sip:a@[::ffff:192.0.2.1]', 'sip:a@[::FFFF:c000:0201]'],
    ['tel:+1-201-555-0123', 'tel:+1(201)5550123'],
    ['tel:7042;phone-context=example.com', 'tel:70-42;phone-context=EXAMPLE.com'],
    ['http://a/%41', 'http://a/A'],
  ])('%s is %s', (a, b) => {
    expect(isSameUri(uriOf(a), uriOf(b))).toBe(true);
    expect(isSameUri(uriOf(b), uriOf(a))).toBe(true);
  });

  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:a@b', 'sips:a@b'],
    ['sip:a@b', 'sip:b'],
    ['sip:a;x@b', 'sip:a%3Bx@b'],
    ['sip:a@b', 'sip:a:secret@b'],
    ['sip:a@b', 'sip:a@b;maddr=192.0.2.1'],
    ['tel:+12015550123', 'tel:+12015550123;ext=1'],
    ['tel:+12015550123', 'sip:+12015550123@b'],
  ])('%s is not %s', (a, b) => {
    expect(isSameUri(uriOf(a), uriOf(b))).toBe(false);
    expect(isSameUri(uriOf(b), uriOf(a))).toBe(false);
  });
});

describe('tel URIs — RFC 3966 §3, RFC 3966 §5.1', () => {
  it('tells global from local numbers, with or without context (RFC 3966 §5.1.5)', () => {
    expect(uriOf('tel:+44-20-7946-0123')).toMatchObject({ kind: 'tel', isGlobal: true, number: '+44-20-7946-0123' });
    expect(uriOf('tel:7042;phone-context=example.com')).toMatchObject({ isGlobal: false, phoneContext: 'example.com' });
    expect(uriOf('tel:*21#')).toMatchObject({ isGlobal: false, number: '*21#' });
  });

  it('takes visual separators away (RFC 3966 §5.1.1)', () => {
    expect(withoutSeparators('+44 (20)-7946.0123'.replaceAll(' ', ''))).toBe('+442079460123');
  });
});

describe('addresses — RFC 4291 §2.2, RFC 5954 §4.1', () => {
  it.each(['::', '::1', '1::', '2001:db8::9:1', '1:2:3:4:5:6:7:8', '::ffff:192.0.2.1', '1:2:3:4:5:6:1.2.3.4'])(
    'takes %s',
    (text) => {
      expect(parseIpv6(text)).toHaveLength(8);
      expect(isIpAddress(text)).toBe(true);
    },
  );

  it.each(['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '12345::', 'g::', '::1.2.3', '1.2.3.4::'])(
    'refuses %j',
    (text) => {
      expect(parseIpv6(text)).toBeUndefined();
    },
  );

  it.each(['1.2.3', '256.1.1.1', '1.2.3.4.5', 'a.b.c.d', '1..2.3'])('takes %s for no address', (text) => {
    expect(isIpAddress(text)).toBe(false);
  });
});
