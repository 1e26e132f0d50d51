import { beforeEach, describe, expect, it } from 'vitest';
import { formatUri, Header, type SipRequest } from '../../../../../src-main/sip/syntax/index.ts';
import { Registration, type RegistrationOptions } from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let registrar: RawPeer;
let states: string[];

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  const credentials = { username: 'alice', password: 'secret' };
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1', account: { credentials } });
  registrar = await RawPeer.open(network, '10.0.0.9');
  states = [];
});

function open(options: Partial<RegistrationOptions> = {}): Registration {
  const target = registrar.uri.with({ user: undefined });
  const registration = new Registration({ core: alice.core, account: alice.account, registrar: target, ...options });
  registration.events.on('changed', ({ state, statusCode }) => states.push(`${state} ${statusCode ?? ''}`.trim()));
  return registration;
}

/** 200 with the contact that was sent and an expiry. */
function accept(request: SipRequest, expiresSec: number): void {
  const contact = request.headers.get(Header.Contact)!;
  const granted = contact.withParameters(contact.parameters.with('expires', String(expiresSec)));
  const others = '<sip:alice@10.9.9.9>;expires=7, ';
  registrar.reply(request, 200, { headers: [['Contact', `${others}${granted.toString()}`]] });
}

const registers = (): SipRequest[] => registrar.requests('REGISTER');

describe('registration — RFC 3261 §10, RFC 3665 §2.1', () => {
  it('answers the challenge, and refreshes with the same Call-ID and a rising CSeq', async () => {
    registrar.respond = (request) => {
      const headers = [['WWW-Authenticate', 'Digest realm="lab", nonce="n", qop="auth"']] as const;
      if (request.headers.has('Authorization')) accept(request, 60);
      else registrar.reply(request, 401, { headers });
    };
    const registration = open();

    registration.register();
    await runtime.advance(31_000);

    expect(states).toEqual(['registering', 'registered 200', 'registered 200']);
    expect(registers().map(({ cseq }) => cseq.sequence)).toEqual([1, 2, 3]);
    expect(new Set(registers().map(({ callId }) => callId)).size).toBe(1);
    expect(formatUri(registers()[0]!.requestUri)).toBe('sip:10.0.0.9:5060');
    expect(formatUri(registers()[0]!.to.uri)).toBe('sip:alice@10.0.0.1');
    expect(registers()[0]!.to.tag).toBeUndefined();
    expect(registration.report.expiresAtMs).toBe(runtime.wallMs() + 60_000 - (runtime.nowMs() - 30_030));
  });

  it('goes by the expiry of its own Contact, not of others — RFC 3261 §10.2.4', async () => {
    registrar.respond = (request) => accept(request, 120);
    open().register();

    await runtime.advance(80_000);
    expect(registers()).toHaveLength(1);
    await runtime.advance(10_000);

    expect(registers()).toHaveLength(2);
  });

  it('does not repeat a forbidden registration — RFC 3261 §21.4.4', async () => {
    registrar.respond = (request) => registrar.reply(request, 403);
    open().register();

    await runtime.advance(3_600_000);

    expect(registers()).toHaveLength(1);
    expect(states.at(-1)).toBe('failed 403');
  });

  it('fails with the status code when the password is wrong, without a loop', async () => {
    const headers = [['WWW-Authenticate', 'Digest realm="lab", nonce="n"']] as const;
    registrar.respond = (request) => registrar.reply(request, 401, { headers });
    open().register();

    await runtime.advance(3_600_000);

    expect(registers()).toHaveLength(2);
    expect(states.at(-1)).toBe('failed 401');
  });

  it('asks for longer after 423 — RFC 3261 §10.2.8', async () => {
    registrar.respond = (request) => {
      if (Number(request.headers.first('Expires')) < 1800)
        registrar.reply(request, 423, { headers: [['Min-Expires', '1800']] });
      else accept(request, 1800);
    };
    open().register();

    await runtime.advance(100);

    expect(states.at(-1)).toBe('registered 200');
    expect(registers().map(({ headers }) => headers.first('Expires'))).toEqual(['300', '1800']);
  });

  it('tries again after a time-out', async () => {
    open().register();
    await runtime.advance(33_000);
    expect(states).toEqual(['registering', 'failed 408']);
    registrar.respond = (request) => accept(request, 300);

    await runtime.advance(31_000);

    expect(states.at(-1)).toBe('registered 200');
  });

  it('removes its binding when it closes, and does not wait for ever — RFC 3261 §10.2.2', async () => {
    registrar.respond = (request) => accept(request, 300);
    const registration = open();
    registration.register();
    await runtime.advance(100);

    const closed = registration.close(2000);
    await runtime.advance(100);
    await closed;

    expect(registers().at(-1)!.headers.get(Header.Contact)?.parameters.get('expires')).toBe('0');
    expect(states.at(-1)).toBe('unregistered');

    const silent = open();
    silent.register();
    await runtime.advance(100);
    registrar.respond = () => {};
    const gaveUp = silent.close(2000);
    await runtime.advance(2100);
    await expect(gaveUp).resolves.toBeUndefined();
  });

  it('registers the public address that the registrar saw, when asked to — RFC 3581 §4', async () => {
    registrar.respond = (request) => {
      const via = request.topVia;
      request.headers.replaceFirst(
        Header.Via,
        via.withParameter('received', '203.0.113.5').withParameter('rport', '40000'),
      );
      accept(request, 300);
    };
    const registration = open({ usesPublicAddress: true });
    registration.register();

    await runtime.advance(100);

    expect(registers()).toHaveLength(2);
    expect(registers()[1]!.headers.get(Header.Contact)?.uri).toMatchObject({ host: '203.0.113.5', port: 40_000 });
    expect(registration.account.contactAddress).toEqual({ address: '203.0.113.5', port: 40_000 });
  });

  it('names its instance when it has one — RFC 5626 §4.1', async () => {
    open({ instanceId: 'urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF' }).register();

    await runtime.advance(20);

    expect(registers()[0]!.headers.first('Contact')).toContain(
      '+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>"',
    );
  });

  it('registers again at once when its connection is lost', async () => {
    const carol = await SipAgent.open(network, { name: 'carol', address: '10.0.0.3' });
    let count = 0;
    carol.core.onRequest('REGISTER', (request) => {
      count++;
      request.respond(200, { headers: [['Contact', request.request.headers.first('Contact') ?? '']] });
    });
    const registration = open({ registrar: carol.uri, account: { ...alice.account, transport: 'tcp' } });
    registration.register();
    await runtime.advance(200);
    expect(count).toBe(1);

    network.breakStreams('10.0.0.1');
    await runtime.advance(500);

    expect(count).toBe(2);
    expect(states.at(-1)).toBe('registered 200');
  });
});
