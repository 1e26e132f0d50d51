import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNameAddress, scanNameAddress, type NameAddress } from '../../src-main/sip/syntax/name-address.ts';
import { readUri, scanUri } from '../../src-main/sip/syntax/parse-uri.ts';
import { formatUri, type Uri } from '../../src-main/sip/syntax/uri.ts';
import { parseVia, scanVia, type Via } from '../../src-main/sip/syntax/via.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const VIAS = [
  'SIP/2.0/UDP proxy2.example.com:5060;branch=z9hG4bK77ef4c2312983.1;rport=5060;received=203.0.113.7',
  'SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK776asdhds;rport',
  'SIP / 2.0 / UDP first.example.com: 4000;ttl=16;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1',
  'SIP/2.0/TLS [2001:db8::9:1]:5061;received=[2001:db8::9:255];branch=z9hG4bKas3-111',
  'SIP/2.0/UDP h.;x="a;b";y',
];
const URIS = [
  'sip:alice@192.0.2.101:5060;transport=udp;lr',
  'sip:alice:secretword@atlanta.com;transport=tcp;lr?subject=project%20x&to=a%40b',
  'sips:1212@[2001:db8::9:1]:5061',
  'sip:user;par=u%40example.net@example.com:65535',
  'sip:a..b:70000;;x=',
];
const ADDRESSES = [
  '"Alice \\"A\\" Liddell" <sip:alice@example.net>;tag=1928301774',
  '"Alice > Liddell"<sip:alice@192.0.2.101:5060;transport=udp>;+sip.instance="<urn:uuid:f81d4fae>";q=0.5',
  'Bob Bee <sip:bob@example.com>;tag=a;x',
  'sip:bob@example.com;tag=b',
  '<sip:p1.example.com;lr;ftag=19>',
];

const options = { numRuns: runs(4_000), seed: 20_261_122 };

const uriParts = (uri: Uri | undefined): unknown =>
  uri?.kind === 'sip'
    ? [uri.toString(), uri.user, uri.escapedUser, uri.password, uri.host, uri.port, uri.parameters.entries()]
    : uri && formatUri(uri);
const addressParts = (address: NameAddress | undefined): unknown =>
  address && [address.displayName, uriParts(address.uri), address.tag, address.parameters.entries()];
const viaParts = (via: Via | undefined): unknown =>
  via && [via.transport, via.host, via.port, via.branch, via.received, via.parameters.entries()];

const checkVia = (text: string): void => expect(viaParts(timed(() => parseVia(text)))).toEqual(viaParts(scanVia(text)));
const checkUri = (text: string): void => expect(uriParts(timed(() => readUri(text)))).toEqual(uriParts(scanUri(text)));
const checkAddress = (text: string): void =>
  expect(addressParts(timed(() => parseNameAddress(text)))).toEqual(addressParts(scanNameAddress(text)));

// RFC 3261 §25.1: the short way must never read what the grammar reads otherwise.
describe('fuzz: usual shapes', () => {
  it('reads a Via as the grammar does', () => {
    fc.assert(fc.property(mutated(VIAS), checkVia), options);
  });

  it('reads a URI as the grammar does', () => {
    fc.assert(fc.property(mutated(URIS), checkUri), options);
  });

  it('reads an address as the grammar does', () => {
    fc.assert(fc.property(mutated(ADDRESSES), checkAddress), options);
  });

  itHasGotOver('usual-shapes', (text) => [checkVia, checkUri, checkAddress].forEach((check) => check(text)));
});
