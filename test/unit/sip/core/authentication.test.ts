import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  digestAuthorization,
  isAnswerable,
  readDigestChallenge,
  strongestChallenge,
} from '../../../../src-main/sip/core/digest.ts';
import { Header, type SipRequest } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const reader = (values: Record<string, string>) => (name: string) => values[name];

describe('digest — RFC 7616 §3.4.1, RFC 8760 §2.1, RFC 3261 §22.4', () => {
  const http = {
    realm: 'http-auth@example.org',
    nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
    opaque: 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS',
    qop: 'auth, auth-int',
  };
  const use = {
    credentials: { username: 'Mufasa', password: 'Circle of Life' },
    method: 'GET',
    uri: '/dir/index.html',
    nonceCount: 1,
    cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  };

  it('computes the examples of RFC 7616 §3.9.1', () => {
    for (const [algorithm, response] of [
      ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
      ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
    ] as const) {
      const challenge = readDigestChallenge('Digest', reader({ ...http, algorithm }))!;

      const value = digestAuthorization({ ...use, challenge });

      expect(value).toContain(`response="${response}"`);
      expect(value).toContain('qop=auth, nc=00000001');
      expect(value).toContain(`algorithm=${algorithm}`);
    }
  });

  it('computes the example of RFC 2617 §3.5 and leaves qop out when the challenge has none', () => {
    const values = { realm: 'testrealm@host.com', nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093' };
    const credentials = { username: 'Mufasa', password: 'Circle Of Life' };
    const withQop = readDigestChallenge('Digest', reader({ ...values, qop: 'auth,auth-int' }))!;
    const without = readDigestChallenge('Digest', reader(values))!;

    expect(digestAuthorization({ ...use, credentials, challenge: withQop, cnonce: '0a4f113b' })).toContain(
      'response="6629fae49393a05397450978507c4ef1"',
    );
    const old = digestAuthorization({ ...use, credentials, challenge: without });
    expect(old).toContain('response="670fd8c2df070c60b045671b8b24ff02"');
    expect(old).not.toMatch(/qop|cnonce|nc=|algorithm/);
  });

  it('hashes the user name when asked — RFC 7616 §3.4.4', () => {
    const challenge = readDigestChallenge('Digest', reader({ ...http, algorithm: 'SHA-256', userhash: 'true' }))!;

    const value = digestAuthorization({ ...use, challenge });

    expect(value).not.toContain('Mufasa');
    expect(value).toContain('userhash=true');
  });

  it('covers the nonces with the session algorithms', () => {
    const plain = readDigestChallenge('Digest', reader({ ...http, algorithm: 'MD5' }))!;
    const session = readDigestChallenge('Digest', reader({ ...http, algorithm: 'md5-sess' }))!;

    expect(session.isSession).toBe(true);
    expect(digestAuthorization({ ...use, challenge: session })).not.toBe(
      digestAuthorization({ ...use, challenge: plain }),
    );
  });

  it('does not answer what it does not know — RFC 7616 §3.3', () => {
    expect(readDigestChallenge('Basic', reader(http))).toBeUndefined();
    expect(readDigestChallenge('Digest', reader({ ...http, algorithm: 'SHA3' }))).toBeUndefined();
    expect(readDigestChallenge('Digest', reader({ ...http, qop: 'auth-conf' }))).toBeUndefined();
    expect(readDigestChallenge('Digest', reader({ realm: 'x' }))).toBeUndefined();
  });

  it('computes auth-int, which covers the body, where nothing else is offered — RFC 7616 §3.4.3', () => {
    const only = readDigestChallenge('Digest', reader({ ...http, qop: 'auth-int', algorithm: 'SHA-256' }))!;
    const answer = (body: string) => digestAuthorization({ ...use, challenge: only, body: Buffer.from(body) });

    expect(answer('a')).toContain('qop=auth-int, nc=00000001');
    expect(answer('a')).not.toBe(answer('b'));
    expect(readDigestChallenge('Digest', reader(http))!.qop).toBe('auth');
    const ha1 = createHash('sha256').update('Mufasa:http-auth@example.org:Circle of Life').digest('hex');
    const body = createHash('sha256').update('a').digest('hex');
    const ha2 = createHash('sha256').update(`GET:/dir/index.html:${body}`).digest('hex');
    const parts = [ha1, http.nonce, '00000001', use.cnonce, 'auth-int', ha2].join(':');
    expect(answer('a')).toContain(`response="${createHash('sha256').update(parts).digest('hex')}"`);
  });

  it('leaves unanswered what the policy does not bear — RFC 8760 §2.4', () => {
    const old = readDigestChallenge('Digest', reader({ realm: 'r', nonce: 'n' }))!;
    const strong = readDigestChallenge('Digest', reader({ ...http, algorithm: 'SHA-512-256' }))!;

    expect(isAnswerable(old, undefined)).toBe(true);
    expect(isAnswerable(old, { allowMd5: false, requireQop: false })).toBe(false);
    expect(isAnswerable(old, { allowMd5: true, requireQop: true })).toBe(false);
    expect(isAnswerable(strong, { allowMd5: false, requireQop: true })).toBe(true);
  });

  it('escapes quotes in what it sends', () => {
    const challenge = readDigestChallenge('Digest', reader({ realm: 'a"b\\c', nonce: 'n' }))!;

    expect(digestAuthorization({ ...use, challenge })).toContain(String.raw`realm="a\"b\\c"`);
  });

  it('takes the strongest of several challenges — RFC 8760 §2.4', () => {
    const of = (algorithm: string) => readDigestChallenge('Digest', reader({ ...http, algorithm }))!;

    expect(strongestChallenge([of('MD5'), of('SHA-512-256'), of('SHA-256')])?.hash).toBe('SHA-512-256');
    expect(strongestChallenge([])).toBeUndefined();
  });
});

describe('authentication of requests — RFC 3261 §22', () => {
  let runtime: FakeRuntime;
  let network: VirtualNetwork;
  let alice: SipAgent;
  let peer: RawPeer;

  beforeEach(async () => {
    runtime = new FakeRuntime();
    network = new VirtualNetwork(runtime);
    const credentials = { username: 'alice-auth', password: 'secret' };
    alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1', account: { credentials } });
    peer = await RawPeer.open(network, '10.0.0.9');
  });

  const challenge = (nonce: string, more = ''): readonly (readonly [string, string])[] => [
    ['WWW-Authenticate', `Digest realm="lab", nonce="${nonce}", qop="auth"${more}`],
  ];
  const proxyChallenge = (nonce: string, realm = 'proxy'): readonly (readonly [string, string])[] => [
    ['Proxy-Authenticate', `Digest realm="${realm}", nonce="${nonce}", qop="auth"`],
  ];
  const credentialsOf = (request: SipRequest) => request.headers.get(Header.Authorization);

  async function send(method = 'OPTIONS') {
    const result = alice.core.request({ method, target: peer.uri, account: alice.account });
    await runtime.advance(100);
    return result;
  }

  it('repeats a challenged request with credentials, the next CSeq number and a new branch — RFC 3261 §8.1.3.5', async () => {
    peer.respond = (request) =>
      credentialsOf(request) ? peer.reply(request, 200) : peer.reply(request, 401, { headers: challenge('n1') });

    const result = await send();

    expect(result.ok && result.value.statusCode).toBe(200);
    const [first, second] = peer.requests('OPTIONS');
    expect(credentialsOf(second!)).toMatchObject({ username: 'alice-auth', realm: 'lab', nonce: 'n1', nonceCount: 1 });
    expect(second!.cseq.sequence).toBe(first!.cseq.sequence + 1);
    expect(second!.topVia.branch).not.toBe(first!.topVia.branch);
    expect(second!.callId).toBe(first!.callId);
    expect(second!.from.tag).toBe(first!.from.tag);
  });

  it('sends credentials at once after the first challenge, counting the nonce up — RFC 7616 §3.4', async () => {
    peer.respond = (request) =>
      credentialsOf(request) ? peer.reply(request, 200) : peer.reply(request, 401, { headers: challenge('n1') });
    await send();

    await send();
    await send();

    expect(peer.requests('OPTIONS').map((request) => credentialsOf(request)?.nonceCount)).toEqual([undefined, 1, 2, 3]);
  });

  it('answers a stale nonce with the same password, but not for ever', async () => {
    let challenges = 0;
    peer.respond = (request) => peer.reply(request, 401, { headers: challenge(`n${++challenges}`, ', stale=true') });

    const result = await send();

    expect(!result.ok && result.error.kind).toBe('auth');
    expect(peer.requests('OPTIONS').length).toBeLessThanOrEqual(5);
    expect(peer.requests('OPTIONS').length).toBeGreaterThan(2);
  });

  it('gives up when the same credentials are refused twice', async () => {
    let challenges = 0;
    peer.respond = (request) => peer.reply(request, 401, { headers: challenge(`n${++challenges}`) });

    const result = await send();

    expect(!result.ok && result.error.kind).toBe('auth');
    expect(peer.requests('OPTIONS')).toHaveLength(2);
  });

  it('gives up at once without credentials', async () => {
    alice.account = { address: alice.account.address, contactUser: 'alice', outboundProxies: [] };
    peer.respond = (request) => peer.reply(request, 401, { headers: challenge('n1') });

    const result = await send();

    expect(!result.ok && result.error).toMatchObject({ kind: 'auth' });
    expect(peer.requests('OPTIONS')).toHaveLength(1);
  });

  it('gives up on a challenge that it cannot answer', async () => {
    peer.respond = (request) => peer.reply(request, 401, { headers: [['WWW-Authenticate', 'Basic realm="x"']] });

    expect((await send()).ok).toBe(false);
    expect(peer.requests('OPTIONS')).toHaveLength(1);
  });

  it('answers several realms and picks the strongest algorithm of each', async () => {
    const headers = [
      ['Proxy-Authenticate', 'Digest realm="one", nonce="a", algorithm=MD5'],
      ['Proxy-Authenticate', 'Digest realm="one", nonce="b", algorithm=SHA-256'],
      ['Proxy-Authenticate', 'Digest realm="two", nonce="c"'],
    ] as const;
    peer.respond = (request) =>
      request.headers.has('Proxy-Authorization') ? peer.reply(request, 200) : peer.reply(request, 407, { headers });

    await send();

    const sent = peer.requests('OPTIONS')[1]!.headers.all(Header.ProxyAuthorization);
    expect(sent.map(({ realm, algorithm }) => [realm, algorithm])).toEqual([
      ['one', 'SHA-256'],
      ['two', undefined],
    ]);
  });

  it('uses nextnonce from then on, and counts it from one — RFC 7616 §3.5, RFC 3261 §20.6', async () => {
    peer.respond = (request) =>
      credentialsOf(request)
        ? peer.reply(request, 200, { headers: [['Authentication-Info', 'nextnonce="n2", qop=auth']] })
        : peer.reply(request, 401, { headers: challenge('n1') });
    await send();
    await send();

    const used = peer.requests('OPTIONS').map((request) => credentialsOf(request));
    expect(used.map((credentials) => [credentials?.nonce, credentials?.nonceCount])).toEqual([
      [undefined, undefined],
      ['n1', 1],
      ['n2', 1],
    ]);
  });

  it('does not follow a server whose rspauth is wrong — RFC 7616 §3.5', async () => {
    const info = 'nextnonce="evil", rspauth="00000000000000000000000000000000"';
    peer.respond = (request) =>
      credentialsOf(request)
        ? peer.reply(request, 200, { headers: [['Authentication-Info', info]] })
        : peer.reply(request, 401, { headers: challenge('n1') });
    await send();
    await send();

    expect(credentialsOf(peer.requests('OPTIONS').at(-1)!)?.nonce).toBe('n1');
  });

  it('follows a server whose rspauth holds — RFC 7616 §3.5', async () => {
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    peer.respond = (request) => {
      const credentials = credentialsOf(request);
      if (!credentials) return peer.reply(request, 401, { headers: challenge('n1') });
      const { nonce, cnonce = '', uri } = credentials;
      const proof = md5([md5('alice-auth:lab:secret'), nonce, '00000001', cnonce, 'auth', md5(`:${uri}`)].join(':'));
      peer.reply(request, 200, { headers: [['Authentication-Info', `nextnonce="n2", rspauth="${proof}"`]] });
    };
    await send();
    await send();

    expect(credentialsOf(peer.requests('OPTIONS').at(-1)!)?.nonce).toBe('n2');
  });

  it('gives up on MD5 when the account does not allow it', async () => {
    alice.account = { ...alice.account, digestPolicy: { allowMd5: false, requireQop: false } };
    peer.respond = (request) => peer.reply(request, 401, { headers: challenge('n1') });

    expect((await send()).ok).toBe(false);
    expect(peer.requests('OPTIONS')).toHaveLength(1);
  });

  it('looks at no more than 32 challenges of one response', async () => {
    const many = Array.from({ length: 200 }, (_, index) => proxyChallenge('n', `realm ${index}`)).flat();
    peer.respond = (request) => peer.reply(request, 407, { headers: many });
    await send();

    expect(peer.requests('OPTIONS').at(-1)!.headers.all(Header.ProxyAuthorization).length).toBeLessThanOrEqual(16);
  });

  it('passes a proxy and then a server that both ask', async () => {
    peer.respond = (request) => {
      if (!request.headers.has('Proxy-Authorization')) peer.reply(request, 407, { headers: proxyChallenge('p') });
      else if (!request.headers.has('Authorization')) peer.reply(request, 401, { headers: challenge('s') });
      else peer.reply(request, 200);
    };

    const result = await send();

    expect(result.ok && result.value.statusCode).toBe(200);
    expect(peer.requests('OPTIONS')).toHaveLength(3);
  });

  it('authenticates an INVITE, its ACK and the BYE — RFC 3665 §3.3, RFC 3261 §22.1', async () => {
    peer.respond = (request) => {
      if (request.method === 'ACK') return;
      if (!request.headers.has('Proxy-Authorization'))
        peer.reply(request, 407, { headers: proxyChallenge('p'), tag: 'proxy' });
      else if (request.method === 'INVITE') peer.reply(request, 200, { body: 'answer' });
      else peer.reply(request, 200);
    };
    const call = alice.call(peer.uri);
    await runtime.advance(100);

    call.established.bye();
    await runtime.advance(100);

    const [failureAck, successAck] = peer.requests('ACK');
    expect(failureAck!.to.tag).toBe('proxy');
    expect(failureAck!.topVia.branch).toBe(peer.requests('INVITE')[0]!.topVia.branch);
    expect(successAck!.cseq.sequence).toBe(2);
    expect(successAck!.headers.first('Proxy-Authorization')).toBe(
      peer.requests('INVITE')[1]!.headers.first('Proxy-Authorization'),
    );
    expect(peer.requests('BYE')).toHaveLength(1);
    expect(peer.requests('BYE')[0]!.cseq.sequence).toBe(3);
  });

  it('fails a call with kind auth when the password is wrong', async () => {
    peer.respond = (request) => peer.reply(request, 407, { headers: proxyChallenge('p') });
    const call = alice.call(peer.uri);

    await runtime.advance(100);

    expect(call.failure).toMatchObject({ kind: 'auth', statusCode: 407 });
    expect(peer.requests('INVITE')).toHaveLength(2);
  });
});

describe('fail-over — RFC 3263 §4.3, RFC 3261 §8.1.2, §8.1.3', () => {
  it('tries the next server after a 503, a refusal and a time-out, each under a new branch', async () => {
    const runtime = new FakeRuntime();
    const network = new VirtualNetwork(runtime);
    const alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    const overloaded = await RawPeer.open(network, '10.0.0.21');
    const last = await RawPeer.open(network, '10.0.0.23');
    overloaded.respond = (request) => overloaded.reply(request, 503);
    last.respond = (request) => last.reply(request, 200);
    network.services.set('_sip._udp.example.com', [
      { priority: 1, weight: 0, name: 'a.example.com', port: 5060 },
      { priority: 2, weight: 0, name: 'b.example.com', port: 5060 },
      { priority: 3, weight: 0, name: 'c.example.com', port: 5060 },
    ]);
    network.addresses.set('a.example.com', ['10.0.0.21']);
    network.addresses.set('b.example.com', ['10.0.0.22']);
    network.addresses.set('c.example.com', ['10.0.0.23']);
    const target = last.uri.with({ host: 'example.com', port: undefined }).withParameter('transport', 'udp');

    const result = alice.core.request({ method: 'OPTIONS', target, account: alice.account });
    await runtime.advance(40_000);

    const outcome = await result;
    expect(outcome.ok && outcome.value.statusCode).toBe(200);
    expect(overloaded.requests('OPTIONS')).toHaveLength(1);
    expect(overloaded.requests('OPTIONS')[0]!.topVia.branch).not.toBe(last.requests('OPTIONS')[0]!.topVia.branch);
  });
});
