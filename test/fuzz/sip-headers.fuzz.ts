// Fuzz target: every header that this stack reads typed, each with values of its own shape and of all the others'.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Header, HeaderList, type HeaderReader, type HeaderType } from '../../src-main/sip/syntax/index.ts';
import { crashersOf, itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const ADDRESS = '"Alice \\"A\\" L" <sip:alice@example.net:5061;transport=tcp?x=y>;tag=19;expires=60;q=0.7';
const DIGEST =
  'Digest realm="a, \\"b\\"", nonce="n=", opaque="", algorithm=SHA-256, qop="auth,auth-int", stale=FALSE, domain="sip:x sip:y"';
const CREDENTIALS =
  'Digest username*=UTF-8\'\'a%20b, realm="r", nonce="n", uri="sip:a@b", response="00", cnonce="c", nc=00000001, qop=auth, userhash=true';

const CORPUS = [
  ADDRESS,
  'sip:bob@example.com;tag=b, <tel:+1-201-555-0123;ext=1>, <urn:service:sos>',
  '<sip:p1.example.com;lr>,<sip:[2001:db8::1]:5060;lr;ob>',
  '*',
  'SIP/2.0/UDP [2001:db8::9]:5060;branch=z9hG4bK1;rport;received=192.0.2.1, SIP / 2.0 / TLS h ;ttl=1;maddr=224.2.0.1',
  '314159 INVITE',
  '776656 1 INVITE',
  'a84b4c76e66710@pc33.example.com;to-tag=7743;from-tag=6472;early-only',
  '1800;refresher=uas',
  '3600 (I am, in a "meeting") ;duration=600',
  'application/sdp;charset="utf-8", multipart/mixed;boundary="-=="',
  'session;handling=optional',
  'presence;id=3',
  'active;expires=600;reason=noresource',
  'SIP;cause=200;text="Call completed elsewhere", Q.850;cause=16',
  '301 example.com:5060 "Incompatible \\"x\\"", 399 - "y"',
  'Sat, 13 Nov 2010 23:29:00 GMT',
  '54.21 0.5',
  DIGEST,
  CREDENTIALS,
  'nextnonce="n", qop=auth, rspauth="00", cnonce="c", nc=00000001',
  'INVITE, ACK,, timer , 100rel',
  '70',
  '<sip:a@b?Reason=SIP%3Bcause%3D302>;index=1.1;rc=1',
];

const READERS = Object.values(Header) as readonly HeaderType<unknown>[];
const value = fc.oneof(mutated([...CORPUS, ...crashersOf('sip-headers')]), fc.string({ maxLength: 60 }));
const options = { numRuns: runs(4_000), seed: 20_261_122 };

function listOf(reader: HeaderReader<unknown>, text: string): HeaderList {
  const list = new HeaderList();
  list.append(reader.name, text);
  return list;
}

function check(reader: HeaderType<unknown>, text: string): void {
  const read = timed(() => reader.parse(text));
  timed(() => listOf(reader, text).all(reader));
  if (read === undefined) return;
  const written = reader.format(read);
  const again = reader.parse(written);
  expect(again === undefined ? written : reader.format(again)).toBe(written);
}

describe('fuzz: every header', () => {
  it('is read or refused by every reader, and written so that it reads the same', () => {
    fc.assert(fc.property(fc.constantFrom(...READERS), value, check), options);
  });

  itHasGotOver('sip-headers', (text) => READERS.forEach((reader) => check(reader, text)));

  it('takes time in step with its length, whatever is repeated', () => {
    const pieces = ['"', '\\', ',', ';', '<', '>', ';a=b', '"a",', 'a ', '(', '%', '=', '@', ';a="', ' , ', '\t'];
    for (const reader of READERS)
      for (const piece of pieces) {
        const text = `a ${piece.repeat(Math.floor(8000 / piece.length))}`;
        timed(() => reader.parse(text));
        timed(() => listOf(reader, text).all(reader));
      }
  });
});
