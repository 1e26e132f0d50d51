// The network under a phone changes: new sockets, registered again, the calls that go on know where we are.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';
import { certificateOf } from '../support/transport-pair.ts';

let scenario: Scenario;

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

async function openRegistrar(): Promise<RawPeer> {
  const registrar = await RawPeer.open(scenario.network, '10.0.0.99');
  registrar.respond = (request, peer) => peer.reply(request, 200, { headers: [['Expires', '300']] });
  return registrar;
}

const reInvites = (): number => scenario.network.texts().filter((text) => text.startsWith('INVITE sip:bob@')).length;

const registering = (user: string, more: object = {}) => ({
  accounts: [{ id: user, address: `sip:${user}@10.0.0.99`, codecs: ['PCMU'], ...more }],
});

describe('a phone whose network changes', () => {
  it('registers again over new sockets, once for several hints', async () => {
    const registrar = await openRegistrar();
    const alice = await scenario.phone('alice', registering('alice'));
    await scenario.advance(500);
    expect(alice.view.accounts[0]?.registration).toBe('registered');
    const before = registrar.requests('REGISTER').length;

    await alice.ask('phone.networkChanged', {});
    await alice.ask('phone.networkChanged', {});
    await scenario.advance(4000);

    expect(registrar.requests('REGISTER')).toHaveLength(before + 1);
    expect(alice.view.accounts[0]?.registration).toBe('registered');
  });

  it('keeps a call, and tells its peer the Contact by a re-INVITE (RFC 3261 §12.2)', async () => {
    const alice = await scenario.phone('alice');
    const bob = await scenario.phone('bob');
    await alice.dial(bob.address);
    await scenario.advance(200);
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(500);
    const before = reInvites();

    await alice.ask('phone.networkChanged', {});
    await scenario.advance(4000);

    expect(reInvites()).toBe(before + 1);
    expect([alice.call?.state, bob.call?.state]).toEqual(['connected', 'connected']);
    expect(bob.call?.isRemoteHolding).toBe(false);
  });

  it('opens the sockets of a call anew and names them in the re-INVITE, and sound goes on both ways (RFC 3264 §8.3.1)', async () => {
    const alice = await scenario.phone('alice');
    const bob = await scenario.phone('bob');
    await alice.dial(bob.address);
    await scenario.advance(200);
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(500);
    const offers = (): string[] => scenario.network.texts().filter((text) => text.startsWith('INVITE sip:bob@'));
    const portOf = (text: string | undefined): number => Number(/m=audio (\d+)/.exec(text ?? '')?.[1]);
    const [before] = offers();

    await alice.ask('phone.networkChanged', {});
    await scenario.advance(4000);

    const after = offers().at(-1);
    const { sent, takenPorts } = scenario.mediaNetwork;
    const late = sent.slice(-40);
    expect(portOf(after)).not.toBe(portOf(before));
    expect(/o=- (\S+) 1 (.*)/.exec(before ?? '')?.[1]).toBe(/o=- (\S+) 2 (.*)/.exec(after ?? '')?.[1]);
    expect([takenPorts.has(portOf(before)), takenPorts.has(portOf(after))]).toEqual([false, true]);
    expect(late.some(({ from }) => from === portOf(after))).toBe(true);
    expect(late.some(({ to }) => to === portOf(after))).toBe(true);
    expect(late.some(({ from, to }) => from === portOf(before) || to === portOf(before))).toBe(false);
  });
});

describe('a phone whose server cannot prove who it is — RFC 3261 §26.3.1', () => {
  it('asks, and registers once the certificate is trusted', async () => {
    const { network } = scenario;
    const received: string[] = [];
    await network
      .host('10.0.0.99')
      .listenStream({ address: '10.0.0.99', port: 5061, protocol: 'tls' }, (connection) =>
        connection.start({ onData: (bytes) => received.push(Buffer.from(bytes).toString()), onClosed: () => {} }),
      );
    network.certificates.set('10.0.0.99', certificateOf({ isIssuerKnown: false }));
    const alice = await scenario.phone('alice', registering('alice', { transport: 'tls' }));
    await scenario.advance(500);
    const [question] = alice.view.certificateQuestions;

    expect(question).toMatchObject({ accountId: 'alice', host: '10.0.0.99:5061', reason: 'unknownIssuer' });
    expect(alice.view.accounts[0]?.registration).not.toBe('registered');
    expect(received).toEqual([]);
    expect(await alice.ask('certificate.trust', { id: question?.id })).toMatchObject({ ok: true });
    await scenario.advance(500);

    expect(received[0]).toMatch(/^REGISTER sip:10\.0\.0\.99 SIP\/2\.0\r\nVia: SIP\/2\.0\/TLS /);
    expect(alice.view.certificateQuestions).toEqual([]);
    expect(await alice.ask('certificate.refuse', { id: question?.id })).toMatchObject({ ok: false });
  });
});
