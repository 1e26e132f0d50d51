// Challenges of registrars, proxies and callees. RFC 3261 §22, RFC 7616, RFC 8760.
import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { pause, until, type Lab, type OutgoingCall, type PhoneOptions } from './lab.ts';
import { rowsOf } from './row.ts';
import { sdpOffer, type HeaderLines } from './wire-dialog.ts';
import type { WireMessage } from './wire-message.ts';

const PASSWORD = 'bob-pw';
const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };

/** A parameter of a digest, with or without quotes. */
const digestParameter = (value: string, name: string): string =>
  new RegExp(`[ ,]${name}="?([^",]*)"?`).exec(value)?.[1] ?? '';

/** What the response has to be, worked out here once more. */
function expectedResponse(value: string, method: string, body = ''): string {
  const read = (name: string) => digestParameter(value, name);
  const hash = (text: string) =>
    createHash(HASHES[read('algorithm') || 'MD5'] ?? 'md5')
      .update(text)
      .digest('hex');
  const a1 = hash(`${read('username')}:${read('realm')}:${PASSWORD}`);
  const qop = read('qop');
  const a2 = hash(`${method}:${read('uri')}${qop === 'auth-int' ? `:${hash(body)}` : ''}`);
  if (qop === '') return hash(`${a1}:${read('nonce')}:${a2}`);
  return hash(`${a1}:${read('nonce')}:${read('nc')}:${read('cnonce')}:${qop}:${a2}`);
}

function expectProof(request: WireMessage, header = 'Authorization'): string {
  const value = request.header(header);
  expect(value).toMatch(/^Digest /);
  expect(digestParameter(value, 'response')).toBe(expectedResponse(value, request.method, request.body));
  return value;
}

interface Challenged extends OutgoingCall {
  /** The INVITE that came after the challenge. */
  readonly second: WireMessage;
}

async function challenged(
  lab: Lab,
  status: 401 | 407,
  headers: HeaderLines,
  options: PhoneOptions = {},
): Promise<Challenged> {
  const call = await lab.dialed('udp', options);
  await call.callee.respond(call.invite, status, { headers });
  await call.callee.peer.request('ACK');
  return { ...call, second: await call.callee.peer.request('INVITE') };
}

const WWW = (parameters: string): HeaderLines => ({ 'WWW-Authenticate': `Digest ${parameters}` });
const PROXY = (parameters: string): HeaderLines => ({ 'Proxy-Authenticate': `Digest ${parameters}` });
const BASIC = 'realm="example.com", nonce="n1", algorithm=MD5, qop="auth"';

/** The call fails, and no second INVITE was sent. */
async function givesUp(lab: Lab, headers: HeaderLines, options: PhoneOptions = {}): Promise<void> {
  const { callee, invite } = await lab.dialed('udp', options);
  await callee.respond(invite, 401, { headers });
  await callee.peer.request('ACK');
  await until(() => lab.phone.getView().calls.every(({ state }) => state === 'ended'));
  expect(callee.peer.requests('INVITE').filter(({ sequence }) => sequence > invite.sequence)).toEqual([]);
}

export const AUTHENTICATION = rowsOf('authentication', 'AU', [
  [
    'RFC 3261 §22.2',
    '401 to INVITE',
    'INVITE again with Authorization, the same Call-ID and From tag, the next CSeq number, another branch',
    async (lab) => {
      const { invite, second } = await challenged(lab, 401, WWW(BASIC));
      expect(second.header('Call-ID')).toBe(invite.header('Call-ID'));
      expect(second.header('From')).toBe(invite.header('From'));
      expect(second.sequence).toBe(invite.sequence + 1);
      expect(second.branch).not.toBe(invite.branch);
      expect(second.tag).toBeUndefined();
      expectProof(second);
    },
  ],
  [
    'RFC 3261 §22.3',
    '407 to INVITE',
    'INVITE again with Proxy-Authorization',
    async (lab) => {
      const { second } = await challenged(lab, 407, PROXY(BASIC));
      expectProof(second, 'Proxy-Authorization');
      expect(second.has('Authorization')).toBe(false);
    },
  ],
  [
    'RFC 3261 §22.4',
    '401',
    'the digest has username, realm, nonce, uri, response, and no quotes around algorithm, qop and nc',
    async (lab) => {
      const { second } = await challenged(lab, 401, WWW(BASIC));
      const value = expectProof(second);
      expect(digestParameter(value, 'username')).toBe('bob');
      expect(digestParameter(value, 'realm')).toBe('example.com');
      expect(digestParameter(value, 'uri')).toBe(second.requestUri);
      expect(value).toMatch(/nc=00000001(,|$)/);
      expect(value).toMatch(/qop=auth(,|$)/);
      expect(value).toMatch(/algorithm=MD5(,|$)/);
    },
  ],
  [
    'RFC 3261 §22.4',
    '401 with opaque',
    'opaque comes back as it was',
    async (lab) => {
      const { second } = await challenged(lab, 401, WWW(`${BASIC}, opaque="5ccc069c"`));
      expect(digestParameter(second.header('Authorization'), 'opaque')).toBe('5ccc069c');
    },
  ],
  [
    'RFC 3261 §22.4',
    '401 without qop, as RFC 2069 knew it',
    'a response without qop, nc and cnonce',
    async (lab) => {
      const { second } = await challenged(lab, 401, WWW('realm="example.com", nonce="n1"'));
      const value = expectProof(second);
      expect(value).not.toMatch(/qop|nc=|cnonce/);
    },
  ],
  [
    'RFC 8760 §2.4',
    '401 with SHA-256 above MD5',
    'the answer is SHA-256',
    async (lab) => {
      const challenges = ['SHA-256', 'MD5'].map((name) => `Digest ${BASIC.replace('MD5', name)}`);
      const { second } = await challenged(lab, 401, { 'WWW-Authenticate': challenges });
      expect(digestParameter(expectProof(second), 'algorithm')).toBe('SHA-256');
    },
  ],
  [
    'RFC 8760 §2.4',
    '401 with MD5 above SHA-512-256',
    'one answer, to a challenge that stands in the response',
    async (lab) => {
      const challenges = ['MD5', 'SHA-512-256'].map((name) => `Digest ${BASIC.replace('MD5', name)}`);
      const { second } = await challenged(lab, 401, { 'WWW-Authenticate': challenges });
      expect(second.headers('Authorization')).toHaveLength(1);
      expectProof(second);
    },
  ],
  [
    'RFC 7616 §3.3',
    '401 with an unknown algorithm beside MD5',
    'the unknown one is passed over',
    async (lab) => {
      const challenges = ['SHA-9000', 'MD5'].map((name) => `Digest ${BASIC.replace('MD5', name)}`);
      const { second } = await challenged(lab, 401, { 'WWW-Authenticate': challenges });
      expect(digestParameter(expectProof(second), 'algorithm')).toBe('MD5');
    },
  ],
  [
    'RFC 7616 §3.3',
    '401 with an unknown algorithm only',
    'the call fails without a second INVITE',
    (lab) => givesUp(lab, WWW(BASIC.replace('MD5', 'SHA-9000'))),
  ],
  [
    'RFC 3261 §22.4',
    '401 with the scheme Basic',
    'the call fails, and no password is sent',
    (lab) => givesUp(lab, { 'WWW-Authenticate': 'Basic realm="example.com"' }),
  ],
  [
    'RFC 8760 §2.4',
    '401 with MD5, and the account does not allow it',
    'the call fails without a second INVITE',
    (lab) => givesUp(lab, WWW(BASIC), { account: { digestPolicy: { allowMd5: false } } }),
  ],
  [
    'RFC 7616 §3.3',
    '401 without qop, and the account requires it',
    'the call fails without a second INVITE',
    (lab) => givesUp(lab, WWW('realm="example.com", nonce="n1"'), { account: { digestPolicy: { requireQop: true } } }),
  ],
  [
    'RFC 7616 §3.4.3',
    '401 with qop auth-int',
    'the response covers the body',
    async (lab) => {
      const { second } = await challenged(lab, 401, WWW(BASIC.replace('"auth"', '"auth-int"')));
      expect(digestParameter(expectProof(second), 'qop')).toBe('auth-int');
      expect(second.body).not.toBe('');
    },
  ],
  [
    'RFC 3261 §22.1',
    '401 to the credentials, again',
    'the call fails: the same password is not tried twice',
    async (lab) => {
      const { callee, second } = await challenged(lab, 401, WWW(BASIC));
      await callee.respond(second, 401, { headers: WWW(BASIC.replace('n1', 'n2')) });
      await until(() => lab.phone.getView().calls.every(({ state }) => state === 'ended'));
      await pause(50);
      expect(callee.peer.requests('INVITE').filter(({ sequence }) => sequence > second.sequence)).toEqual([]);
    },
  ],
  [
    'RFC 7616 §3.3',
    '401 to the credentials with stale=true',
    'INVITE again with the new nonce',
    async (lab) => {
      const { callee, second } = await challenged(lab, 401, WWW(BASIC));
      await callee.respond(second, 401, { headers: WWW(`${BASIC.replace('n1', 'n2')}, stale=true`) });
      const third = await callee.peer.request('INVITE');
      expect(digestParameter(expectProof(third), 'nonce')).toBe('n2');
    },
  ],
  [
    'RFC 3261 §22.3',
    '407 of a proxy, then 401 of the callee',
    'INVITE with both credentials',
    async (lab) => {
      const { callee, second } = await challenged(lab, 407, PROXY(BASIC));
      await callee.respond(second, 401, { headers: WWW('realm="callee.example", nonce="c1", qop="auth"') });
      const third = await callee.peer.request('INVITE');
      expectProof(third, 'Proxy-Authorization');
      expect(digestParameter(expectProof(third), 'realm')).toBe('callee.example');
    },
  ],
  [
    'RFC 3261 §22.3',
    '407 of two proxies at once',
    'INVITE with credentials for both realms',
    async (lab) => {
      const challenges = ['a.example', 'b.example'].map((realm) => `Digest realm="${realm}", nonce="n", qop="auth"`);
      const { second } = await challenged(lab, 407, { 'Proxy-Authenticate': challenges });
      const realms = second.headers('Proxy-Authorization').map((value) => digestParameter(value, 'realm'));
      expect(realms.sort()).toEqual(['a.example', 'b.example']);
    },
  ],
  [
    'RFC 3261 §22.2',
    '401 to BYE',
    'BYE again with Authorization and the next CSeq number',
    async (lab) => {
      const { callee } = await lab.connected();
      await lab.hangUp();
      const bye = await callee.peer.request('BYE');
      await callee.respond(bye, 401, { headers: WWW(BASIC) });
      const second = await callee.peer.request('BYE');
      expect(second.sequence).toBe(bye.sequence + 1);
      expectProof(second);
    },
  ],
  [
    'RFC 3261 §22.1',
    'ACK of a call that was authenticated',
    'ACK has the credentials of the INVITE',
    async (lab) => {
      const { callee, second } = await challenged(lab, 407, PROXY(BASIC));
      await callee.respond(second, 200, { body: sdpOffer() });
      const ack = await callee.peer.request('ACK');
      expect(digestParameter(ack.header('Proxy-Authorization'), 'nonce')).toBe('n1');
    },
  ],
  [
    'RFC 7616 §3.4',
    'BYE after a call that was authenticated',
    'the nonce is used again, with the next nc',
    async (lab) => {
      const { callee, second } = await challenged(lab, 407, PROXY(BASIC));
      await callee.respond(second, 200, { body: sdpOffer() });
      await callee.peer.request('ACK');
      await lab.hangUp();
      const bye = await callee.peer.request('BYE');
      expect(digestParameter(expectProof(bye, 'Proxy-Authorization'), 'nc')).toMatch(/^0000000[2-9]$/);
    },
  ],
  [
    'RFC 3261 §22.2',
    '401 to an account without a password',
    'the call fails without a second INVITE',
    (lab) => givesUp(lab, WWW(BASIC), { account: { password: undefined } }),
  ],
]);
