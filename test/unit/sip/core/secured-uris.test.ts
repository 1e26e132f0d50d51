import { beforeEach, describe, expect, it } from 'vitest';
import type { AccountIdentity } from '../../../../src-main/sip/core/index.ts';
import { formatUri, Header, parseMessage, type SipMessage } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf, sipUriOf } from '../../../support/message-builders.ts';
import { RawPeer, sdp, SipAgent } from '../../../support/sip-agent.ts';
import { certificateOf } from '../../../support/transport-pair.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

const ALICE = '10.0.0.1';
const BOB = '10.0.0.2';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let bob: SipAgent;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = await openSecured('alice', ALICE);
  bob = await openSecured('bob', BOB);
});

async function openSecured(name: string, address: string): Promise<SipAgent> {
  const agent = await SipAgent.open(network, { name, address });
  await agent.transport.listen({ protocol: 'tls', address, port: 5061 });
  network.certificates.set(address, certificateOf({ alternativeNames: [{ kind: 'ip', value: address }] }));
  return agent;
}

const SIPS_BOB = sipUriOf(`sips:bob@${BOB}`);

/** What went over the wire, and how. */
const sent = (start: string): { protocol: string; message: SipMessage }[] =>
  network.log
    .filter(({ text }) => text.startsWith(start))
    .map(({ protocol, bytes }) => {
      const parsed = parseMessage(bytes);
      if (!parsed.ok) throw new Error(parsed.error.message);
      return { protocol, message: parsed.value };
    });

const contactOf = (message: SipMessage | undefined): string => {
  const contact = message?.headers.get(Header.Contact);
  return contact ? formatUri(contact.uri) : 'none';
};

describe('a call to a sips URI — RFC 5630 §5.1, RFC 3261 §26.2.2', () => {
  it('goes over TLS both ways, with a SIPS Contact on either side — RFC 3261 §8.1.1.8, RFC 3261 §12.1.1, RFC 5630 §5.1.1', async () => {
    const call = alice.call(SIPS_BOB);
    await runtime.advance(100);
    bob.invite.accept(sdp('answer'));
    await runtime.advance(100);
    bob.invite.session.bye();
    await runtime.advance(100);

    expect(network.log.map(({ protocol }) => protocol)).not.toContain('udp');
    expect(contactOf(sent('INVITE')[0]?.message)).toBe(`sips:alice@${ALICE}:5061`);
    expect(contactOf(sent('SIP/2.0 200')[0]?.message)).toBe(`sips:bob@${BOB}:5061`);
    expect(call.ended?.by).toBe('remote');
    expect(call.established.dialog.isSecured).toBe(true);
  });

  it('has no transport=tls beside sips — RFC 5630 §3.1.4', async () => {
    alice.call(SIPS_BOB);
    await runtime.advance(100);

    expect(sent('INVITE')[0]?.message.headers.first('Contact')).not.toContain('transport');
  });

  it('goes over TLS to a proxy that is written without it — RFC 3261 §8.1.2', async () => {
    alice.account = { ...alice.account, outboundProxies: [sipUriOf(`sip:${BOB}:5061`)], transport: 'udp' };

    alice.call(sipUriOf('sips:carol@far.example.com'));
    await runtime.advance(100);

    expect(sent('INVITE').map(({ protocol }) => protocol)).toEqual(['tls']);
  });

  it('has a SIPS Contact when the first route is one — RFC 3261 §8.1.1.8', async () => {
    alice.account = { ...alice.account, outboundProxies: [sipUriOf(`sips:${BOB}`)] };

    alice.call(sipUriOf('sip:carol@far.example.com'));
    await runtime.advance(100);

    expect(contactOf(sent('INVITE')[0]?.message)).toBe(`sips:alice@${ALICE}:5061`);
  });

  it('has a SIP Contact when only TLS is used and not sips — RFC 5630 §5.1.1', async () => {
    alice.call(sipUriOf(`sip:bob@${BOB}:5061;transport=tls`));
    await runtime.advance(100);

    expect(contactOf(sent('INVITE')[0]?.message)).toBe(`sip:alice@${ALICE}:5061;transport=tls`);
  });

  it('has the SIPS form of a GRUU — RFC 5630 §5.1.1.4', async () => {
    alice.account = { ...alice.account, gruu: sipUriOf('sip:alice@example.com;gr=1') };

    alice.call(SIPS_BOB);
    await runtime.advance(100);

    expect(contactOf(sent('INVITE')[0]?.message)).toBe('sips:alice@example.com;gr=1');
  });

  it('fails without a secured server, and never goes on unsecured — RFC 5630 §5.1.1', async () => {
    await RawPeer.open(network, '10.0.0.9');

    const call = alice.call(sipUriOf('sips:peer@10.0.0.9'));
    await runtime.advance(40_000);

    expect(call.failure?.kind).toBe('transport');
    expect(network.log.filter(({ to }) => to.address === '10.0.0.9')).toEqual([]);
  });

  it('stays secured when the peer would move it to a SIP Contact — RFC 5630 §5.1.1.2', async () => {
    const call = alice.call(SIPS_BOB);
    await runtime.advance(100);
    bob.invite.accept(sdp('answer'));
    await runtime.advance(100);
    const { dialog } = call.established;
    const target = formatUri(dialog.remoteTarget);

    dialog.refreshTarget(requestOf({ headers: [['Contact', `<sip:bob@${BOB}>`]] }));

    expect(formatUri(dialog.remoteTarget)).toBe(target);
  });
});

describe('a registration of a sips address — RFC 5630 §5.1.1.1', () => {
  it('goes over TLS and binds a SIPS Contact, although the registrar is written sip', async () => {
    alice.account = { ...alice.account, address: sipUriOf(`sips:alice@${BOB}`), transport: 'tls' };
    const { account } = alice;

    void alice.core.request({
      ...{ method: 'REGISTER', target: sipUriOf(`sip:${BOB}:5061`), account },
      to: account.address,
      contactParameters: SIPS_BOB.parameters,
    });
    await runtime.advance(100);

    expect(sent('REGISTER').map(({ protocol, message }) => [protocol, contactOf(message)])).toEqual([
      ['tls', `sips:alice@${ALICE}:5061`],
    ]);
  });
});

describe('a request whose scheme and way do not go together — RFC 5630 §5.1.2', () => {
  async function ask(requestUri: string, account: Partial<AccountIdentity> = {}, headers: [string, string][] = []) {
    bob.account = { ...bob.account, ...account };
    const peer = await RawPeer.open(network, '10.0.0.9');
    const request = requestOf({ method: 'INVITE', requestUri, headers });
    request.headers.set('Via', 'SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bKsips;rport');
    if (headers.length === 0) request.headers.set('Contact', '<sips:peer@10.0.0.9>');
    peer.send(request, { address: BOB, port: 5060 });
    await runtime.advance(50);
    const answer = peer.responses('INVITE').at(-1);
    return { statusCode: answer?.statusCode, warning: answer?.headers.get(Header.Warning) };
  }

  it('is refused with 480 and Warning 380 when sips comes over UDP', async () => {
    const { statusCode, warning } = await ask(`sips:bob@${BOB}`);

    expect(statusCode).toBe(480);
    expect(warning).toEqual({ code: 380, agent: 'nightjar', text: 'SIPS Not Allowed' });
    expect(bob.invites).toEqual([]);
  });

  it('is refused with 480 and Warning 381 when sip comes for who takes sips only', async () => {
    const { statusCode, warning } = await ask(`sip:bob@${BOB}`, { isSipsRequired: true });

    expect(statusCode).toBe(480);
    expect(warning).toEqual({ code: 381, agent: 'nightjar', text: 'SIPS Required' });
  });

  it('is refused with 400 when its Contact is sip and its Request-URI sips', async () => {
    const { statusCode } = await ask(`sips:bob@${BOB}`, {}, [['Contact', '<sip:peer@10.0.0.9>']]);

    expect(statusCode).toBe(400);
  });

  it('is refused with 416 when the scheme is none that is served — RFC 3261 §8.2.2.1', async () => {
    const { statusCode } = await ask('http://example.com/');

    expect(statusCode).toBe(416);
  });
});
