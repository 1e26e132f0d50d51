// No call is placed, moved or taken over without the user or a rule. RFC 3261 §26.1, RFC 3515 §2.4.2, §5.1, RFC 3891 §6.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatUri, parseMessage, type SipMessage, type SipRequest } from '../../src-main/sip/syntax/index.ts';
import { requestOf } from '../support/message-builders.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const SDP = 'v=0\r\no=- 1 1 IN IP4 10.0.0.66\r\ns=-\r\nc=IN IP4 10.0.0.66\r\nt=0 0\r\nm=audio 9000 RTP/AVP 0\r\n';
const PREMIUM = '10.0.0.99';

let scenario: Scenario;
let alice: ScenarioPhone;
let peer: RawPeer;
let premium: RawPeer;

beforeEach(async () => {
  scenario = new Scenario();
  alice = await scenario.phone('alice');
  peer = await RawPeer.open(scenario.network, '10.0.0.66');
  premium = await RawPeer.open(scenario.network, PREMIUM);
  peer.respond = (request) => {
    if (request.method !== 'ACK') peer.reply(request, 200, request.method === 'INVITE' ? { body: SDP } : {});
  };
});
afterEach(() => scenario.close());

/** Alice calls the peer, who answers; her INVITE. */
async function connect(): Promise<SipRequest> {
  await alice.dial('sip:peer@10.0.0.66');
  await scenario.advance(300);
  const [invite] = peer.requests('INVITE');
  if (!invite) throw new Error('no INVITE came');
  return invite;
}

/** The messages that the phone sent to `address`. */
const sentTo = (address: string): SipMessage[] =>
  scenario.network.log
    .filter(({ from, to }) => from.address === '10.0.0.1' && to.address === address)
    .flatMap(({ bytes }) => {
      const parsed = parseMessage(bytes);
      return parsed.ok ? [parsed.value] : [];
    });

async function refer(invite: SipRequest, referTo: string, sequence = 2): Promise<void> {
  peer.send(peer.inDialog(invite, 'REFER', sequence, { headers: [['Refer-To', referTo]] }), {
    address: '10.0.0.1',
    port: 5060,
  });
  await scenario.advance(300);
}

describe('a REFER — RFC 3515 §2.4.2', () => {
  it('outside a call is refused, whoever sends it', async () => {
    const request = requestOf({
      method: 'REFER',
      requestUri: 'sip:alice@10.0.0.1',
      headers: [
        ['Refer-To', `<sip:900@${PREMIUM}>`],
        ['Contact', '<sip:peer@10.0.0.66>'],
      ],
    });
    request.headers.set('Via', 'SIP/2.0/UDP 10.0.0.66:5060;branch=z9hG4bKr1;rport');
    peer.send(request, { address: '10.0.0.1', port: 5060 });
    await scenario.advance(1000);

    expect(peer.responses('REFER').map(({ statusCode }) => statusCode)).toEqual([403]);
    expect(sentTo(PREMIUM)).toEqual([]);
  });

  it('within a call asks the user, and places nothing until then', async () => {
    await refer(await connect(), `<sip:900@${PREMIUM}>`);
    await scenario.advance(5000);

    expect(alice.call).toMatchObject({ transferRequest: { target: `sip:900@${PREMIUM}` } });
    expect(sentTo(PREMIUM)).toEqual([]);
    expect(premium.received).toEqual([]);
  });

  it('of somebody who is not in the call finds no call — RFC 3261 §12.2.2', async () => {
    const invite = await connect();
    const forged = peer.inDialog(invite, 'REFER', 2, { tag: 'guess', headers: [['Refer-To', `<sip:900@${PREMIUM}>`]] });
    peer.send(forged, { address: '10.0.0.1', port: 5060 });
    await scenario.advance(300);

    expect(peer.responses('REFER').map(({ statusCode }) => statusCode)).toEqual([481]);
    expect(alice.call?.transferRequest).toBeUndefined();
  });

  it('has no say in the headers of the call that follows, but for Replaces — RFC 3261 §19.1.5', async () => {
    const evil = `X-Evil=1&Route=%3Csip:10.0.0.66%3Blr%3E&From=%3Csip:boss%4010.0.0.1%3E&Replaces=c%3Bto-tag%3Da%3Bfrom-tag%3Db`;
    await refer(await connect(), `<sip:900@${PREMIUM}?${evil}>`);
    await alice.do['call.acceptTransfer']({ callId: alice.callId });
    await scenario.advance(500);

    const invite = sentTo(PREMIUM)[0];
    expect(invite?.headers.has('X-Evil')).toBe(false);
    expect(invite?.headers.has('Route')).toBe(false);
    expect(invite && formatUri(invite.from.uri)).toBe('sip:alice@10.0.0.1');
    expect(invite?.headers.first('Replaces')).toBe('c;to-tag=a;from-tag=b');
  });

  it('to anything but a SIP call is refused before anybody is asked', async () => {
    const invite = await connect();
    for (const [index, target] of ['<http://evil.example>', `<sip:900@${PREMIUM};method=BYE>`].entries())
      await refer(invite, target, 2 + index);

    expect(peer.responses('REFER').map(({ statusCode }) => statusCode)).toEqual([416, 603]);
    expect(alice.call?.transferRequest).toBeUndefined();
  });
});

describe('Replaces of a stranger — RFC 3891 §6', () => {
  it('who does not know the dialog gets 481, and the call goes on', async () => {
    const invite = await connect();
    const taking = requestOf({
      method: 'INVITE',
      requestUri: 'sip:alice@10.0.0.1',
      body: SDP,
      headers: [
        ['Replaces', `${invite.callId};to-tag=guess;from-tag=guess`],
        ['Contact', `<sip:900@${PREMIUM}>`],
        ['Content-Type', 'application/sdp'],
      ],
    });
    taking.headers.set('Via', `SIP/2.0/UDP ${PREMIUM}:5060;branch=z9hG4bKp1;rport`);
    premium.send(taking, { address: '10.0.0.1', port: 5060 });
    await scenario.advance(500);

    expect(premium.responses('INVITE').map(({ statusCode }) => statusCode)).toContain(481);
    expect(alice.view.calls).toHaveLength(1);
    expect(alice.call).toMatchObject({ state: 'connected' });
  });
});

describe('a redirection — RFC 3261 §8.1.3.4', () => {
  it('is followed five times and no further', async () => {
    let redirections = 0;
    peer.respond = (request) => {
      if (request.method !== 'INVITE') return;
      peer.reply(request, 302, { headers: [['Contact', `<sip:next${redirections++}@10.0.0.66>`]] });
    };
    await alice.dial('sip:peer@10.0.0.66');
    await scenario.advance(5000);

    expect(new Set(peer.requests('INVITE').map(({ requestUri }) => formatUri(requestUri))).size).toBeLessThanOrEqual(6);
    expect(alice.view.calls.every(({ state }) => state === 'ended')).toBe(true);
  });

  it('takes no headers from the Contact — RFC 3261 §19.1.5', async () => {
    peer.respond = (request) => {
      if (request.method !== 'INVITE') return;
      peer.reply(request, 302, { headers: [['Contact', `<sip:900@${PREMIUM}?X-Evil=1&Replaces=x>`]] });
    };
    await alice.dial('sip:peer@10.0.0.66');
    await scenario.advance(500);

    const invite = sentTo(PREMIUM)[0];
    expect(invite?.kind === 'request' && formatUri(invite.requestUri)).toBe(`sip:900@${PREMIUM}`);
    expect(invite?.headers.has('X-Evil')).toBe(false);
    expect(invite?.headers.has('Replaces')).toBe(false);
  });
});

describe('a link that is clicked — RFC 3261 §19.1.5', () => {
  it('names whom to call and nothing else', async () => {
    await alice.dial(`sip:900@${PREMIUM};method=REFER?Refer-To=sip:x%40y&X-Evil=1&body=hello&Call-Info=z`);
    await scenario.advance(300);

    const invite = sentTo(PREMIUM)[0];
    expect(invite?.kind === 'request' && [invite.method, formatUri(invite.requestUri)]).toEqual([
      'INVITE',
      `sip:900@${PREMIUM}`,
    ]);
    for (const name of ['Refer-To', 'X-Evil', 'Call-Info']) expect(invite?.headers.has(name), name).toBe(false);
  });
});
