import { describe, expect, it } from 'vitest';
import { Header, buildResponse, parseVia } from '../../../../src-main/sip/syntax/index.ts';
import {
  type Flow,
  defaultPort,
  fixIncomingRequest,
  isReliableProtocol,
  isSecureProtocol,
  parseProtocol,
  prepareOutgoingRequest,
  responseTarget,
} from '../../../../src-main/sip/transport/index.ts';
import { requestOf } from '../../../support/message-builders.ts';

const remote = { address: '192.0.2.7', port: 4711 };

function flowOf(protocol: 'udp' | 'tcp', address = '192.0.2.1'): Flow {
  const local = { address, port: 5060 };
  return {
    id: protocol,
    protocol,
    isReliable: protocol === 'tcp',
    isSecure: false,
    local,
    remote,
    sentBy: local,
    isClosed: false,
    send: () => {},
  };
}

function fixed(via: string): string {
  const request = requestOf();
  request.headers.set('Via', via);
  fixIncomingRequest(request, remote);
  return request.headers.raw('Via').join(' | ');
}

describe('prepareOutgoingRequest — RFC 3261 §18.1.1, RFC 3581 §3', () => {
  it('writes transport, sent-by and rport, and keeps the branch', () => {
    const request = requestOf({ branch: 'z9hG4bKabc' });

    prepareOutgoingRequest(request, flowOf('udp'));

    expect(request.headers.raw('Via')).toEqual(['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKabc;rport']);
  });

  it('asks for no rport on a connection, and brackets IPv6', () => {
    const request = requestOf({ branch: 'z9hG4bKabc' });

    prepareOutgoingRequest(request, flowOf('tcp', '2001:db8::1'));

    expect(request.headers.raw('Via')).toEqual(['SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bKabc']);
  });

  it('changes the top Via only, and may be called again for another flow', () => {
    const request = requestOf({ branch: 'z9hG4bKabc' });
    request.headers.append('Via', 'SIP/2.0/UDP old.example.com;branch=z9hG4bKold');

    prepareOutgoingRequest(request, flowOf('udp'));
    prepareOutgoingRequest(request, flowOf('tcp'));

    expect(request.headers.values('Via')).toEqual([
      'SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKabc;rport',
      'SIP/2.0/UDP old.example.com;branch=z9hG4bKold',
    ]);
  });

  it('throws for a request without Via, which is our own fault', () => {
    const request = requestOf();
    request.headers.remove('Via');

    expect(() => prepareOutgoingRequest(request, flowOf('udp'))).toThrow('without Via');
  });
});

describe('fixIncomingRequest — RFC 3261 §18.2.1, RFC 3581 §4', () => {
  it.each([
    ['SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1', 'SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bK1'],
    ['SIP/2.0/UDP pc.example.com;branch=z9hG4bK1', 'SIP/2.0/UDP pc.example.com;branch=z9hG4bK1;received=192.0.2.7'],
    ['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1', 'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1;received=192.0.2.7'],
    [
      'SIP/2.0/UDP 192.0.2.7;rport;branch=z9hG4bK1',
      'SIP/2.0/UDP 192.0.2.7;rport=4711;branch=z9hG4bK1;received=192.0.2.7',
    ],
    ['SIP/2.0/UDP 192.0.2.7;rport=1;received=6.6.6.6', 'SIP/2.0/UDP 192.0.2.7;rport=4711;received=192.0.2.7'],
  ])('turns %s into %s', (before, after) => {
    expect(fixed(before)).toBe(after);
  });

  it('touches the first value of a list only', () => {
    expect(fixed('SIP/2.0/UDP a.example.com, SIP/2.0/UDP b.example.com')).toBe(
      'SIP/2.0/UDP a.example.com;received=192.0.2.7 | SIP/2.0/UDP b.example.com',
    );
  });

  it('takes another spelling of the same IPv6 address for the same (RFC 5954 §4.2)', () => {
    const request = requestOf();
    request.headers.set('Via', 'SIP/2.0/UDP [2001:DB8:0::1];branch=z9hG4bK1');

    fixIncomingRequest(request, { address: '2001:db8::1', port: 5060 });

    expect(request.topVia.received).toBeUndefined();
  });
});

describe('responseTarget — RFC 3261 §18.2.2, RFC 3581 §4', () => {
  const target = (via: string, protocol: 'udp' | 'tcp' = 'udp') => {
    const request = requestOf();
    request.headers.set('Via', via);
    fixIncomingRequest(request, remote);
    return responseTarget(buildResponse(request, 200), flowOf(protocol));
  };

  it.each([
    ['SIP/2.0/UDP 10.0.0.1:5080;branch=z9hG4bK1', '192.0.2.7', 5080],
    ['SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK1', '192.0.2.7', 5060],
    ['SIP/2.0/UDP 10.0.0.1:5080;rport;branch=z9hG4bK1', '192.0.2.7', 4711],
    ['SIP/2.0/UDP 10.0.0.1:5080;maddr=203.0.113.9;branch=z9hG4bK1', '192.0.2.7', 5080],
  ])('answers %s at %s:%i', (via, address, port) => {
    expect(target(via)).toEqual({ address, port });
  });

  it('reconnects to the port that the sender listens at, not the one it sent from', () => {
    expect(target('SIP/2.0/TCP 10.0.0.1:5080;rport', 'tcp')).toEqual({ address: '192.0.2.7', port: 5080 });
  });
});

describe('Via', () => {
  it('reads white space around every separator (RFC 3261 §20.42) and knows the branch cookie (RFC 3261 §8.1.1.7)', () => {
    const via = parseVia('SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1');

    expect(via).toMatchObject({ transport: 'UDP', host: 'first.example.com', port: 4000, maddr: '224.2.0.1' });
    expect(via?.hasBranchCookie).toBe(true);
  });

  it('leaves header typing in step with the text', () => {
    const request = requestOf();
    request.headers.set('Via', 'SIP/2.0/TCP a, SIP/2.0/UDP b');

    expect(request.headers.all(Header.Via).map(({ host }) => host)).toEqual(['a', 'b']);
  });
});

describe('ports and protocols — RFC 3261 §19.1.2, RFC 7118 §5.5', () => {
  it.each([
    ['udp', 5060, false, false],
    ['TCP', 5060, true, false],
    ['tls', 5061, true, true],
    ['WS', 80, true, false],
    ['wss', 443, true, true],
  ] as const)('knows %s', (text, port, isReliable, isSecure) => {
    const protocol = parseProtocol(text)!;

    expect([defaultPort(protocol), isReliableProtocol(protocol), isSecureProtocol(protocol)]).toEqual([
      port,
      isReliable,
      isSecure,
    ]);
    expect(parseProtocol('sctp')).toBeUndefined();
  });
});
