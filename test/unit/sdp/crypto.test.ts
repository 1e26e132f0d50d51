// Keys in descriptions: what a crypto line says, and what offer and answer make of it. RFC 4568.
import { describe, expect, it } from 'vitest';
import { attributeValues, CRYPTO_SUITES, OfferAnswer, parseCrypto, parseSdp } from '../../../src-main/sdp/index.ts';
import type { CryptoPolicy, CryptoSuite } from '../../../src-main/sdp/index.ts';

let next = 0;
const side = (policy: CryptoPolicy): OfferAnswer =>
  new OfferAnswer({
    address: '192.0.2.1',
    rtpPort: 4000,
    rtcpPort: 4001,
    codecs: [{ name: 'PCMU' }],
    telephoneEvent: false,
    sessionId: '1',
    ptimeMs: 20,
    crypto: { policy, randomBytes: (sizeBytes) => Buffer.alloc(sizeBytes, ++next) },
  });

const both = { direction: 'sendReceive' } as const;
const key = (suite: CryptoSuite, fill = 200): string => Buffer.alloc(CRYPTO_SUITES[suite], fill).toString('base64');
const KEY_80 = key('AES_CM_128_HMAC_SHA1_80');

function offer(protocol: string, ...lines: readonly string[]): string {
  const head = ['v=0', 'o=- 1 1 IN IP4 192.0.2.9', 's=-', 'c=IN IP4 192.0.2.9', 't=0 0'];
  return [...head, `m=audio 5000 ${protocol} 0`, ...lines.map((line) => `a=crypto:${line}`), ''].join('\r\n');
}

function exchange(caller: OfferAnswer, callee: OfferAnswer): string {
  const answered = callee.receiveOffer(caller.createOffer(both), both);
  if (!answered.ok) return answered.error.kind;
  const taken = caller.receiveAnswer(answered.value.answer);
  return taken.ok ? (taken.value.crypto?.suite ?? 'plain') : taken.error.kind;
}

describe('a crypto line — RFC 4568 §4, §6.1, §6.2, §9.1; RFC 6188 §4; RFC 7714 §14.2', () => {
  it.each(Object.keys(CRYPTO_SUITES) as CryptoSuite[])('of %s is read', (suite) => {
    expect(parseCrypto(`1 ${suite} inline:${key(suite)}`)).toEqual({ tag: 1, suite, key: key(suite) });
  });

  it.each([
    ['|2^20', { lifetimePackets: 2 ** 20 }],
    ['|1000', { lifetimePackets: 1000 }],
    ['|2^20|1:4', { lifetimePackets: 2 ** 20, mki: 'AAAAAQ==' }],
    ['|258:2', { mki: 'AQI=' }],
  ])('says with %s how long a key is good and which it is (RFC 4568 §6.1)', (rest, said) => {
    expect(parseCrypto(`2 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}${rest}`)).toMatchObject({ tag: 2, ...said });
  });

  it.each(['WSH=128', 'KDR=0', '-x=1'])('may say %s, which changes no packet (RFC 4568 §6.3)', (parameter) => {
    expect(parseCrypto(`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80} ${parameter}`)).toBeDefined();
  });

  it.each([
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80} KDR=4`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80} UNENCRYPTED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80} UNAUTHENTICATED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80} UNENCRYPTED_SRTCP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80};inline:${KEY_80}`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80.slice(4)}`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}|2^99`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}|0`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}|300:1`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}|1:200`,
    `1 F8_128_HMAC_SHA1_80 inline:${KEY_80}`,
    `x AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}`,
    '1 AES_CM_128_HMAC_SHA1_80',
    '',
  ])('that asks for what is not understood is passed over: %s (RFC 4568 §6.3)', (value) => {
    expect(parseCrypto(value)).toBeUndefined();
  });
});

describe('offer and answer with keys — RFC 4568 §5.1, §7.1, §7.1.1, §7.1.2, §7.1.3', () => {
  it.each([
    ['off', 'off', 'plain'],
    ['off', 'optional', 'plain'],
    ['off', 'required', 'notSecure'],
    ['optional', 'off', 'plain'],
    ['optional', 'optional', 'AEAD_AES_256_GCM'],
    ['optional', 'required', 'AEAD_AES_256_GCM'],
    ['required', 'off', 'notSecure'],
    ['required', 'optional', 'AEAD_AES_256_GCM'],
    ['required', 'required', 'AEAD_AES_256_GCM'],
  ] as const)('%s calls %s: %s', (caller, callee, outcome) => {
    expect(exchange(side(caller), side(callee))).toBe(outcome);
  });

  it('gives each side what the other sends with', () => {
    const [caller, callee] = [side('optional'), side('required')];
    exchange(caller, callee);
    const [ours, theirs] = [caller.current()?.crypto, callee.current()?.crypto];
    expect(ours?.localKey).toBe(theirs?.remoteKey);
    expect(ours?.remoteKey).toBe(theirs?.localKey);
    expect(ours?.localKey).not.toBe(ours?.remoteKey);
  });

  it('offers every suite under RTP/AVP where plain peers may answer, and RTP/SAVP where they may not', () => {
    const optional = parseSdp(side('optional').createOffer(both));
    const required = parseSdp(side('required').createOffer(both));
    expect(optional.ok && optional.value.media[0]).toMatchObject({ protocol: 'RTP/AVP' });
    expect(optional.ok && attributeValues(optional.value.media[0] ?? { attributes: [] }, 'crypto').length).toBe(6);
    expect(required.ok && required.value.media[0]).toMatchObject({ protocol: 'RTP/SAVP' });
    expect(side('off').createOffer(both)).not.toContain('crypto');
  });

  it('answers one line with its tag, the strongest that both know', () => {
    const text = offer(
      'RTP/SAVP',
      `7 AES_CM_128_HMAC_SHA1_32 inline:${KEY_80}`,
      `8 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}|2^31|1:1`,
    );
    const answered = side('optional').receiveOffer(text, both);
    if (!answered.ok) throw new Error(answered.error.message);
    expect(answered.value.answer).toMatch(/m=audio 4000 RTP\/SAVP 0\r\n/);
    expect(answered.value.answer.match(/a=crypto:/g)?.length).toBe(1);
    expect(answered.value.answer).toContain('a=crypto:8 AES_CM_128_HMAC_SHA1_80 inline:');
    expect(answered.value.stream.crypto).toMatchObject({ remoteKey: KEY_80, remoteMki: 'AQ==' });
  });

  it('takes the encrypted one of two streams', () => {
    const text = `${offer('RTP/AVP')}m=audio 5002 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}\r\n`;
    const stream = (policy: CryptoPolicy): number | undefined => {
      const answered = side(policy).receiveOffer(text, both);
      return answered.ok ? answered.value.stream.remoteRtp.port : undefined;
    };
    expect([stream('off'), stream('optional'), stream('required')]).toEqual([5000, 5002, 5002]);
  });

  it.each([
    ['off', offer('RTP/SAVP', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}`), /encryption is off/],
    ['optional', offer('RTP/SAVP', `1 F8_128_HMAC_SHA1_80 inline:${KEY_80}`), /not known here/],
    ['required', offer('RTP/AVP'), /encrypted calls only/],
  ] as const)('%s refuses, in words: %#', (policy, text, words) => {
    const refused = side(policy).receiveOffer(text, both);
    expect(refused).toMatchObject({ ok: false, error: { kind: 'notSecure' } });
    expect(refused.ok ? '' : refused.error.message).toMatch(words);
  });

  it('refuses an answer with a tag, a suite or a number of lines that was not offered', () => {
    for (const lines of [
      [`9 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}`],
      [`1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}`],
      [`4 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}`, `6 AES_CM_128_HMAC_SHA1_32 inline:${KEY_80}`],
    ]) {
      const us = side('required');
      us.createOffer(both);
      expect(us.receiveAnswer(offer('RTP/SAVP', ...lines))).toMatchObject({ ok: false, error: { kind: 'notSecure' } });
    }
  });
});

describe('keys within a session — RFC 4568 §7.1.4', () => {
  it('stay as they are when nobody changes them, whoever offers', () => {
    const [caller, callee] = [side('optional'), side('optional')];
    exchange(caller, callee);
    const before = [caller.current()?.crypto, callee.current()?.crypto];
    exchange(caller, callee);
    exchange(callee, caller);
    expect([caller.current()?.crypto, callee.current()?.crypto]).toEqual(before);
  });

  it('change on our side when the peer changes its own', () => {
    const us = side('optional');
    const first = us.receiveOffer(offer('RTP/SAVP', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY_80}`), both);
    const other = key('AES_CM_128_HMAC_SHA1_80', 201);
    const second = us.receiveOffer(offer('RTP/SAVP', `1 AES_CM_128_HMAC_SHA1_80 inline:${other}`), both);
    if (!first.ok || !second.ok) throw new Error('refused');
    expect(second.value.stream.crypto?.remoteKey).toBe(other);
    expect(second.value.stream.crypto?.localKey).not.toBe(first.value.stream.crypto?.localKey);
    // An offer of ours keeps the profile and puts the suite in use first.
    expect(us.createOffer(both)).toMatch(/RTP\/SAVP 0\r\n[^]*a=crypto:1 AES_CM_128_HMAC_SHA1_80/);
  });

  it('return to what they were when an offer is refused', () => {
    const [caller, callee] = [side('optional'), side('optional')];
    exchange(caller, callee);
    const before = caller.current()?.crypto;
    caller.createOffer(both);
    caller.rollback();
    expect(caller.current()?.crypto).toEqual(before);
  });
});
