import { beforeEach, describe, expect, it } from 'vitest';
import { type SipRequest, buildResponse } from '../../../../src-main/sip/syntax/index.ts';
import { type Hop, type TrustPolicy, isForDomain } from '../../../../src-main/sip/transport/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf, uriOf } from '../../../support/message-builders.ts';
import { TransportSpy, certificateOf } from '../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALICE = '192.0.2.1';
const BOB = '192.0.2.2';
const DOMAIN = 'biloxi.example.com';
const HOP: Hop = { protocol: 'tls', address: { address: BOB, port: 5061 }, serverName: DOMAIN };

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: TransportSpy;
let bob: TransportSpy;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = new TransportSpy(network, [ALICE]);
  bob = new TransportSpy(network, [BOB]);
  await bob.layer.listen({ protocol: 'tls', address: BOB, port: 5061 });
  network.certificates.set(BOB, certificateOf());
});

describe('TLS — RFC 3261 §26.2.1', () => {
  it('carries a request and its response, and says TLS in Via', async () => {
    const flow = await alice.flowTo(HOP);
    await alice.send(flow);
    bob.layer.sendResponse(buildResponse(bob.last.message as SipRequest, 200), bob.last.flow);
    await runtime.advance(100);

    expect(flow).toMatchObject({ isSecure: true, isReliable: true });
    expect(bob.last.flow).toMatchObject({ protocol: 'tls', isSecure: true });
    expect(bob.last.message.topVia.transport).toBe('TLS');
    expect(alice.last.message).toMatchObject({ statusCode: 200 });
  });

  it('asks for the server by its SIP domain (RFC 5922 §7.3)', async () => {
    await alice.flowTo(HOP);

    expect(network.serverNames).toEqual([DOMAIN]);
  });

  it('uses one connection for one domain, and another one for another domain at the same address (RFC 5923 §8.2)', async () => {
    const both = certificateOf({
      alternativeNames: [
        { kind: 'dns', value: DOMAIN },
        { kind: 'dns', value: 'other.example' },
      ],
    });
    network.certificates.set(BOB, both);
    const first = await alice.flowTo(HOP);

    expect(await alice.flowTo(HOP)).toBe(first);
    expect(await alice.flowTo({ ...HOP, serverName: 'other.example' })).not.toBe(first);
    expect(await alice.flowTo({ ...HOP, serverName: BOB })).toBe(first);
  });

  it('is never replaced by TCP to the same place', async () => {
    await alice.flowTo(HOP);
    const plain = await alice.flowTo({ ...HOP, protocol: 'tcp' });

    expect(plain.isSecure).toBe(false);
    expect(plain.protocol).toBe('tcp');
  });

  it('names in Via the port that is listened on, also by every address (RFC 3261 §18.1.1)', async () => {
    await alice.layer.listen({ protocol: 'tls', address: '0.0.0.0', port: 5061 });
    const flow = await alice.flowTo(HOP);

    expect(flow.sentBy).toEqual({ address: ALICE, port: 5061 });
  });

  describe('connection reuse — RFC 5923 §5', () => {
    async function requestWithAlias(): Promise<void> {
      const flow = await alice.flowTo(HOP);
      const request = requestOf();
      prepareAlias(request);
      await alice.send(flow, request);
    }
    const prepareAlias = (request: SipRequest): void =>
      request.headers.set('Via', `SIP/2.0/TLS ${ALICE}:5061;alias;branch=z9hG4bK1`);
    const back: Hop = { protocol: 'tls', address: { address: ALICE, port: 5061 }, serverName: 'atlanta.example.com' };

    beforeEach(() => alice.layer.listen({ protocol: 'tls', address: ALICE, port: 5061 }));

    it('goes back over the connection of a peer that proved itself and asked for it', async () => {
      network.certificates.set(ALICE, certificateOf());
      await requestWithAlias();

      expect(await bob.flowTo(back)).toBe(bob.last.flow);
    });

    it('is asked for in Via by who listens and has a certificate to show, and by nobody else', async () => {
      const aliasOf = async (hop: Hop): Promise<boolean> =>
        (await alice.send(await alice.flowTo(hop))).topVia.parameters.has('alias');
      const without = await aliasOf({ ...HOP, serverName: DOMAIN });
      network.certifiedHosts.add(ALICE);
      network.breakStreams(ALICE);

      expect([without, await aliasOf(HOP), await aliasOf({ ...HOP, protocol: 'tcp' })]).toEqual([false, true, false]);
    });

    it('is not asked for over a connection that the peer opened', async () => {
      network.certifiedHosts.add(BOB);
      network.certificates.set(ALICE, certificateOf());
      await requestWithAlias();
      const { flow } = bob.last;

      expect((await bob.send(flow)).topVia.parameters.has('alias')).toBe(false);
    });

    it('does not believe a peer without a certificate', async () => {
      await requestWithAlias();

      expect(await bob.attempt(back)).toMatchObject({ kind: 'connectFailed' });
    });
  });
});

describe('a certificate that is not believed — RFC 3261 §26.3.1', () => {
  it.each([
    ['unknownIssuer', { isIssuerKnown: false }],
    ['expired', { validUntilMs: Date.UTC(2025, 11, 31) }],
    ['expired', { validFromMs: Date.UTC(2026, 5, 1) }],
    ['wrongDomain', { alternativeNames: [{ kind: 'dns', value: 'other.example' }] }],
  ] as const)('is refused: %s', async (reason, parts) => {
    network.certificates.set(BOB, certificateOf(parts));
    const failure = await alice.attempt(HOP);

    expect(failure).toMatchObject({
      kind: 'untrustedCertificate',
      refusal: { host: DOMAIN, port: 5061, reason, certificate: { fingerprint: 'AA:BB:CC' } },
    });
    expect(alice.refusals).toHaveLength(1);
    expect(network.streams.size).toBe(0);
  });

  it('sends nothing before the certificate is judged (RFC 5922 §7.4)', async () => {
    network.certificates.set(BOB, certificateOf({ isIssuerKnown: false }));
    await alice.attempt(HOP);

    expect(network.log).toEqual([]);
  });

  it('is a failure too when there is none', async () => {
    network.certificates.clear();

    expect(await alice.attempt(HOP)).toMatchObject({ kind: 'connectFailed', message: 'the peer has no certificate' });
  });

  it('is taken when verification is off by the setting', async () => {
    const careless = new TransportSpy(network, ['192.0.2.3'], {
      isVerifying: false,
      pinnedFingerprint: () => undefined,
    });
    network.certificates.set(BOB, certificateOf({ isIssuerKnown: false, alternativeNames: [] }));

    expect(await careless.attempt(HOP)).toMatchObject({ protocol: 'tls' });
  });

  describe('once pinned', () => {
    const pinning = (fingerprint: string): TrustPolicy => ({
      isVerifying: true,
      pinnedFingerprint: (host, port) => (host === DOMAIN && port === 5061 ? fingerprint : undefined),
    });

    it('is taken although nobody vouches for it', async () => {
      const carol = new TransportSpy(network, ['192.0.2.3'], pinning('AA:BB:CC'));
      network.certificates.set(BOB, certificateOf({ isIssuerKnown: false, alternativeNames: [] }));

      expect(await carol.attempt(HOP)).toMatchObject({ protocol: 'tls' });
    });

    it('asks again when another one comes, even a good one', async () => {
      const carol = new TransportSpy(network, ['192.0.2.3'], pinning('11:22:33'));

      expect(await carol.attempt(HOP)).toMatchObject({
        refusal: { reason: 'changed', pinnedFingerprint: '11:22:33', certificate: { fingerprint: 'AA:BB:CC' } },
      });
    });
  });
});

describe('whom a certificate speaks for — RFC 5922 §7.1', () => {
  const names = (...list: [kind: 'uri' | 'dns' | 'ip', value: string][]) =>
    certificateOf({ alternativeNames: list.map(([kind, value]) => ({ kind, value })) });

  it.each([
    ['a SIP URI', names(['uri', 'sip:biloxi.example.com']), true],
    ['a SIP URI in capitals', names(['uri', 'SIP:Biloxi.Example.Com']), true],
    ['a SIP URI with a user', names(['uri', 'sip:bob@biloxi.example.com']), false],
    ['a sips URI', names(['uri', 'sips:biloxi.example.com']), false],
    ['a DNS name', names(['dns', 'BILOXI.example.com']), true],
    ['a DNS name beside a URI that names another', names(['uri', 'sip:other.example'], ['dns', DOMAIN]), false],
    ['a DNS name beside a web page', names(['uri', 'https://other.example/'], ['dns', DOMAIN]), true],
    ['a wildcard (RFC 5922 §7.2)', names(['dns', '*.example.com']), false],
    ['the common name beside other names', { ...names(['dns', 'other.example']), commonName: DOMAIN }, false],
    ['the host that DNS gave', names(['dns', 'host7.hosting.example']), false],
  ])('%s', (_what, certificate, isGood) => {
    expect(isForDomain(certificate, DOMAIN)).toBe(isGood);
  });

  it('takes the common name only where there are no other names', () => {
    const { alternativeNames: others = [], ...old } = certificateOf(names(['dns', 'other.example']));

    expect(isForDomain({ ...old, alternativeNames: others }, DOMAIN)).toBe(false);
    expect(isForDomain(old, DOMAIN)).toBe(true);
    expect(isForDomain(old, 'other.example')).toBe(false);
  });

  it('takes an address for a server that is reached by its number', () => {
    expect(isForDomain(names(['ip', '192.0.2.2']), '192.0.2.2')).toBe(true);
    expect(isForDomain(names(['dns', '192.0.2.2']), '192.0.2.2')).toBe(false);
  });
});

describe('a sips URI — RFC 5630 §3, RFC 5630 §3.1.3', () => {
  const protocols = async (uri: string, protocol?: 'udp' | 'tcp' | 'ws'): Promise<string[]> => {
    const located = await alice.layer.locate(uriOf(uri), protocol && { protocol });
    return located.ok ? located.value.map((hop) => hop.protocol) : [located.error.kind];
  };

  it('is reached over TLS only, whatever the account prefers and DNS offers', async () => {
    network.addresses.set(DOMAIN, [BOB]);
    network.services.set(`_sip._udp.${DOMAIN}`, [{ priority: 1, weight: 1, port: 5060, name: DOMAIN }]);
    network.services.set(`_sips._tcp.${DOMAIN}`, [{ priority: 1, weight: 1, port: 5061, name: DOMAIN }]);
    network.pointers.set(DOMAIN, [
      { order: 1, preference: 1, flags: 's', service: 'SIP+D2U', replacement: `_sip._udp.${DOMAIN}` },
      { order: 2, preference: 1, flags: 's', service: 'SIPS+D2T', replacement: `_sips._tcp.${DOMAIN}` },
    ]);

    expect(await protocols(`sips:bob@${DOMAIN}`)).toEqual(['tls']);
    expect(await protocols(`sips:bob@${DOMAIN}`, 'udp')).toEqual(['tls']);
    expect(await protocols(`sips:bob@${DOMAIN};transport=udp`)).toEqual(['tls']);
    expect(await protocols(`sips:bob@${DOMAIN}:5061;transport=tcp`)).toEqual(['tls']);
    expect(await protocols(`sips:bob@192.0.2.2`, 'ws')).toEqual(['wss']);
  });

  it('goes to port 5061 by default, and by the domain name of the URI', async () => {
    network.addresses.set(DOMAIN, [BOB]);
    const located = await alice.layer.locate(uriOf(`sips:bob@${DOMAIN}`));

    expect(located).toEqual({ ok: true, value: [HOP] });
  });
});
