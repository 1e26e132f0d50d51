// Tables that peers can fill: each is filled beyond its limit here, and keeps to it.
import { beforeEach, describe, expect, it } from 'vitest';
import { Authenticator, newAttempt } from '../../../src-main/sip/core/authenticator.ts';
import { ProxyHealth } from '../../../src-main/sip/core/proxy-health.ts';
import { MergedRequests } from '../../../src-main/sip/core/merged-requests.ts';
import { buildResponse, NameAddress, type SipRequest } from '../../../src-main/sip/syntax/index.ts';
import { Locator } from '../../../src-main/sip/transport/locator.ts';
import { DatagramPoint } from '../../../src-main/sip/transport/datagram-point.ts';
import { FailedTargets } from '../../../src-main/sip/transport/failed-targets.ts';
import { TransportLayer, type Hop } from '../../../src-main/sip/transport/index.ts';
import { silentLogger } from '../../../src-main/base/logger.ts';
import { FakeRuntime } from '../../support/fake-runtime.ts';
import { addressOf, requestOf, sipUriOf } from '../../support/message-builders.ts';
import { RawPeer, SipAgent } from '../../support/sip-agent.ts';
import { VirtualNetwork } from '../../support/virtual-network.ts';

let runtime: FakeRuntime;
let network: VirtualNetwork;
beforeEach(() => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
});

const account = {
  address: sipUriOf('sip:alice@example.com'),
  contactUser: 'alice',
  outboundProxies: [],
  credentials: { username: 'alice', password: 'secret' },
};

function requestWith(callId: string): SipRequest {
  const request = requestOf({ method: 'OPTIONS' });
  request.headers.set('Call-ID', callId);
  return request;
}

describe('challenges — RFC 3261 §22.3', () => {
  it('of no more than 16 realms are remembered, the oldest going first', () => {
    const authenticator = new Authenticator(runtime);
    const request = requestOf();
    for (let index = 0; index < 100; index++) {
      const response = buildResponse(request, 407);
      response.headers.append('Proxy-Authenticate', `Digest realm="r${index}", nonce="n", qop="auth"`);
      authenticator.learn(request, response, account, newAttempt());
    }
    authenticator.authorize(request, account);

    const realms = request.headers.raw('Proxy-Authorization').map((value) => /realm="([^"]*)"/.exec(value)?.[1]);
    expect(realms).toEqual(Array.from({ length: 16 }, (_, index) => `r${84 + index}`));
  });
});

describe('requests that may come twice — RFC 3261 §8.2.2.2', () => {
  it('are remembered up to 4096, and the oldest are forgotten', () => {
    const merged = new MergedRequests(runtime, 32_000);
    for (let index = 0; index < 6000; index++) merged.isMerged(requestWith(`call${index}`));

    expect(merged.isMerged(requestWith('call5999'))).toBe(true);
    expect(merged.isMerged(requestWith('call0'))).toBe(false);
  });
});

describe('dialogs of subscriptions — RFC 6665 §4.4.1', () => {
  it('are opened up to 512; one more gets none', async () => {
    const alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    const opened = Array.from({ length: 520 }, (_, index) => {
      const notify = requestWith(`call${index}`);
      notify.headers.set('To', new NameAddress({ uri: alice.uri }).withTag('ours').toString());
      return alice.core.usageDialogs.openFromNotify(notify, alice.account, () => {});
    });

    expect(opened.filter((dialog) => dialog !== undefined)).toHaveLength(512);
    for (const dialog of opened) dialog?.close();
    expect(alice.core.usageDialogs.size).toBe(0);
  });

  it('are waited for up to 256 at a time — RFC 6665 §4.1.2.4', async () => {
    const alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
    const stops = Array.from({ length: 300 }, (_, index) => alice.core.usageDialogs.expect(`c${index}`, 't', () => {}));

    expect(stops.filter((stop) => stop !== undefined)).toHaveLength(256);
    stops[0]?.();
    expect(alice.core.usageDialogs.expect('again', 't', () => {})).toBeDefined();
  });
});

describe('flows by UDP — RFC 3261 §18', () => {
  it('are remembered for 1024 peers, and forgotten ones go on working', async () => {
    const peer = await RawPeer.open(network, '10.0.0.9', 1);
    const bound = await network.host('10.0.0.1').bindDatagram({ address: '10.0.0.1', port: 5060 });
    if (!bound.ok) throw new Error(bound.error.message);
    const point = new DatagramPoint(bound.value, bound.value.local, {
      ...{ onBytes: () => {}, onSent: () => {}, onSendFailed: () => {}, onFlowClosed: () => {} },
    });
    const first = point.flowTo({ address: '10.0.0.9', port: 1 });
    for (let port = 2; port <= 1100; port++) point.flowTo({ address: '10.0.0.9', port });

    expect(point.flowTo({ address: '10.0.0.9', port: 1100 })).toBe(point.flowTo({ address: '10.0.0.9', port: 1100 }));
    expect(point.flowTo({ address: '10.0.0.9', port: 1 })).not.toBe(first);
    first.send(requestOf());
    await runtime.advance(50);
    expect(peer.received).toHaveLength(1);
  });
});

describe('servers that failed — RFC 3263 §4.3', () => {
  it('are remembered up to 256, the oldest being tried again first', () => {
    const failed = new FailedTargets(runtime);
    const hop = (port: number): Hop => ({ protocol: 'udp', address: { address: '192.0.2.1', port } });
    for (let port = 1; port <= 300; port++) failed.add(hop(port));

    expect(failed.order([hop(300), hop(1)]).map(({ address }) => address.port)).toEqual([1, 300]);
    expect(failed.order([hop(45), hop(44)]).map(({ address }) => address.port)).toEqual([44, 45]);
  });
});

describe('credentials of one account — RFC 3261 §22.3', () => {
  it('are kept for 64 accounts, the oldest being asked anew', () => {
    const authenticator = new Authenticator(runtime);
    const accountOf = (index: number) => ({ ...account, address: addressOf(`sip:a${index}@example.com`).uri });
    for (let index = 0; index < 70; index++) {
      const request = requestOf();
      const response = buildResponse(request, 401);
      response.headers.append('WWW-Authenticate', 'Digest realm="r", nonce="n"');
      authenticator.learn(request, response, accountOf(index), newAttempt());
    }
    const isKnown = (index: number): boolean => {
      const request = requestOf();
      authenticator.authorize(request, accountOf(index));
      return request.headers.has('Authorization');
    };

    expect([isKnown(5), isKnown(6), isKnown(69)]).toEqual([false, true, true]);
  });
});

describe('proxies that did not answer — RFC 3263 §4.3', () => {
  it('stand back up to 128 of them, the oldest being asked again first', () => {
    const health = new ProxyHealth(runtime);
    const routesTo = (index: number) => [new NameAddress({ uri: sipUriOf(`sip:p${index}.example.com;lr`) })];
    for (let index = 0; index < 200; index++) health.noteFailure(routesTo(index));
    const first = (one: number, other: number) => health.order([routesTo(one), routesTo(other)])[0];

    expect(first(199, 0)).toEqual(routesTo(0));
    expect(first(72, 71)).toEqual(routesTo(71));
    expect(first(73, 72)).toEqual(routesTo(73));
  });
});

describe('addresses of one name — RFC 3263 §4.2', () => {
  it('are tried up to 16, whether the name has them or its service records', async () => {
    const addresses = Array.from({ length: 100 }, (_, index) => `192.0.2.${index + 1}`);
    for (const name of ['many.example.com', 'other.example.com']) network.addresses.set(name, addresses);
    network.services.set(
      '_sip._udp.example.com',
      ['many', 'other'].map((name) => ({ priority: 1, weight: 1, port: 5060, name: `${name}.example.com` })),
    );
    const locator = new Locator(network.host('10.0.0.1'), runtime);

    for (const uri of ['sip:bob@many.example.com', 'sip:bob@example.com']) {
      const located = await locator.locate(sipUriOf(uri), { protocol: 'udp' });
      expect(located.ok && located.value.map(({ address }) => address.address)).toEqual(addresses.slice(0, 16));
    }
  });
});

describe('connections of ours — RFC 3263 §4.3', () => {
  it.each(['tcp', 'tls', 'ws', 'wss'] as const)(
    'that are not there after ten seconds are given up (%s)',
    async (protocol) => {
      network.silentHosts.add('10.0.0.9');
      const user = { onMessage: () => {}, onSendFailed: () => {}, onFlowClosed: () => {} };
      const layer = new TransportLayer({ network: network.host('10.0.0.1'), runtime, logger: silentLogger, user });
      let outcome: unknown;
      void layer.connect({ protocol, address: { address: '10.0.0.9', port: 5060 } }).then((it) => (outcome = it));
      await runtime.advance(9_900);
      expect(outcome).toBeUndefined();
      await runtime.advance(200);

      expect(outcome).toMatchObject({ ok: false, error: { kind: 'connectFailed' } });
      expect(runtime.pendingTimers).toBe(0);
    },
  );
});
