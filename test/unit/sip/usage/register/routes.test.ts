// What registrations bring for other requests: routes, proxies that fail over, flows, GRUU.
import { beforeEach, describe, expect, it } from 'vitest';
import { registeredRouteSet, type AccountIdentity } from '../../../../../src-main/sip/core/index.ts';
import { formatUri, Header, type SipRequest } from '../../../../../src-main/sip/syntax/index.ts';
import { Registration, type RegistrationOptions } from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { addressOf, sipUriOf } from '../../../../support/message-builders.ts';
import { RawPeer, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

const INSTANCE = 'urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let first: RawPeer;
let second: RawPeer;
let states: string[];

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  first = await RawPeer.open(network, '10.0.0.8');
  second = await RawPeer.open(network, '10.0.0.9');
  states = [];
});

const proxyOf = (peer: RawPeer) => peer.uri.with({ user: undefined });

function open(options: Partial<RegistrationOptions> = {}): Registration {
  const account = { ...alice.account, outboundProxies: [proxyOf(first), proxyOf(second)] };
  const registrar = sipUriOf('sip:example.com');
  const registration = new Registration({ core: alice.core, account, registrar, instanceId: INSTANCE, ...options });
  registration.events.on('changed', ({ state }) => states.push(state));
  return registration;
}

type Headers = readonly (readonly [string, string])[];

/** 200 with our Contact for five minutes; `parameters` are added to it. */
const accept =
  (headers: Headers = [], parameters = '') =>
  (request: SipRequest, peer: RawPeer): void => {
    const contact = `${request.headers.first('Contact') ?? ''}${parameters}`;
    peer.reply(request, 200, { headers: [['Contact', contact], ...headers] });
  };

const registers = (peer: RawPeer): SipRequest[] => peer.requests('REGISTER');
/** Repetitions of one request are one attempt. */
const attemptsAt = (peer: RawPeer): number => new Set(registers(peer).map(({ cseq }) => cseq.sequence)).size;
const routesOf = (request: SipRequest): string[] => request.headers.all(Header.Route).map(({ uri }) => formatUri(uri));

async function sendMessage(account: AccountIdentity): Promise<void> {
  void alice.core.request({ method: 'MESSAGE', target: sipUriOf('sip:bob@example.com'), account });
  await runtime.advance(50);
}

describe('Path and Service-Route — RFC 3327 §5.1, RFC 3608 §5', () => {
  it('says that it understands Path, and a REGISTER never takes the Service-Route — RFC 3608 §6.1', async () => {
    first.respond = accept([['Service-Route', '<sip:home.example.com;lr>']]);
    const registration = open();
    registration.register();
    await runtime.advance(280_000);

    expect(registers(first)).toHaveLength(2);
    expect(registers(first)[1]!.headers.all(Header.Supported)).toEqual(['path', 'outbound']);
    expect(routesOf(registers(first)[1]!)).toEqual(['sip:10.0.0.8:5060;lr']);
  });

  it('sends every other request through the proxy and then the Service-Route in its order', async () => {
    first.respond = (request, peer) => {
      const route = '<sip:p2.example.com;lr>, <sip:home.example.com;lr>';
      if (request.method === 'REGISTER') accept([['Service-Route', route]])(request, peer);
    };
    const registration = open();
    registration.register();
    await runtime.advance(100);

    await sendMessage(registration.account);
    alice.core.invite({ target: sipUriOf('sip:bob@example.com'), account: registration.account });
    await runtime.advance(50);

    const expected = ['sip:10.0.0.8:5060;lr', 'sip:p2.example.com;lr', 'sip:home.example.com;lr'];
    expect(routesOf(first.requests('MESSAGE')[0]!)).toEqual(expected);
    expect(routesOf(first.requests('INVITE')[0]!)).toEqual(expected);
  });

  it('forgets the route when the binding has ended, and takes each 2xx as the whole truth', async () => {
    first.respond = accept([['Service-Route', '<sip:home.example.com;lr>']]);
    const registration = open();
    registration.register();
    await runtime.advance(100);
    expect(registration.account.routeSets?.[0]?.map(({ uri }) => formatUri(uri))).toHaveLength(2);

    first.respond = accept();
    registration.register();
    await runtime.advance(100);
    expect(registration.account.routeSets?.[0]?.map(({ uri }) => formatUri(uri))).toEqual(['sip:10.0.0.8:5060;lr']);

    first.respond = (request, peer) => peer.reply(request, 403);
    registration.register();
    await runtime.advance(100);
    expect(registration.account.routeSets).toBeUndefined();
  });

  it('does not name a proxy twice that heads the Service-Route, and takes no endless one', async () => {
    const route = [addressOf('sip:10.0.0.8;lr'), addressOf('sip:home.example.com;lr')];
    expect(registeredRouteSet(sipUriOf('sip:10.0.0.8:5060'), route)).toBe(route);
    expect(registeredRouteSet(undefined, route)).toBe(route);

    const endless = Array.from({ length: 17 }, (_, index) => `<sip:p${index}.example.com;lr>`).join(', ');
    first.respond = accept([['Service-Route', endless]]);
    const registration = open();
    registration.register();
    await runtime.advance(100);
    expect(registration.account.routeSets?.[0]).toHaveLength(1);
  });
});

describe('fail-over between outbound proxies — RFC 3263 §4.3', () => {
  it('registers with the next proxy when the first is silent, stays there, and comes back later', async () => {
    second.respond = accept();
    const registration = open({ settings: { expiresSec: 60 } });
    registration.register();
    await runtime.advance(8_100);
    expect(states.at(-1)).toBe('registered');
    expect(registers(second)).toHaveLength(1);
    const attempts = attemptsAt(first);

    await runtime.advance(65_000);
    expect(registers(second).length).toBeGreaterThan(1);
    expect(attemptsAt(first)).toBe(attempts);
    await sendMessage(registration.account);
    expect(second.requests('MESSAGE').length).toBeGreaterThan(0);

    first.respond = accept();
    await runtime.advance(120_000);
    expect(routesOf(registers(first).at(-1)!)).toEqual(['sip:10.0.0.8:5060;lr']);
    expect(attemptsAt(first)).toBeGreaterThan(attempts);
    expect(registration.account.routeSets?.[0]?.map(String)).toEqual(['<sip:10.0.0.8:5060;lr>']);
  });

  it('goes on at once after 503, and fails when nobody answers', async () => {
    first.respond = (request, peer) => peer.reply(request, 503);
    second.respond = accept();
    open().register();
    await runtime.advance(100);
    expect(states).toEqual(['registering', 'registered']);

    second.respond = (request, peer) => peer.reply(request, 503);
    states.length = 0;
    open().register();
    await runtime.advance(100);
    expect(states).toEqual(['registering', 'failed']);
  });
});

describe('outbound — RFC 5626 §4.2, §4.2.1, §4.3, §6', () => {
  const outbound = [
    ['Require', 'outbound'],
    ['Flow-Timer', '20'],
  ] as const;

  it('keeps one flow to each of two proxies, told apart by reg-id, when the registrar applies it', async () => {
    first.respond = accept(outbound);
    second.respond = accept(outbound);
    const registration = open();
    registration.register();
    await runtime.advance(300);

    const contacts = [first, second].map((peer) => registers(peer)[0]!.headers.get(Header.Contact)!.parameters);
    expect(contacts.map((parameters) => parameters.get('reg-id'))).toEqual(['1', '2']);
    expect(contacts.map((parameters) => parameters.get('+sip.instance'))).toEqual([`<${INSTANCE}>`, `<${INSTANCE}>`]);
    expect(registration.account.routeSets?.map((routes) => formatUri(routes[0]!.uri))).toEqual([
      'sip:10.0.0.8:5060;lr',
      'sip:10.0.0.9:5060;lr',
    ]);
  });

  it('stays registered over the other flow when one fails, and waits longer before it tries again — RFC 5626 §4.5', async () => {
    first.respond = accept(outbound);
    second.respond = accept(outbound);
    const registration = open({ settings: { expiresSec: 60 } });
    registration.register();
    await runtime.advance(300);
    first.respond = () => {};
    await runtime.advance(70_000);

    expect(registration.report.state).toBe('registered');
    expect(registration.account.routeSets?.[0]?.map(String)[0]).toBe('<sip:10.0.0.9:5060;lr>');
    const attempts = registers(first).length;
    await runtime.advance(40_000);
    expect(registers(first)).toHaveLength(attempts);
  });

  it('asks for requests of a dialog over the same flow by ob — RFC 5626 §4.3', async () => {
    first.respond = accept(outbound);
    const registration = open();
    registration.register();
    await runtime.advance(100);
    alice.core.invite({ target: sipUriOf('sip:bob@example.com'), account: registration.account });
    await runtime.advance(50);

    expect(first.requests('INVITE')[0]!.headers.first('Contact')).toBe('<sip:alice@10.0.0.1:5060;ob>');
    expect(registers(first)[0]!.headers.first('Contact')).not.toContain(';ob');
  });

  it('shows signs of life within the Flow-Timer, and none to a registrar without outbound — RFC 5626 §4.4.1, §10.1', async () => {
    const pings = () => network.texts('udp').filter((text) => text.trim() === '').length;
    first.respond = accept();
    open({ account: { ...alice.account, outboundProxies: [proxyOf(first)] } }).register();
    await runtime.advance(60_000);
    expect(pings()).toBe(0);

    second.respond = accept(outbound);
    open({ account: { ...alice.account, outboundProxies: [proxyOf(second)] } }).register();
    await runtime.advance(60_000);
    expect(pings()).toBeGreaterThanOrEqual(3);
  });

  it('does not loop when the connection breaks each time — RFC 5626 §4.5', async () => {
    const carol = await SipAgent.open(network, { name: 'carol', address: '10.0.0.3' });
    let count = 0;
    carol.core.onRequest('REGISTER', (request) => {
      count++;
      request.respond(200, { headers: [['Contact', request.request.headers.first('Contact') ?? '']] });
      runtime.setTimer(20, () => network.breakStreams('10.0.0.3'));
    });
    const account = { ...alice.account, transport: 'tcp' as const };
    open({ registrar: carol.uri, account }).register();

    await runtime.advance(120_000);

    expect(count).toBeGreaterThan(2);
    expect(count).toBeLessThan(8);
  });
});

describe('GRUU — RFC 5627 §4.1, §4.2, §4.4', () => {
  const gruu = 'sip:alice@example.com;gr=urn:uuid:f81d4fae-7dec-41d0-a765-00a0c91e6bf6';
  const temporary = 'sip:tgruu.7hs==jd7vnzga5w7fajsc7-ajd6fabz0f8g5@example.com;gr';

  it('asks for one and uses it as Contact of its calls — RFC 5627 §4.4.1', async () => {
    first.respond = (request, peer) => {
      if (request.method === 'REGISTER') accept([], `;pub-gruu="${gruu}";temp-gruu="${temporary}"`)(request, peer);
    };
    const registration = open({ usesGruu: true });
    registration.register();
    await runtime.advance(100);
    expect(registers(first)[0]!.headers.all(Header.Supported)).toContain('gruu');

    alice.core.invite({ target: sipUriOf('sip:bob@example.com'), account: registration.account });
    await runtime.advance(50);

    expect(first.requests('INVITE')[0]!.headers.first('Contact')).toBe(`<${gruu}>`);
    expect(String(registration.temporaryGruu)).toBe(temporary);
  });

  it('is not used unasked, and what is no GRUU is none', async () => {
    first.respond = accept([], `;pub-gruu="${gruu}"`);
    const unasked = open();
    unasked.register();
    await runtime.advance(100);
    expect(unasked.account.gruu).toBeUndefined();

    first.respond = accept([], ';pub-gruu="sip:alice@example.com";temp-gruu="nonsense"');
    const registration = open({ usesGruu: true });
    registration.register();
    await runtime.advance(100);
    expect(registration.account.gruu).toBeUndefined();
    expect(registration.temporaryGruu).toBeUndefined();
  });
});

describe('a registrar that redirects — RFC 3261 §21.3', () => {
  it('is followed to another, but not in a circle — RFC 3261 §8.1.3.4', async () => {
    first.respond = (request, peer) =>
      peer.reply(request, 302, { headers: [['Contact', `<${proxyOf(second).toString()}>`]] });
    second.respond = accept();
    const options = { account: alice.account, registrar: proxyOf(first) };
    open(options).register();
    await runtime.advance(100);
    expect(states).toEqual(['registering', 'registered']);

    second.respond = (request, peer) =>
      peer.reply(request, 302, { headers: [['Contact', `<${proxyOf(first).toString()}>`]] });
    states.length = 0;
    open(options).register();
    await runtime.advance(1000);
    expect(states).toEqual(['registering', 'failed']);
  });
});

describe('who speaks for the own server — RFC 3325 §5', () => {
  it('is the address that the account is registered with, and nobody else', async () => {
    first.respond = accept();
    const registration = open();
    expect(registration.isOwnServer({} as never)).toBe(false);
    registration.register();
    await runtime.advance(100);

    const flows = await Promise.all(
      [first, second].map((peer) => alice.transport.connect({ protocol: 'udp', address: peer.local })),
    );
    expect(flows.map((flow) => flow.ok && registration.isOwnServer(flow.value))).toEqual([true, false]);
  });

  it('is no datagram from another port of it, which anybody can write', async () => {
    first.respond = accept();
    const registration = open();
    registration.register();
    await runtime.advance(100);
    const connected = await alice.transport.connect({ protocol: 'udp', address: first.local });
    if (!connected.ok) throw new Error('no flow');
    const own = connected.value;
    const elsewhere = { ...own, id: 'other', remote: { ...own.remote, port: own.remote.port + 1 } };

    expect(registration.isOwnServer({ ...own, ...elsewhere, protocol: 'udp' })).toBe(false);
    // A large request comes on a connection that the server opens.
    expect(registration.isOwnServer({ ...own, ...elsewhere, protocol: 'tcp' })).toBe(true);
  });
});
