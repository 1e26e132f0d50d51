import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { liveCalls as live } from '../support/connected-phones.ts';
import { FlowRecord, headerOf, inviteLines, requestLines } from '../support/flow-record.ts';
import { PCMU_OFFER } from '../support/park-server.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { ScriptedProxy } from '../support/scripted-proxy.ts';
import { RawPeer, sdp, SipAgent } from '../support/sip-agent.ts';

const NAMES = {
  '10.0.0.1': 'alice',
  '10.0.0.2': 'bob',
  '10.0.0.50': 'gateway',
  '10.0.0.60': 'proxy',
  '10.0.0.70': 'peer',
  '10.0.0.71': 'moved',
};

let scenario: Scenario;
let flow: FlowRecord;

beforeEach(() => {
  scenario = new Scenario();
  flow = new FlowRecord(scenario.network, NAMES);
});
afterEach(() => scenario.close());

const via = (user: string, proxy: string) => ({
  accounts: [
    {
      ...{ id: user, address: `sip:${user}@${proxy}`, register: false, codecs: ['PCMU'] },
      outboundProxies: [`sip:${proxy};lr`],
    },
  ],
});

const answer = async (phone: ScenarioPhone) => {
  await phone.do['call.answer']({ callId: phone.callId });
  await scenario.advance(500);
};

describe('through an application layer gateway — RFC 3665 §3.5', () => {
  it('speak to the address that the gateway put in, both ways, and end there', async () => {
    const gateway = await ScriptedProxy.open(scenario.network, {
      address: '10.0.0.50',
      next: { alice: '10.0.0.1', bob: '10.0.0.2' },
    });
    // RFC 3665 §3.5: Contact and SDP name the gateway, on either side
    gateway.rewrite = (text) =>
      text
        .replace(/^(Contact: .*sip:\w+@)10\.0\.0\.[12](?::\d+)?/im, '$110.0.0.50')
        .replace(/^c=IN IP4 10\.0\.0\.[12]/m, 'c=IN IP4 10.0.0.9');
    const alice = await scenario.phone('alice', via('alice', '10.0.0.50'));
    const bob = await scenario.phone('bob', via('bob', '10.0.0.50'));
    await alice.dial('sip:bob@10.0.0.50');
    await scenario.advance(300);
    await answer(bob);

    expect([alice.call?.state, bob.call?.state]).toEqual(['connected', 'connected']);
    expect(flow.body('gateway > bob: INVITE')).toContain('c=IN IP4 10.0.0.9');
    expect(flow.find('alice > gateway: ACK').text).toMatch(/^ACK sip:bob@10\.0\.0\.50/);

    flow.clear();
    await bob.do['call.hangUp']({ callId: bob.callId });
    await scenario.advance(300);
    expect(flow.lines).toEqual([
      'bob > gateway: BYE',
      'gateway > alice: BYE',
      'alice > gateway: 200 BYE',
      'gateway > bob: 200 BYE',
    ]);
    expect(flow.find('bob > gateway: BYE').text).toMatch(/^BYE sip:alice@10\.0\.0\.50/);
    expect(live(alice)).toEqual([]);
  });
});

describe('by redirection, a proxy, and SDP in the ACK — RFC 3665 §3.6', () => {
  it('go on from a redirect server to the proxy that it names', async () => {
    const redirector = await RawPeer.open(scenario.network, '10.0.0.70');
    redirector.respond = (request, peer) => {
      if (request.method === 'INVITE') peer.reply(request, 302, { headers: [['Contact', '<sip:bob@10.0.0.60>']] });
    };
    await ScriptedProxy.open(scenario.network, { address: '10.0.0.60', next: { bob: '10.0.0.2' } });
    const alice = await scenario.phone('alice');
    const bob = await scenario.phone('bob');
    await alice.dial('sip:bob@10.0.0.70');
    await scenario.advance(500);
    await answer(bob);

    expect(flow.endToEnd.slice(0, 5)).toEqual([
      'alice > peer: INVITE',
      'peer > alice: 302 INVITE',
      'alice > peer: ACK',
      'alice > proxy: INVITE',
      'proxy > bob: INVITE',
    ]);
    expect(headerOf(flow.find('alice > proxy: INVITE').text, 'CSeq')).toBe('2 INVITE');
    expect(alice.call).toMatchObject({ state: 'connected' });
  });

  it('let the callee offer in its 200, and answer in the ACK', async () => {
    const caller = await SipAgent.open(scenario.network, { name: 'peer', address: '10.0.0.70' });
    await ScriptedProxy.open(scenario.network, { address: '10.0.0.60', next: { bob: '10.0.0.2' } });
    await scenario.phone('alice');
    const bob = await scenario.phone('bob');
    caller.core.invite({
      target: caller.uri.with({ user: 'bob', host: '10.0.0.60' }),
      account: caller.account,
      answerOffer: () => sdp(PCMU_OFFER('10.0.0.70')),
    });
    await scenario.advance(300);
    await answer(bob);

    expect(flow.body('peer > proxy: INVITE')).toBe('');
    expect(flow.body('bob > proxy: 200 INVITE')).toContain('m=audio');
    expect(flow.body('peer > proxy: ACK')).toContain('m=audio');
    expect(bob.call).toMatchObject({ state: 'connected', media: { codec: 'PCMU' } });
  });
});

describe('with a peer whose address changes — RFC 3665 §3.7', () => {
  it('take its new Contact and the new place of its sound from a re-INVITE', async () => {
    const before = await RawPeer.open(scenario.network, '10.0.0.70');
    before.respond = (request, peer) => {
      if (request.method === 'INVITE') peer.reply(request, 200, { body: PCMU_OFFER('10.0.0.70') });
    };
    const alice = await scenario.phone('alice');
    await alice.dial('sip:bob@10.0.0.70');
    await scenario.advance(500);
    const [invite] = before.requests('INVITE');
    if (!invite) throw new Error('no INVITE came');
    flow.clear();

    const after = await RawPeer.open(scenario.network, '10.0.0.71');
    after.respond = (request, peer) => peer.reply(request, 200);
    const phone = { address: '10.0.0.1', port: 5060 };
    after.send(after.inDialog(invite, 'INVITE', 1, { body: PCMU_OFFER('10.0.0.71') }), phone);
    await scenario.advance(200);
    after.send(after.inDialog(invite, 'ACK', 1), phone);
    await scenario.advance(200);
    await alice.do['call.hangUp']({ callId: alice.callId });
    await scenario.advance(500);

    expect(flow.endToEnd).toEqual([...inviteLines('moved', 'alice'), ...requestLines('alice', 'moved', 'BYE')]);
  });
});
