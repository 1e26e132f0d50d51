import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../../src-main/sip/syntax/index.ts';
import { FlowRecord, headerOf } from '../support/flow-record.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { ScriptedProxy } from '../support/scripted-proxy.ts';
import { RawPeer } from '../support/sip-agent.ts';

const NAMES = {
  '10.0.0.1': 'alice',
  '10.0.0.2': 'bob',
  '10.0.0.50': 'P1',
  '10.0.0.60': 'P2',
  '10.0.0.70': 'registrar',
};
const CHALLENGE = 'Digest realm="atlanta.example.com", qop="auth", nonce="wf84f1ceczx41ae6cbe5aea9c8e88d359"';

let scenario: Scenario;
let flow: FlowRecord;

beforeEach(() => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, NAMES);
});
afterEach(() => scenario.close());

const accountOf = (user: string, host: string, more: object = {}) => ({
  accounts: [
    { id: user, address: `sip:${user}@${host}`, register: false, codecs: ['PCMU'], password: 'zanzibar', ...more },
  ],
});

describe('registration — RFC 3665 §2', () => {
  let registrar: RawPeer;
  const contactOf = (request: SipRequest) => request.headers.first('Contact') ?? '';

  beforeEach(async () => {
    registrar = await RawPeer.open(scenario.network, '10.0.0.70');
  });

  const phone = () => scenario.phone('bob', accountOf('bob', '10.0.0.70', { register: true, messageWaiting: 'off' }));

  /** Challenges what has no credentials, and keeps the rest. */
  function acceptAll(contacts: (request: SipRequest) => string = contactOf): void {
    registrar.respond = (request, peer) => {
      if (!request.headers.has('Authorization'))
        peer.reply(request, 401, { headers: [['WWW-Authenticate', CHALLENGE]] });
      else peer.reply(request, 200, { headers: [['Contact', contacts(request)]] });
    };
  }

  it('goes by a challenge, and keeps Call-ID, From tag and Contact — RFC 3665 §2.1', async () => {
    acceptAll();
    const bob = await phone();
    await scenario.advance(500);

    expect(flow.lines).toEqual([
      'alice > registrar: REGISTER',
      'registrar > alice: 401 REGISTER',
      'alice > registrar: REGISTER',
      'registrar > alice: 200 REGISTER',
    ]);
    const [first, second] = registrar.requests('REGISTER');
    expect(second?.callId).toBe(first?.callId);
    expect(second?.from.tag).toBe(first?.from.tag);
    expect(second?.cseq.sequence).toBe((first?.cseq.sequence ?? 0) + 1);
    expect(second?.headers.first('Authorization')).toMatch(/username="bob", realm="atlanta.example.com"/);
    expect(bob.view.accounts).toMatchObject([{ registration: 'registered' }]);
  });

  it('updates its binding before it ends — RFC 3665 §2.2', async () => {
    acceptAll((request) => `${contactOf(request).replace(/;expires=\d+/, '')};expires=60`);
    await phone();
    await scenario.advance(500);
    const before = registrar.requests('REGISTER').length;

    await scenario.advance(60_000);

    const refresh = registrar.requests('REGISTER')[before];
    expect(refresh?.callId).toBe(registrar.requests('REGISTER')[0]?.callId);
    expect(refresh && contactOf(refresh)).toBe(contactOf(registrar.requests('REGISTER')[0]!));
  });

  it('takes a list with other contacts beside its own — RFC 3665 §2.3', async () => {
    acceptAll((request) => `<sip:bob@chicago.mobile.example.net>;expires=3600, ${contactOf(request)}`);
    const bob = await phone();
    await scenario.advance(5000);

    expect(bob.view.accounts).toMatchObject([{ registration: 'registered' }]);
    expect(registrar.requests('REGISTER')).toHaveLength(2);
  });

  it('cancels its registration with expires 0 — RFC 3665 §2.4', async () => {
    acceptAll();
    const bob = await phone();
    await scenario.advance(500);
    flow.clear();

    const leaving = bob.do['account.unregister']({ accountId: 'bob' });
    await scenario.advance(500);
    await leaving;

    expect(flow.lines).toEqual(['alice > registrar: REGISTER', 'registrar > alice: 200 REGISTER']);
    const [{ text } = { text: '' }] = flow.messages;
    expect(`${headerOf(text, 'Contact')} ${headerOf(text, 'Expires')}`).toMatch(/expires=0|(?<=\s)0$/);
  });

  it('fails when the same challenge comes to its credentials — RFC 3665 §2.5', async () => {
    registrar.respond = (request, peer) => peer.reply(request, 401, { headers: [['WWW-Authenticate', CHALLENGE]] });
    const bob = await phone();
    await scenario.advance(2000);

    expect(flow.lines).toEqual([
      'alice > registrar: REGISTER',
      'registrar > alice: 401 REGISTER',
      'alice > registrar: REGISTER',
      'registrar > alice: 401 REGISTER',
    ]);
    expect(bob.view.accounts).toMatchObject([{ registration: 'failed' }]);
  });
});

describe('sessions — RFC 3665 §3', () => {
  let alice: ScenarioPhone;
  let bob: ScenarioPhone;
  let first: ScriptedProxy;

  /** Alice's proxy, bob's proxy, and both phones; bob is `sip:bob@10.0.0.60` to the world. */
  async function open(proxies: object = { outboundProxies: ['sip:10.0.0.50;lr'] }, next = '10.0.0.60'): Promise<void> {
    first = await ScriptedProxy.open(scenario.network, { address: '10.0.0.50', next: { bob: next } });
    await ScriptedProxy.open(scenario.network, { address: '10.0.0.60', next: { bob: '10.0.0.2' } });
    alice = await scenario.phone('alice', accountOf('alice', '10.0.0.50', proxies));
    bob = await scenario.phone('bob', accountOf('bob', '10.0.0.60', { outboundProxies: ['sip:10.0.0.60;lr'] }));
  }

  const dial = async () => {
    const callId = await alice.dial('sip:bob@10.0.0.60');
    await scenario.advance(300);
    return callId;
  };
  const answer = async () => {
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(500);
  };

  const RINGING = [
    'alice > P1: INVITE',
    'P1 > alice: 100 INVITE',
    'P1 > P2: INVITE',
    'P2 > P1: 100 INVITE',
    'P2 > bob: INVITE',
    'bob > P2: 180 INVITE',
    'P2 > P1: 180 INVITE',
    'P1 > alice: 180 INVITE',
  ];
  const CONNECTED = [
    'bob > P2: 200 INVITE',
    'P2 > P1: 200 INVITE',
    'P1 > alice: 200 INVITE',
    'alice > P1: ACK',
    'P1 > P2: ACK',
    'P2 > bob: ACK',
  ];
  /** One request and its response along the proxies, from bob. */
  const backward = (method: string) => [
    `bob > P2: ${method}`,
    `P2 > P1: ${method}`,
    `P1 > alice: ${method}`,
    `alice > P1: 200 ${method}`,
    `P1 > P2: 200 ${method}`,
    `P2 > bob: 200 ${method}`,
  ];

  it('are made and ended directly — RFC 3665 §3.1', async () => {
    alice = await scenario.phone('alice');
    bob = await scenario.phone('bob');
    await alice.dial(bob.address);
    await scenario.advance(300);
    await answer();
    await bob.do['call.hangUp']({ callId: bob.callId });
    await scenario.advance(300);

    expect(flow.lines.filter((line) => !line.includes('100 INVITE'))).toEqual([
      'alice > bob: INVITE',
      'bob > alice: 180 INVITE',
      'bob > alice: 200 INVITE',
      'alice > bob: ACK',
      'bob > alice: BYE',
      'alice > bob: 200 BYE',
    ]);
  });

  it('go through two proxies that stay in the way — RFC 3665 §3.2', async () => {
    await open();
    await dial();
    await answer();
    await bob.do['call.hangUp']({ callId: bob.callId });
    await scenario.advance(300);

    expect(flow.lines.filter((line) => !line.startsWith('bob > P2: 100'))).toEqual([
      ...RINGING,
      ...CONNECTED,
      ...backward('BYE'),
    ]);
    expect(flow.header('alice > P1: INVITE', 'Route')).toBe('<sip:10.0.0.50;lr>');
    expect(flow.header('alice > P1: ACK', 'Route')).toMatch(/^<sip:10\.0\.0\.50;lr>, *<sip:10\.0\.0\.60;lr>$/);
    expect(flow.header('bob > P2: BYE', 'Route')).toMatch(/^<sip:10\.0\.0\.60;lr>, *<sip:10\.0\.0\.50;lr>$/);
  });

  it('answer the challenge of a proxy — RFC 3665 §3.3', async () => {
    await open();
    first.refuse = (text) =>
      headerOf(text, 'Proxy-Authorization') === '' && text.startsWith('INVITE')
        ? { status: '407 Proxy Authentication Required', headers: [`Proxy-Authenticate: ${CHALLENGE}`] }
        : undefined;
    await dial();
    await answer();

    expect(flow.lines.slice(0, 4)).toEqual([
      'alice > P1: INVITE',
      'P1 > alice: 407 INVITE',
      'alice > P1: ACK',
      'alice > P1: INVITE',
    ]);
    expect(flow.header('alice > P1: INVITE', 'Proxy-Authorization')).toMatch(/realm="atlanta\.example\.com"/);
    expect(alice.call).toMatchObject({ state: 'connected' });
  });

  it('go by the second proxy when the first is silent — RFC 3665 §3.4', async () => {
    await ScriptedProxy.open(scenario.network, { address: '10.0.0.70', next: {}, isSilent: true });
    await open({ outboundProxies: ['sip:10.0.0.70;lr', 'sip:10.0.0.50;lr'] });
    await dial();
    await scenario.advance(33_000);

    expect(flow.lines.filter((line) => line === 'alice > registrar: INVITE').length).toBeGreaterThan(1);
    expect(flow.lines).toContain('alice > P1: INVITE');
    expect(bob.call).toMatchObject({ state: 'ringing' });
  });

  it('are cancelled while they ring, when nobody answers — RFC 3665 §3.8', async () => {
    await open();
    const callId = await dial();
    flow.clear();
    await alice.do['call.hangUp']({ callId });
    await scenario.advance(500);

    expect(flow.lines).toContain('alice > P1: CANCEL');
    const toBob = flow.lines.filter((line) => line.includes('bob'));
    expect(new Set(toBob)).toEqual(
      new Set(['P2 > bob: CANCEL', 'bob > P2: 200 CANCEL', 'bob > P2: 487 INVITE', 'P2 > bob: ACK']),
    );
    expect(flow.header('alice > P1: CANCEL', 'CSeq')).toBe('1 CANCEL');
  });

  it.each([
    [486, 'RFC 3665 §3.9'],
    [480, 'RFC 3665 §3.11'],
  ])('are refused with %i, which is acknowledged — %s', async (statusCode) => {
    await open();
    const callId = await dial();
    flow.clear();
    await bob.do['call.reject']({ callId: bob.callId, statusCode });
    await scenario.advance(500);

    expect(flow.lines.slice(0, 4)).toEqual([
      `bob > P2: ${statusCode} INVITE`,
      `P2 > P1: ${statusCode} INVITE`,
      `P1 > alice: ${statusCode} INVITE`,
      'alice > P1: ACK',
    ]);
    expect(alice.view.calls.find(({ id }) => id === callId)?.end).toMatchObject({ statusCode });
  });

  it('end when the callee gives no response at all — RFC 3665 §3.10', async () => {
    alice = await scenario.phone('alice');
    await alice.dial('sip:bob@10.0.0.2');
    await scenario.advance(33_000);

    expect(flow.lines).toEqual(Array.from({ length: 7 }, () => 'alice > bob: INVITE'));
    expect(alice.view.history).toMatchObject([{ outcome: 'failed' }]);
  });
});
