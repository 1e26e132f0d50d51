import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatUri } from '../../src-main/sip/syntax/index.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

let scenario: Scenario;
let alice: ScenarioPhone;
let bob: ScenarioPhone;

beforeEach(async () => {
  scenario = new Scenario();
  alice = await scenario.phone('alice');
  bob = await scenario.phone('bob');
});
afterEach(() => scenario.close());

async function connect(): Promise<void> {
  await alice.dial(bob.address);
  await scenario.advance(200);
  await bob.do['call.answer']({ callId: bob.callId });
  await scenario.advance(500);
}

describe('a call between two phones — RFC 3665 §3.1', () => {
  it('shows the caller (RFC 3261 §20.20), rings, is answered, carries sound both ways, and ends at both when one hangs up', async () => {
    await alice.dial(bob.address);
    await scenario.advance(200);
    expect(alice.call).toMatchObject({ state: 'ringing', direction: 'outgoing' });
    expect(bob.call).toMatchObject({
      state: 'ringing',
      direction: 'incoming',
      remote: { address: 'sip:alice@10.0.0.1' },
    });

    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(2500);
    expect(alice.call).toMatchObject({ state: 'connected', media: { codec: 'PCMU' } });
    expect(bob.call).toMatchObject({ state: 'connected' });
    for (const phone of [alice, bob]) {
      const statistics = phone.phone.getCall(phone.callId)?.statistics;
      expect(statistics?.receivedPackets).toBeGreaterThan(50);
      expect(statistics?.lostPackets).toBe(0);
    }

    await bob.do['call.hangUp']({ callId: bob.callId });
    await scenario.advance(200);
    expect(alice.call).toMatchObject({ state: 'ended', end: { by: 'remote' } });
    expect(bob.call).toMatchObject({ state: 'ended', end: { by: 'local' } });
    expect(alice.view.history).toMatchObject([{ outcome: 'answered', direction: 'outgoing' }]);
    expect(bob.view.history).toMatchObject([{ outcome: 'answered', direction: 'incoming' }]);

    await scenario.advance(2500);
    expect(alice.view.calls).toEqual([]);
  });

  it('is a missed call when the caller gives up — RFC 3665 §3.8', async () => {
    const callId = await alice.dial(bob.address);
    await scenario.advance(200);
    await alice.do['call.hangUp']({ callId });
    await scenario.advance(200);

    expect(bob.call).toMatchObject({ state: 'ended', end: { by: 'remote' } });
    expect(bob.view.history).toMatchObject([{ outcome: 'missed', direction: 'incoming' }]);
  });

  it('is refused with the status that the callee chooses', async () => {
    await alice.dial(bob.address);
    await scenario.advance(200);
    await bob.do['call.reject']({ callId: bob.callId, statusCode: 603 });
    await scenario.advance(200);

    expect(alice.call).toMatchObject({ state: 'ended', end: { by: 'remote', statusCode: 603 } });
    expect(bob.view.history).toMatchObject([{ outcome: 'refused' }]);
    // As it is kept, for whoever reads it after a restart.
    const kept = await alice.do['history.list']({ limit: 10 });
    expect(kept).toMatchObject({ ok: true, value: [{ outcome: 'refused', statusCode: 603 }] });
  });

  it('goes on to where it is redirected — RFC 3261 §8.1.3.4', async () => {
    const carol = await scenario.phone('carol');
    await alice.dial(bob.address);
    await scenario.advance(200);
    await bob.do['call.redirect']({ callId: bob.callId, target: carol.address });
    await scenario.advance(300);

    expect(carol.call).toMatchObject({ state: 'ringing', direction: 'incoming' });
    expect(alice.call).toMatchObject({ state: 'ringing' });
  });

  it('is not redirected for ever, however many contacts each redirection names — RFC 3261 §8.1.3.4', async () => {
    const redirector = await RawPeer.open(scenario.network, '10.0.0.77');
    let round = 0;
    redirector.respond = (request) => {
      if (request.method !== 'INVITE') return;
      round++;
      const contacts = Array.from({ length: 1000 }, (_, index) => `<sip:c${round}x${index}@10.0.0.77>`);
      const lines = [0, 250, 500, 750].map(
        (start) => ['Contact', contacts.slice(start, start + 250).join(', ')] as const,
      );
      redirector.reply(request, 302, { headers: lines });
    };
    await alice.dial('sip:start@10.0.0.77');
    await scenario.advance(3000);

    expect(alice.view.history).toMatchObject([{ outcome: 'refused', reason: 'Redirected too often' }]);
    expect(new Set(redirector.requests('INVITE').map(({ requestUri }) => formatUri(requestUri))).size).toBe(6);
  });

  it('ends with 404 for somebody who does not live there', async () => {
    await alice.dial('sip:nobody@10.0.0.2');
    await scenario.advance(200);

    expect(alice.call).toMatchObject({ state: 'ended', end: { statusCode: 404 } });
    expect(bob.view.calls).toEqual([]);
  });

  it('ends with a clear reason when nobody answers at that address', async () => {
    await alice.dial('sip:bob@10.0.0.99');
    await scenario.advance(40_000);

    expect(alice.view.history).toMatchObject([{ outcome: 'failed' }]);
  });
});

describe('hold — RFC 3264 §8.4', () => {
  it('is seen at both ends, stops the sound, and resumes', async () => {
    await connect();
    await Promise.all([alice.do['call.hold']({ callId: alice.callId }), scenario.advance(300)]);
    expect(alice.call).toMatchObject({ isOnHold: true });
    expect(bob.call).toMatchObject({ isRemoteHolding: true });

    const before = alice.phone.getCall(alice.callId)?.statistics?.receivedPackets;
    await scenario.advance(3000);
    // One statistic of a second may still count what was on its way.
    expect((alice.phone.getCall(alice.callId)?.statistics?.receivedPackets ?? 0) - (before ?? 0)).toBeLessThan(60);

    await Promise.all([alice.do['call.resume']({ callId: alice.callId }), scenario.advance(300)]);
    expect(alice.call).toMatchObject({ isOnHold: false });
    expect(bob.call).toMatchObject({ isRemoteHolding: false });
  });

  it('comes by itself to the first call when a second one is answered', async () => {
    await connect();
    const carol = await scenario.phone('carol');
    await carol.dial(alice.address);
    await scenario.advance(300);
    const [first, second] = alice.view.calls;
    await alice.do['call.answer']({ callId: second?.id ?? '' });
    await scenario.advance(500);

    expect(alice.view.calls).toMatchObject([
      { id: first?.id, isOnHold: true, state: 'connected' },
      { isOnHold: false, state: 'connected' },
    ]);
  });
});

describe('keys — RFC 4733 §2.3', () => {
  it('arrive once each', async () => {
    await connect();
    expect(alice.call?.media.dtmf).toBe('rfc4733');
    const heard: string[] = [];
    bob.phone.onEvent((event) => {
      if (event.event === 'call.digitReceived') heard.push(event.digit);
    });

    const [sent] = await Promise.all([
      alice.do['call.sendDtmf']({ callId: alice.callId, digits: '1#' }),
      scenario.advance(2000),
    ]);

    expect(sent).toEqual({ ok: true, value: undefined });
    expect(heard).toEqual(['1', '#']);
  });
});

describe('a phone that is busy or quiet', () => {
  it('refuses while not to be disturbed', async () => {
    await bob.do['phone.setDoNotDisturb']({ enabled: true });
    await alice.dial(bob.address);
    await scenario.advance(200);

    expect(alice.call).toMatchObject({ state: 'ended', end: { statusCode: 480 } });
  });

  it('answers commands for calls that are not there with a reason', async () => {
    expect(await alice.do['call.hangUp']({ callId: 'none' })).toMatchObject({
      ok: false,
      failure: { code: 'notFound' },
    });
    expect(await alice.do['call.dial']({ target: 'a b' })).toMatchObject({ ok: false, failure: { code: 'badTarget' } });
    expect(await alice.do['call.dial']({ target: 'x', accountId: 'none' })).toMatchObject({
      ok: false,
      failure: { code: 'noAccount' },
    });
    expect(await alice.do['call.transfer']({ callId: 'x', target: 'y' })).toMatchObject({
      ok: false,
      failure: { code: 'notFound' },
    });
  });
});

describe('a call that another phone answered — RFC 3326 §2', () => {
  it('is not counted as missed', async () => {
    await alice.dial(bob.address);
    await scenario.advance(200);
    const invite = scenario.network.log.find(({ text }) => text.startsWith('INVITE'));
    const cancel = invite?.text
      .replace(/^INVITE/, 'CANCEL')
      .replace('CSeq: 1 INVITE', 'CSeq: 1 CANCEL\r\nReason: SIP;cause=200;text="Call completed elsewhere"')
      .replace(/^(Content-Type|Contact|Supported|Allow|Session-Expires|Min-SE): .*\r\n/gim, '')
      .replace(/Content-Length: \d+\r\n\r\n[^]*$/, 'Content-Length: 0\r\n\r\n');
    await sendRaw(String(cancel));

    expect(bob.view.history).toMatchObject([{ outcome: 'answeredElsewhere' }]);
  });

  async function sendRaw(text: string): Promise<void> {
    const bound = await scenario.network.host('10.0.0.1').bindDatagram({ address: '10.0.0.1', port: 0 });
    if (bound.ok) bound.value.send(new TextEncoder().encode(text), { address: '10.0.0.2', port: 5060 }, () => {});
    await scenario.advance(100);
  }
});
