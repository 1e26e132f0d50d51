// Keys by handshake in offer and answer: who begins, whose certificate, what stays within a session. RFC 5763 §5, §6.6, RFC 8122, RFC 4145.
import { describe, expect, it } from 'vitest';
import { type CryptoPolicy, OfferAnswer } from '../../../src-main/sdp/index.ts';
import { readDtls } from '../../../src-main/sdp/dtls-attributes.ts';

const DIGITS = { ours: 'AB:'.repeat(31) + 'AB', theirs: 'CD:'.repeat(31) + 'CD' };
const both = { direction: 'sendReceive' } as const;

function side(policy: CryptoPolicy, fingerprint = DIGITS.ours): OfferAnswer {
  return new OfferAnswer({
    address: '192.0.2.1',
    rtpPort: 4000,
    rtcpPort: 4001,
    codecs: [{ name: 'PCMU' }],
    telephoneEvent: false,
    sessionId: '1',
    ptimeMs: 20,
    crypto: { policy, fingerprint, randomBytes: (sizeBytes) => new Uint8Array(sizeBytes).fill(7) },
  });
}

function offerOf(...attributes: string[]): string {
  const lines = ['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0'];
  return [...lines, 'm=audio 5000 UDP/TLS/RTP/SAVP 0', ...attributes, ''].join('\r\n');
}

const fingerprint = `a=fingerprint:SHA-256 ${DIGITS.theirs.toLowerCase()}`;

function answered(policy: CryptoPolicy, offer: string) {
  const outcome = side(policy).receiveOffer(offer, both);
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

describe('an offer, RFC 5763 §5', () => {
  it('is ready for either part and names our certificate, RFC 8122 §5, RFC 4145 §4.1', () => {
    const offer = side('dtls').createOffer(both);
    expect(offer).toContain('m=audio 4000 UDP/TLS/RTP/SAVP 0\r\n');
    expect(offer).toContain(`a=fingerprint:sha-256 ${DIGITS.ours}\r\na=setup:actpass\r\n`);
    expect(offer).not.toContain('a=crypto');
  });

  it('that may do without says so by its profile, and has keys beside', () => {
    const offer = side('optional').createOffer(both);
    expect(offer).toContain('RTP/AVP');
    expect(offer).toContain('a=setup:actpass');
    expect(offer).toContain('a=crypto:1 ');
  });
});

describe('an offer that was refused because it would do without', () => {
  it('is made again under a profile that does not, with the same ways beside, and only once, RFC 4568 §7.1.1', () => {
    const offerer = side('optional');
    offerer.createOffer(both);
    offerer.rollback();
    expect(offerer.insistOnEncryption()).toBe(true);
    const offer = offerer.createOffer(both);
    expect(offer).toMatch(/RTP\/SAVP [^]*a=crypto:1 [^]*a=setup:actpass/);
    expect(offerer.insistOnEncryption()).toBe(false);
    const plain = offer.replace('RTP/SAVP', 'RTP/AVP').replace(/a=(crypto|fingerprint|setup):.*\r\n/g, '');
    expect(offerer.receiveAnswer(plain)).toMatchObject({ ok: false, error: { kind: 'notSecure' } });
  });

  it.each(['off', 'required', 'dtls'] as const)('is not made again by an account that says %s', (policy) => {
    expect(side(policy).insistOnEncryption()).toBe(false);
  });
});

describe('an answer, RFC 5763 §5', () => {
  it.each([
    ['actpass', 'active', 'client'],
    ['passive', 'active', 'client'],
    ['active', 'passive', 'server'],
  ])('to %s is %s', (offered, setup, role) => {
    const { answer, stream } = answered('dtls', offerOf(fingerprint, `a=setup:${offered}`));
    expect(answer).toContain(`a=setup:${setup}\r\n`);
    expect(stream.dtls).toEqual({ role, remoteFingerprints: [{ hash: 'sha-256', digits: DIGITS.theirs }] });
    expect(stream.crypto).toBeUndefined();
  });

  it('reads what the session says for all its streams, RFC 8122 §5, RFC 4145 §4', () => {
    const offer = offerOf().replace('t=0 0', `t=0 0\r\n${fingerprint}\r\na=setup:active`);
    expect(answered('required', offer).stream.dtls?.role).toBe('server');
  });

  it.each([
    ['no certificate', []],
    [
      'one that is not believed, RFC 8122 §5.1',
      ['a=fingerprint:sha-1 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33'],
    ],
    ['no handshake now', [fingerprint, 'a=setup:holdconn']],
  ])('is none to an offer with %s', (_what, attributes) => {
    const outcome = side('dtls').receiveOffer(offerOf(...attributes), both);
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'notSecure' } });
  });
});

describe('within a session, RFC 5763 §6.6, RFC 8842 §5', () => {
  it('both keep their part while the certificates stay', () => {
    const [offerer, answerer] = [side('dtls'), side('dtls', DIGITS.theirs)];
    for (let turn = 0; turn < 2; turn++) {
      const outcome = answerer.receiveOffer(offerer.createOffer(both), both);
      if (!outcome.ok) throw new Error(outcome.error.message);
      expect(offerer.receiveAnswer(outcome.value.answer).ok).toBe(true);
      expect(offerer.current()?.dtls?.role).toBe('server');
      expect(answerer.current()?.dtls?.role).toBe('client');
    }
    const back = offerer.receiveOffer(answerer.createOffer(both), both);
    expect(back.ok && back.value.stream.dtls?.role).toBe('server');
    expect(back.ok && back.value.answer).toContain('a=setup:passive');
  });

  it('an answer that takes no part is refused, RFC 4145 §4.1', () => {
    const offerer = side('dtls');
    offerer.createOffer(both);
    const outcome = offerer.receiveAnswer(offerOf(fingerprint, 'a=setup:actpass'));
    expect(outcome).toMatchObject({ ok: false, error: { kind: 'notSecure' } });
  });
});

describe('reports by the port of the sound, RFC 5761 §5.1.1', () => {
  it('are offered always and agreed to where the peer says so', () => {
    expect(side('off').createOffer(both)).toContain('a=rtcp-mux\r\n');
    const { stream, answer } = answered('dtls', offerOf(fingerprint, 'a=setup:active', 'a=rtcp-mux'));
    expect(answer).toContain('a=rtcp-mux\r\n');
    expect(stream.remoteRtcp).toEqual(stream.remoteRtp);
    const plain = answered('dtls', offerOf(fingerprint, 'a=setup:active'));
    expect(plain.answer).not.toContain('rtcp-mux');
    expect(plain.stream.remoteRtcp.port).toBe(5001);
  });
});

describe('a line of a stranger', () => {
  it('has no more fingerprints than are worth a look', () => {
    const attributes = Array.from({ length: 100 }, () => `fingerprint:sha-256 ${DIGITS.theirs}`);
    expect(readDtls({ attributes })?.fingerprints).toHaveLength(8);
  });
});
