// Those who should not get through: scanners, callers past the server, crowds, and whoever wants calls on our bill.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SipRequest } from '../../src-main/sip/syntax/index.ts';
import { requestOf } from '../support/message-builders.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const OFFER = ['v=0', 'o=- 1 1 IN IP4 10.0.0.9', 's=-', 'c=IN IP4 10.0.0.9', 't=0 0', 'm=audio 9000 RTP/AVP 0', ''];

let scenario: Scenario;
let alice: ScenarioPhone;
let stranger: RawPeer;

const REGISTERING = { id: 'alice', address: 'sip:alice@example.com', codecs: ['PCMU'] };
const LISTEN = [{ transport: 'udp', address: '10.0.0.1', port: 5060 }];

/** Alice at 10.0.0.1, registered at 10.0.0.9, with a second server at 10.0.0.8. */
async function openAlice(config: Record<string, unknown> = {}): Promise<void> {
  const registrar = await RawPeer.open(scenario.network, '10.0.0.9');
  registrar.respond = (request, peer) =>
    peer.reply(request, 200, { headers: [['Contact', request.headers.first('Contact') ?? '']] });
  const accounts = [{ ...REGISTERING, outboundProxies: ['sip:10.0.0.9', 'sip:10.0.0.8'] }];
  alice = await scenario.phone('alice', { accounts, ...config });
  await scenario.advance(500);
}

beforeEach(async () => {
  scenario = new Scenario();
  stranger = await RawPeer.open(scenario.network, '10.0.0.66');
});
afterEach(() => scenario.close());

type Headers = readonly (readonly [string, string])[];
let branches = 0;

async function send(peer: RawPeer, method: string, headers: Headers = [], user = 'alice'): Promise<SipRequest> {
  const request = requestOf({
    method,
    requestUri: `sip:${user}@10.0.0.1`,
    headers: [
      ['Contact', `<${peer.uri.toString()}>`],
      ['Content-Type', 'application/sdp'],
      ...headers.filter(([name]) => name !== 'From'),
    ],
    ...(method === 'INVITE' && { body: OFFER.join('\r\n') }),
  });
  for (const [name, value] of headers) if (name === 'From') request.headers.set(name, value);
  request.headers.set('Via', `SIP/2.0/UDP ${peer.local.address}:5060;branch=z9hG4bKs${++branches};rport`);
  request.headers.set('Call-ID', `call-${branches}`);
  peer.send(request, { address: '10.0.0.1', port: 5060 });
  await scenario.advance(50);
  return request;
}

const statusesOf = (peer: RawPeer): number[] =>
  peer.received.flatMap((message) => (message.kind === 'response' ? [message.statusCode] : []));

describe('a scanner', () => {
  it('gets no answer at all, and nothing rings', async () => {
    await openAlice();
    for (const method of ['OPTIONS', 'REGISTER', 'INVITE'])
      await send(stranger, method, [['User-Agent', 'friendly-scanner']]);
    await send(stranger, 'INVITE', [['From', '"sipvicious" <sip:100@1.1.1.1>;tag=x']]);
    await scenario.advance(40_000);

    expect(stranger.received).toEqual([]);
    expect(alice.view.calls).toEqual([]);
    expect(alice.view.history).toEqual([]);
  });
});

describe('a call past the own server', () => {
  it('is refused with one answer and not a byte more, and does not ring — RFC 3261 §8.2.7, §21.4.4', async () => {
    await openAlice();
    const request = await send(stranger, 'INVITE');
    await scenario.advance(40_000);
    expect(statusesOf(stranger)).toEqual([403]);

    stranger.send(request, { address: '10.0.0.1', port: 5060 });
    await scenario.advance(1000);
    const tags = stranger.responses('INVITE').map(({ to }) => to.tag);
    expect(statusesOf(stranger)).toEqual([403, 403]);
    expect(tags[0]).toBe(tags[1]);
    expect(tags[0]).toBeDefined();
    expect(alice.view.calls).toEqual([]);
    expect(alice.view.history).toEqual([]);
  });

  it('is let in from any server of the account, whatever port it has — RFC 3263 §4', async () => {
    await openAlice();
    const second = await RawPeer.open(scenario.network, '10.0.0.8', 6060);
    await send(second, 'INVITE');

    expect(alice.call).toMatchObject({ state: 'ringing' });
  });

  it('is let in where the settings allow it, or where the account does not register', async () => {
    await openAlice({ sip: { listen: LISTEN, directCalls: 'allow' } });
    await send(stranger, 'INVITE');
    expect(alice.call).toMatchObject({ state: 'ringing' });

    const bob = await scenario.phone('bob');
    await bob.dial('sip:nobody@10.0.0.66');
    const carol = await scenario.phone('carol');
    await bob.dial(carol.address);
    await scenario.advance(100);
    expect(carol.call).toMatchObject({ state: 'ringing' });
  });

  it('is refused for every account by the strictest setting', async () => {
    alice = await scenario.phone('alice', { sip: { listen: LISTEN, directCalls: 'refuse' } });
    await send(stranger, 'INVITE');

    expect(statusesOf(stranger)).toEqual([403]);
  });
});

describe('a call for nobody here — RFC 3261 §21.4.5', () => {
  it('gets one 404 each, keeps nothing and does not ring', async () => {
    await openAlice();
    for (let number = 100; number < 110; number++) await send(stranger, 'INVITE', [], String(number));
    await scenario.advance(40_000);

    expect(statusesOf(stranger)).toEqual(new Array(10).fill(404));
    expect(alice.view.history).toEqual([]);
  });
});

describe('a crowd — RFC 3261 §21.4.24', () => {
  it('fills the phone up to its limit of calls and no further, also when all come at once', async () => {
    alice = await scenario.phone('alice', { calls: { maxCalls: 3 } });
    for (let count = 0; count < 12; count++) {
      const invite = requestOf({ method: 'INVITE', requestUri: 'sip:alice@10.0.0.1', body: OFFER.join('\r\n') });
      invite.headers.set('Via', `SIP/2.0/UDP 10.0.0.66:5060;branch=z9hG4bKcrowd${count};rport`);
      invite.headers.set('Call-ID', `crowd-${count}`);
      invite.headers.set('Content-Type', 'application/sdp');
      invite.headers.set('Contact', `<${stranger.uri.toString()}>`);
      stranger.send(invite, { address: '10.0.0.1', port: 5060 });
    }
    await scenario.advance(200);

    expect(alice.view.calls).toHaveLength(3);
    expect(statusesOf(stranger).filter((status) => status === 180)).toHaveLength(3);
    const busy = stranger.responses('INVITE').filter(({ statusCode }) => statusCode === 486);
    expect(new Set(busy.map(({ callId }) => callId)).size).toBe(9);
  });
});
