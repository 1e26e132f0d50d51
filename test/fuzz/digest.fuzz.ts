// Fuzz target: challenges, the credentials made of them, and what a server says of those. RFC 7616 §3, RFC 3261 §22.4.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Authenticator, newAttempt } from '../../src-main/sip/core/authenticator.ts';
import { digestAuthorization, readDigestChallenge } from '../../src-main/sip/core/digest.ts';
import { buildResponse, Header, type SipResponse } from '../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../support/fake-runtime.ts';
import { requestOf, sipUriOf } from '../support/message-builders.ts';
import { itHasGotOver } from './crashers.ts';
import { mutated, timed } from './mutate.ts';
import { runs } from './runs.ts';

const CHALLENGES = [
  'Digest realm="a, \\"b\\"", nonce="n=", opaque="o", algorithm=SHA-256, qop="auth,auth-int", stale=FALSE, domain="sip:x sip:y"',
  'Digest realm="r", nonce="", algorithm=SHA-512-256-sess, userhash=true, qop=auth-int',
  'Digest realm="", nonce="x", algorithm=MD5-sess, stale=true',
  'Digest realm="r", nonce="n", charset=UTF-8, qop="", algorithm=MD5,',
  'Basic realm="r"',
];
const INFOS = ['nextnonce="n2", qop=auth, rspauth="00", cnonce="c", nc=00000001', 'nextnonce=""', 'rspauth="ff"'];
const options = { numRuns: runs(3_000), seed: 20_261_122 };
const account = {
  address: sipUriOf('sip:alice@example.com'),
  contactUser: 'alice',
  outboundProxies: [],
  credentials: { username: 'ali"ce\\', password: 'secret' },
};

function responseWith(statusCode: number, name: string, texts: readonly string[]): SipResponse {
  const response = buildResponse(requestOf({ method: 'INVITE' }), statusCode);
  for (const text of texts) response.headers.append(name, text);
  return response;
}

/** What answers a challenge can be read back, and says what the challenge said. */
function checkChallenge(text: string): void {
  const read = timed(() => Header.WwwAuthenticate.parse(text));
  const challenge = read && timed(() => readDigestChallenge(read.scheme, (name) => read.parameters.get(name)));
  if (!challenge) return;
  const use = {
    challenge,
    credentials: account.credentials,
    method: 'INVITE',
    uri: 'sip:a@b',
    nonceCount: 1,
    cnonce: 'c',
  };
  const written = timed(() => digestAuthorization({ ...use, body: Buffer.from('x') }));
  const again = Header.Authorization.parse(written);
  expect(again).toMatchObject({ realm: challenge.realm, nonce: challenge.nonce, uri: 'sip:a@b' });
  expect(written).not.toMatch(/[\r\n\0]/);
}

/** However often and in whatever words it is challenged, a request carries no more credentials than realms are kept. */
function checkExchange(texts: readonly string[], infos: readonly string[]): void {
  const authenticator = new Authenticator(new FakeRuntime());
  const attempt = newAttempt();
  const request = requestOf({ method: 'INVITE' });
  for (const [index, text] of texts.entries()) {
    const isProxy = index % 2 === 1;
    const name = isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate';
    const response = responseWith(isProxy ? 407 : 401, name, [text, text, text]);
    timed(() => authenticator.learn(request, response, account, attempt));
    timed(() => authenticator.authorize(request, account));
    authenticator.noteAccepted(request, responseWith(200, 'Authentication-Info', infos), account);
    const credentials = [...request.headers.raw('Authorization'), ...request.headers.raw('Proxy-Authorization')];
    expect(credentials.length).toBeLessThanOrEqual(16);
  }
}

describe('fuzz: digest — RFC 7616 §3', () => {
  it('answers a challenge in words that read back, or not at all', () => {
    fc.assert(fc.property(mutated(CHALLENGES), checkChallenge), options);
  });

  it('goes through any exchange without growth', () => {
    const texts = fc.array(mutated(CHALLENGES), { minLength: 1, maxLength: 24 });
    fc.assert(fc.property(texts, fc.array(mutated(INFOS), { maxLength: 2 }), checkExchange), {
      ...options,
      numRuns: Math.ceil(options.numRuns / 10),
    });
  });

  itHasGotOver('digest', (text) => {
    checkChallenge(text);
    checkExchange([text], [text]);
  });
});
