import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../../src-main/sip/syntax/index.ts';
import { connectCall, liveCalls as live, openThreePhones, PHONE_NAMES } from '../support/connected-phones.ts';
import { FlowRecord, requestLines } from '../support/flow-record.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const CHALLENGE = 'Digest realm="screen.example.com", qop="auth", nonce="7", algorithm=MD5';

let scenario: Scenario;
let flow: FlowRecord;
let server: RawPeer;
let alice: ScenarioPhone;
let bob: ScenarioPhone;
let carol: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, { ...PHONE_NAMES, '10.0.0.50': 'server' });
  server = await RawPeer.open(scenario.network, '10.0.0.50');
  const account = { id: 'alice', address: 'sip:alice@10.0.0.1', register: false, codecs: ['PCMU'], password: 'secret' };
  ({ alice, bob, carol } = await openThreePhones({ alice: { accounts: [account] } }, scenario));
});
afterEach(() => scenario.close());

/** An INVITE of the server to a phone: one branch of a search. */
function branch(phone: ScenarioPhone, callId: string, method = 'INVITE', more: readonly string[] = []): void {
  const [, host = ''] = phone.address.split('@');
  const lines = [
    `${method} ${phone.address} SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.0.50:5060;branch=z9hG4bK${callId}`,
    'Max-Forwards: 70',
    'From: <sip:alice@10.0.0.50>;tag=a',
    'To: <sip:bob@10.0.0.50>',
    `Call-ID: ${callId}`,
    `CSeq: 1 ${method}`,
    'Contact: <sip:alice@10.0.0.50>',
    ...more,
    'Content-Length: 0',
  ];
  server.sendBytes(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), { address: host, port: 5060 });
}

describe('what servers do with calls — RFC 5359 §2', () => {
  it('searches one phone after the other: what stops ringing was answered elsewhere — RFC 5359 §2.12', async () => {
    branch(bob, 'first');
    await scenario.advance(5000);
    expect(bob.call).toMatchObject({ state: 'ringing' });
    branch(carol, 'second');
    await scenario.advance(300);
    await carol.do['call.answer']({ callId: carol.callId });
    branch(bob, 'first', 'CANCEL', ['Reason: SIP;cause=200;text="Call completed elsewhere"']);
    await scenario.advance(500);

    expect(flow.endToEnd.filter((line) => line.includes('bob')).slice(0, 4)).toEqual([
      'server > bob: INVITE',
      'bob > server: 180 INVITE',
      ...requestLines('server', 'bob', 'CANCEL'),
    ]);
    expect(flow.lines).toContain('bob > server: 487 INVITE');
    expect(live(carol)).toMatchObject([{ state: 'connected' }]);
    expect(bob.view.history).toMatchObject([{ outcome: 'answeredElsewhere' }]);
  });

  it('searches for whom we call: 181 and a new 180 keep the call ringing — RFC 5359 §2.12', async () => {
    await alice.dial('sip:bob@10.0.0.50');
    await scenario.advance(200);
    const [invite] = server.requests('INVITE');
    if (!invite) throw new Error('no INVITE came');
    server.reply(invite, 180, { tag: 'one' });
    await scenario.advance(100);
    server.reply(invite, 181, { tag: 'one' });
    server.reply(invite, 180, { tag: 'two' });
    await scenario.advance(100);
    expect(alice.call).toMatchObject({ state: 'ringing' });
    server.reply(invite, 486, { tag: 'two' });
    await scenario.advance(100);

    expect(alice.view.history).toMatchObject([{ outcome: 'refused' }]);
  });

  it('screens for the callee: the caller is told that it was refused — RFC 5359 §2.13', async () => {
    server.respond = (request, peer) => {
      if (request.method === 'INVITE') peer.reply(request, 403, { tag: 'screen' });
    };
    const callId = await alice.dial('sip:bob@10.0.0.50');
    await scenario.advance(500);

    expect(flow.endToEnd).toEqual(['alice > server: INVITE', 'server > alice: 403 INVITE', 'alice > server: ACK']);
    expect(alice.view.calls.find(({ id }) => id === callId)?.end).toMatchObject({ by: 'remote', statusCode: 403 });
  });

  it('screens what we call: the caller proves who it is, and is refused all the same — RFC 5359 §2.14', async () => {
    server.respond = (request: SipRequest, peer) => {
      if (request.method !== 'INVITE') return;
      if (request.headers.has('Proxy-Authorization')) peer.reply(request, 403, { tag: 'screen' });
      else peer.reply(request, 407, { tag: 'screen', headers: [['Proxy-Authenticate', CHALLENGE]] });
    };
    await alice.dial('sip:+900123@10.0.0.50');
    await scenario.advance(500);

    expect(flow.endToEnd).toEqual([
      'alice > server: INVITE',
      'server > alice: 407 INVITE',
      'alice > server: ACK',
      'alice > server: INVITE',
      'server > alice: 403 INVITE',
      'alice > server: ACK',
    ]);
    expect(alice.view.calls.at(-1)?.end).toMatchObject({ statusCode: 403 });
  });

  it('moves a call by a text that names the new address: the user dials it — RFC 5359 §2.6', async () => {
    const callId = await connectCall(scenario, alice, bob);
    flow.clear();
    const sent = bob.do['text.send']({ target: alice.address, text: `Please call ${carol.address}` });
    await scenario.advance(500);
    expect(await sent).toMatchObject({ ok: true });
    expect(flow.endToEnd).toEqual(requestLines('bob', 'alice', 'MESSAGE'));
    // A text is text: nothing is dialled before the user does it.
    expect(live(alice)).toMatchObject([{ id: callId, state: 'connected' }]);

    await alice.dial(carol.address);
    await scenario.advance(500);
    await carol.do['call.answer']({ callId: carol.callId });
    await alice.do['call.hangUp']({ callId });
    await scenario.advance(500);
    expect(live(alice)).toMatchObject([{ state: 'connected', remote: { address: carol.address } }]);
  });

  it('has nobody dial from outside: REFER without a call is refused — RFC 5359 §2.18', async () => {
    branch(alice, 'click', 'REFER', ['Refer-To: <sip:carol@10.0.0.3>']);
    await scenario.advance(300);

    expect(flow.endToEnd).toEqual(requestLines('server', 'alice', 'REFER', 403));
    expect(alice.view.calls).toEqual([]);
  });
});
