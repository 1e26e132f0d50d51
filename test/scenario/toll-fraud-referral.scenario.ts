// Who may have this phone dial without being in a call with it: nobody but by the user's word or rule. RFC 3515 §5.2, RFC 3325 §5.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatUri } from '../../src-main/sip/syntax/index.ts';
import { requestOf } from '../support/message-builders.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const DESK = 'sip:desk@example.com';
const PREMIUM = 'sip:900@10.0.0.99';

type Headers = readonly (readonly [string, string])[];

let scenario: Scenario;
let proxy: RawPeer;
let stranger: RawPeer;
let premium: RawPeer;
let count = 0;

beforeEach(async () => {
  scenario = new Scenario();
  proxy = await RawPeer.open(scenario.network, '10.0.0.9');
  stranger = await RawPeer.open(scenario.network, '10.0.0.66');
  premium = await RawPeer.open(scenario.network, '10.0.0.99');
  proxy.respond = (request, peer) => {
    const isBinding = request.method === 'REGISTER';
    const headers = isBinding ? [['Contact', request.headers.first('Contact') ?? ''] as const] : [];
    if (request.method !== 'INVITE') peer.reply(request, 200, { headers });
  };
  stranger.respond = (request, peer) => peer.reply(request, 200);
});
afterEach(() => scenario.close());

/** Alice's phone, registered with the proxy. */
async function openAlice(calls: object, directCalls = 'auto'): Promise<ScenarioPhone> {
  const account = {
    ...{ id: 'alice', address: 'sip:alice@example.com', codecs: ['PCMU'], outboundProxies: ['sip:10.0.0.9'] },
  };
  const listen = [{ transport: 'udp', address: '10.0.0.1', port: 5060 }];
  const alice = await scenario.phone('alice', { accounts: [account], calls, sip: { listen, directCalls } });
  await scenario.advance(200);
  return alice;
}

/** `from` has `peer` send Alice a REFER to `referTo`; the status that she answers with. */
async function refer(
  peer: RawPeer,
  from: string,
  headers: Headers = [],
  referTo = PREMIUM,
): Promise<number | undefined> {
  const branch = `z9hG4bKtoll${++count}`;
  const request = requestOf({
    ...{ method: 'REFER', requestUri: 'sip:alice@10.0.0.1', branch },
    headers: [['Refer-To', `<${referTo}>`], ['Contact', `<${peer.uri.toString()}>`], ...headers],
  });
  request.headers.set('Via', `SIP/2.0/UDP ${peer.local.address}:5060;branch=${branch};rport`);
  request.headers.set('From', `<${from}>;tag=${branch}`);
  request.headers.set('To', '<sip:alice@example.com>');
  request.headers.set('Call-ID', branch);
  peer.send(request, { address: '10.0.0.1', port: 5060 });
  await scenario.advance(500);
  return peer.responses('REFER').at(-1)?.statusCode;
}

const asserted = (address: string): Headers => [['P-Asserted-Identity', `<${address}>`]];
const invites = (): string[] =>
  [...proxy.requests('INVITE'), ...premium.requests('INVITE')].map(({ requestUri }) => formatUri(requestUri));
const RULE = { trustedReferrers: [DESK] };

describe('a REFER outside a call, with a list of those who may — RFC 3515 §5.2', () => {
  it('dials for who is on it, by the word of the own server — RFC 3325 §5', async () => {
    const alice = await openAlice(RULE);

    expect(await refer(proxy, 'sip:anything@elsewhere.example', asserted(DESK))).toBe(202);

    expect(new Set(invites())).toEqual(new Set([PREMIUM]));
    expect(alice.view.referrals).toEqual([]);
    expect(alice.call).toMatchObject({ direction: 'outgoing', accountId: 'alice' });
  });

  it('dials for a name of the own domain that its server passes on', async () => {
    await openAlice(RULE);

    expect(await refer(proxy, DESK)).toBe(202);
    expect(invites()).not.toEqual([]);
  });

  it('believes no From of another domain, though the own server passes it on', async () => {
    await openAlice({ trustedReferrers: ['sip:boss@elsewhere.example'] });

    expect(await refer(proxy, 'sip:boss@elsewhere.example')).toBe(403);
    expect(invites()).toEqual([]);
  });

  it('believes the assertion rather than the From, and nobody who hides', async () => {
    await openAlice(RULE);

    expect(await refer(proxy, DESK, asserted('sip:mallory@example.com'))).toBe(403);
    expect(await refer(proxy, DESK, [...asserted(DESK), ['Privacy', 'id']])).toBe(403);
    expect(invites()).toEqual([]);
  });

  it.each(['auto', 'allow'])('believes no stranger, whatever they write (directCalls %s)', async (directCalls) => {
    await openAlice(RULE, directCalls);

    expect(await refer(stranger, DESK, asserted(DESK))).toBe(403);
    expect(invites()).toEqual([]);
  });

  it('refuses who is not on it, and asks where the user wants questions', async () => {
    const alice = await openAlice({ ...RULE, acceptReferrals: 'ask' });

    expect(await refer(proxy, 'sip:carol@example.com')).toBe(202);
    expect(alice.view.referrals).toMatchObject([{ referredBy: 'sip:carol@example.com', target: PREMIUM }]);
    expect(invites()).toEqual([]);
  });

  it('places no more calls than the phone may have', async () => {
    await openAlice({ ...RULE, maxCalls: 2 });
    for (const user of ['a', 'b', 'c', 'd']) await refer(proxy, DESK, [], `sip:${user}@10.0.0.99`);

    expect(new Set(invites())).toEqual(new Set(['sip:a@10.0.0.99', 'sip:b@10.0.0.99']));
    const last = proxy.requests('NOTIFY').at(-1);
    expect(new TextDecoder().decode(last?.body)).toBe('SIP/2.0 486 Busy Here\r\n');
  });
});

describe('a REFER outside a call, with a question — RFC 3515 §5.2', () => {
  it('of a stranger does not get as far as that where the account registers — RFC 3261 §21.4.4', async () => {
    const alice = await openAlice({ acceptReferrals: 'ask' });

    expect(await refer(stranger, 'sip:friend@example.com')).toBe(403);
    expect(alice.view.referrals).toEqual([]);
  });

  it('places nothing until the user says yes, and nothing after a no', async () => {
    const alice = await openAlice({ acceptReferrals: 'ask' });
    await refer(proxy, DESK);
    await scenario.advance(5000);
    expect(invites()).toEqual([]);
    const [question] = alice.view.referrals;

    await alice.do['call.declineReferral']({ referralId: question?.id ?? '' });
    await scenario.advance(1000);

    expect(invites()).toEqual([]);
    expect(alice.view.calls).toEqual([]);
  });

  it('is refused before anybody is asked when it wants no call that could be placed — RFC 3515 §2.4.2', async () => {
    const alice = await openAlice({ ...RULE, acceptReferrals: 'ask' });

    expect(await refer(proxy, DESK, [], 'http://evil.example')).toBe(416);
    expect(await refer(proxy, DESK, [], 'sip:900@10.0.0.99;method=BYE')).toBe(603);
    expect(await refer(proxy, DESK, [['Refer-To', '<sip:two@10.0.0.99>']])).toBe(400);
    expect(alice.view.referrals).toEqual([]);
    expect(invites()).toEqual([]);
  });

  it('has no say in the headers of the call — RFC 3261 §19.1.5', async () => {
    await openAlice(RULE);
    await refer(proxy, DESK, [], `${PREMIUM}?X-Evil=1&From=%3Csip:boss%4010.0.0.1%3E&body=x`);

    const [invite] = proxy.requests('INVITE');
    expect(invite && formatUri(invite.requestUri)).toBe(PREMIUM);
    expect(invite?.headers.has('X-Evil')).toBe(false);
    expect(invite && formatUri(invite.from.uri)).toBe('sip:alice@example.com');
  });

  it('says nothing of who calls where the account hides that — RFC 3323 §4.1', async () => {
    const account = {
      ...{ id: 'alice', address: 'sip:alice@example.com', codecs: ['PCMU'], outboundProxies: ['sip:10.0.0.9'] },
      hideIdentity: true,
    };
    const listen = [{ transport: 'udp', address: '10.0.0.1', port: 5060 }];
    await scenario.phone('alice', { accounts: [account], calls: RULE, sip: { listen } });
    await scenario.advance(200);
    await refer(proxy, DESK);

    const [invite] = proxy.requests('INVITE');
    expect(invite && formatUri(invite.from.uri)).toBe('sip:anonymous@anonymous.invalid');
  });
});
