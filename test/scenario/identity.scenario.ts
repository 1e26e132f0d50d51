// Who is there: asserted, forwarded, hidden, and somebody else in the middle of the call.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NameAddress, type SipRequest } from '../../src-main/sip/syntax/index.ts';
import { requestOf, uriOf } from '../support/message-builders.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const OFFER = [
  'v=0',
  'o=- 1 1 IN IP4 10.0.0.9',
  's=-',
  'c=IN IP4 10.0.0.9',
  't=0 0',
  'm=audio 9000 RTP/AVP 0',
  '',
].join('\r\n');

let scenario: Scenario;
let proxy: RawPeer;
let stranger: RawPeer;
let alice: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  proxy = await RawPeer.open(scenario.network, '10.0.0.9');
  stranger = await RawPeer.open(scenario.network, '10.0.0.66');
  proxy.respond = (request, peer) => {
    if (request.method === 'REGISTER')
      peer.reply(request, 200, { headers: [['Contact', request.headers.first('Contact') ?? '']] });
    else if (request.method === 'BYE' || request.method === 'UPDATE') peer.reply(request, 200);
  };
  const account = {
    id: 'alice',
    address: 'sip:alice@example.com',
    codecs: ['PCMU'],
    outboundProxies: ['sip:10.0.0.9'],
  };
  const listen = [{ transport: 'udp', address: '10.0.0.1', port: 5060 }];
  // The stranger's calls are to be seen.
  alice = await scenario.phone('alice', { accounts: [account], sip: { listen, directCalls: 'allow' } });
  await scenario.advance(200);
});
afterEach(() => scenario.close());

type Headers = readonly (readonly [string, string])[];

/** An INVITE for Alice from `peer`. */
async function ring(peer: RawPeer, headers: Headers = []): Promise<SipRequest> {
  const invite = requestOf({
    method: 'INVITE',
    requestUri: 'sip:alice@10.0.0.1',
    body: OFFER,
    headers: [
      ['Contact', `<${peer.uri.toString()}>`],
      ['Content-Type', 'application/sdp'],
      ['Supported', 'from-change'],
      ['Allow', 'INVITE, ACK, BYE, CANCEL, UPDATE'],
      ...headers,
    ],
  });
  invite.headers.set('Via', `SIP/2.0/UDP ${peer.local.address}:5060;branch=z9hG4bK1`);
  peer.send(invite, { address: '10.0.0.1', port: 5060 });
  await scenario.advance(100);
  return invite;
}

/** Answers the call that rings, and makes a request within its dialog. */
async function answer(peer: RawPeer, invite: SipRequest): Promise<(method: string, headers: Headers) => Promise<void>> {
  await alice.do['call.answer']({ callId: alice.callId });
  await scenario.advance(200);
  const [, ok] = peer.responses('INVITE').filter(({ statusCode }) => statusCode !== 100);
  let sequence = invite.cseq.sequence;
  const within = (method: string, number: number, headers: Headers): void => {
    const request = requestOf({ method, branch: `z9hG4bK${method}${number}`, requestUri: 'sip:alice@10.0.0.1' });
    request.headers.set('Via', `SIP/2.0/UDP ${peer.local.address}:5060;branch=z9hG4bK${method}${number}`);
    request.headers.set('To', ok!.to.toString());
    request.headers.set('CSeq', `${number} ${method}`);
    request.headers.set('Contact', `<${peer.uri.toString()}>`);
    for (const [name, value] of headers) request.headers.set(name, value);
    peer.send(request, { address: '10.0.0.1', port: 5060 });
  };
  within('ACK', sequence, []);
  await scenario.advance(50);
  return async (method, headers) => {
    within(method, ++sequence, headers);
    await scenario.advance(100);
  };
}

describe('who calls — RFC 3325 §5', () => {
  const asserted = [['P-Asserted-Identity', '"Carol" <tel:+12155551212;verstat=TN-Validation-Passed>']] as const;

  it('is believed from the server that the account is registered with', async () => {
    await ring(proxy, asserted);

    expect(alice.call?.remote).toEqual({
      displayName: 'Carol',
      address: 'tel:+12155551212',
      isAsserted: true,
      verification: 'passed',
    });
  });

  it('is a claim from anybody else', async () => {
    await ring(stranger, asserted);

    expect(alice.call?.remote).toEqual({
      displayName: 'Alice',
      address: 'sip:alice@atlanta.example.com',
      isAsserted: false,
    });
  });

  it('shows who forwarded the call, and keeps it — RFC 5806 §4', async () => {
    await ring(proxy, [['Diversion', '"Bob" <sip:bob@example.com>;reason=no-answer']]);
    const forwardedFrom = { displayName: 'Bob', address: 'sip:bob@example.com', reason: 'noAnswer' };
    expect(alice.call?.forwardedFrom).toEqual(forwardedFrom);

    await alice.do['call.hangUp']({ callId: alice.callId });
    await scenario.advance(200);

    expect(alice.view.history[0]).toMatchObject({ forwardedFrom });
  });
});

describe('connected identity — RFC 4916 §4.5.2', () => {
  it('shows who the peer has become, speaks to it by that name, and keeps both in the history', async () => {
    const request = await answer(proxy, await ring(proxy));

    await request('UPDATE', [['From', '"Carol" <sip:carol@example.com>;tag=1928301774']]);
    expect(alice.call?.remote).toMatchObject({ displayName: 'Carol', address: 'sip:carol@example.com' });
    await alice.do['call.hangUp']({ callId: alice.callId });
    await scenario.advance(200);

    expect(proxy.requests('BYE')[0]!.to.toString()).toBe('"Carol" <sip:carol@example.com>;tag=1928301774');
    expect(alice.view.history[0]).toMatchObject({
      remote: { address: 'sip:alice@atlanta.example.com' },
      connectedTo: { displayName: 'Carol', address: 'sip:carol@example.com' },
    });
  });

  it('takes an assertion in UPDATE, which a request without one does not undo', async () => {
    const request = await answer(proxy, await ring(proxy));

    await request('UPDATE', [['P-Asserted-Identity', '<sip:dave@example.com>']]);
    await request('UPDATE', []);

    expect(alice.call?.remote).toMatchObject({ address: 'sip:dave@example.com', isAsserted: true });
  });

  it('tells the peer when the own name changes in the call — RFC 4916 §4.4', async () => {
    await answer(proxy, await ring(proxy));

    const { address, outboundProxies } = alice.view.accounts[0]!.settings;
    void alice.ask('account.save', {
      id: 'alice',
      address,
      outboundProxies,
      displayName: 'Alice B.',
      codecs: ['PCMU'],
    });
    await scenario.advance(3000);

    expect(proxy.requests('UPDATE').at(-1)?.from.displayName).toBe('Alice B.');
  });

  it('refuses INFO packages, and says that it wants none — RFC 6086 §4.2.2, §5.2.2', async () => {
    const request = await answer(proxy, await ring(proxy));
    await request('INFO', [['Info-Package', 'odd']]);

    const [response] = proxy.responses('INFO');
    expect(response).toMatchObject({ statusCode: 469 });
    expect(response?.headers.has('Recv-Info')).toBe(true);
  });

  it('takes whom a call reached from the responses', async () => {
    const { respond } = proxy;
    proxy.respond = (request, peer) => {
      if (request.method !== 'INVITE') return respond(request, peer);
      peer.reply(request, 180, { headers: [['P-Asserted-Identity', '"Reception" <sip:desk@example.com>']] });
    };
    await alice.dial('sip:bob@example.com');
    await scenario.advance(200);

    expect(alice.call?.remote).toMatchObject({ displayName: 'Reception', isAsserted: true });
  });
});

describe('an intercom call — RFC 5373 §4', () => {
  const asking = [
    ['Answer-Mode', 'Auto'],
    ['P-Asserted-Identity', '<sip:carol@example.com>'],
  ] as const;

  it('rings as any other while the account says nothing', async () => {
    await ring(proxy, asking);

    expect(alice.call?.state).toBe('ringing');
  });
});

describe('a caller who hides — RFC 3323 §4.1.1.3, RFC 3325 §9.2', () => {
  it('names nobody but to the own server', async () => {
    await alice.do['call.dial']({ target: 'sip:bob@example.com', isAnonymous: true });
    await scenario.advance(200);

    const [invite] = proxy.requests('INVITE');
    expect(invite!.from.uri).toEqual(new NameAddress({ uri: uriOf('sip:anonymous@anonymous.invalid') }).uri);
    expect(invite!.headers.first('Contact')).toContain('sip:anonymous@10.0.0.1');
    expect(invite!.headers.first('Privacy')).toBe('id');
    expect(invite!.headers.first('P-Preferred-Identity')).toContain('sip:alice@example.com');
    expect(Buffer.from(invite!.body).toString()).not.toContain('alice');
  });
});
