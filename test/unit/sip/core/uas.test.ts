import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { Header, type SipResponse } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { requestOf, type TestRequest } from '../../../support/message-builders.ts';
import { RawPeer, SipAgent } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let bob: SipAgent;
let peer: RawPeer;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  bob = await SipAgent.open(network, { name: 'bob', address: '10.0.0.2' });
  peer = await RawPeer.open(network, '10.0.0.9');
  target = '10.0.0.2';
});

let branches = 0;
let target = '';

async function ask(options: TestRequest, toTag?: string): Promise<SipResponse | undefined> {
  const request = requestOf({ requestUri: 'sip:bob@10.0.0.2', ...options });
  request.headers.set('Via', `SIP/2.0/UDP 10.0.0.9:5060;branch=${options.branch ?? `z9hG4bK${++branches}`};rport`);
  if (toTag !== undefined) request.headers.put(Header.To, request.to.withTag(toTag));
  peer.send(request, { address: target, port: 5060 });
  await runtime.advance(50);
  return peer.received.filter((message) => message.kind === 'response').at(-1);
}

describe('checks of a request — RFC 3261 §8.2', () => {
  it('answers OPTIONS with what it can do — RFC 3261 §11.2, §20.37', async () => {
    const response = await ask({ method: 'OPTIONS' });

    expect(response?.statusCode).toBe(200);
    expect(response?.headers.all(Header.Allow)).toEqual(
      expect.arrayContaining([
        'INVITE',
        'ACK',
        'CANCEL',
        'BYE',
        'OPTIONS',
        'UPDATE',
        'PRACK',
        'INFO',
        'REFER',
        'NOTIFY',
      ]),
    );
    expect(response?.headers.first('Accept')).toContain('application/sdp');
    expect(response?.headers.all(Header.Supported)).toContain('100rel');
    expect(response?.to.tag).toBeDefined();
  });

  it('refuses a method that it knows and does not serve with 405 and Allow — RFC 3261 §8.2.1', async () => {
    const response = await ask({ method: 'PUBLISH' });

    expect(response?.statusCode).toBe(405);
    expect(response?.headers.all(Header.Allow)).toContain('INVITE');
  });

  it('refuses a method of no RFC with 501 — RFC 3261 §21.5.2', async () => {
    expect((await ask({ method: 'LABTEST' }))?.statusCode).toBe(501);
  });

  it('serves a further method once a handler is there, and names it in Allow', async () => {
    bob.core.onRequest('MESSAGE', (message) => message.respond(202));

    expect(
      (await ask({ method: 'MESSAGE', body: 'hello', headers: [['Content-Type', 'text/plain']] }))?.statusCode,
    ).toBe(202);
    expect((await ask({ method: 'OPTIONS' }))?.headers.all(Header.Allow)).toContain('MESSAGE');
  });

  it('answers 500 when a handler does not answer in 10 s — RFC 4320 §4.2', async () => {
    bob.core.onRequest('MESSAGE', () => {});
    await ask({ method: 'MESSAGE' });

    await runtime.advance(11_000);

    expect(peer.responses('MESSAGE').at(-1)?.statusCode).toBe(500);
  });

  it('refuses a Request-URI of a foreign scheme with 416 — RFC 3261 §8.2.2.1', async () => {
    expect((await ask({ requestUri: 'nobodyKnowsThisScheme:totallyopaquecontent' }))?.statusCode).toBe(416);
  });

  it('refuses an extension that it lacks with 420 and Unsupported — RFC 3261 §8.2.2.3', async () => {
    const response = await ask({ method: 'INVITE', headers: [['Require', '100rel, lab-unknown']] });

    expect(response?.statusCode).toBe(420);
    expect(response?.headers.all(Header.Unsupported)).toEqual(['lab-unknown']);
    expect(bob.invites).toHaveLength(0);
  });

  it('refuses a merged request with 482 — RFC 3261 §8.2.2.2', async () => {
    await ask({ method: 'INVITE' });

    const response = await ask({ method: 'INVITE', branch: 'z9hG4bKother' });

    expect(response?.statusCode).toBe(482);
    expect(bob.invites).toHaveLength(1);
  });

  it('absorbs a retransmission', async () => {
    await ask({ method: 'INVITE', branch: 'z9hG4bKsame' });
    await ask({ method: 'INVITE', branch: 'z9hG4bKsame' });

    expect(bob.invites).toHaveLength(1);
  });

  it('refuses a body that it cannot read with 415 — RFC 3261 §8.2.3', async () => {
    const response = await ask({ method: 'INVITE', body: 'x', headers: [['Content-Type', 'text/html']] });
    expect(response?.statusCode).toBe(415);
    expect(response?.headers.first('Accept')).toContain('application/sdp');

    const encoded = await ask({
      method: 'MESSAGE',
      body: 'x',
      headers: [
        ['Content-Type', 'application/sdp'],
        ['Content-Encoding', 'gzip'],
      ],
    });
    expect(encoded?.statusCode).toBe(405);
  });

  it('takes a body that it cannot read when the sender says that it may be ignored — RFC 3261 §20.11', async () => {
    await ask({
      method: 'INVITE',
      body: 'x',
      headers: [
        ['Content-Type', 'text/html'],
        ['Content-Disposition', 'render;handling=optional'],
      ],
    });

    expect(bob.invites).toHaveLength(1);
  });

  for (const method of ['BYE', 'INVITE', 'UPDATE', 'INFO', 'NOTIFY', 'REFER', 'PRACK']) {
    it(`refuses ${method} of an unknown dialog with 481 — RFC 3261 §12.2.2`, async () => {
      expect((await ask({ method }, 'nosuchdialog'))?.statusCode).toBe(481);
    });
  }

  it('gets at most one answer to each torture message but INVITE, and none to responses and ACKs — RFC 4475 §3', async () => {
    const folder = new URL('../../../fixtures/torture/', import.meta.url);
    const stranger = await network.host('10.0.0.8').bindDatagram({ address: '10.0.0.8', port: 4000 });
    if (!stranger.ok) throw new Error(stranger.error.message);
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.dat'))) {
      const bytes = readFileSync(new URL(file, folder));
      const text = bytes.toString('latin1').trimStart();
      if (text.startsWith('INVITE')) continue;
      const before = network.log.length;
      stranger.value.send(bytes, { address: '10.0.0.2', port: 5060 }, () => {});
      await runtime.advance(100);
      const answers = network.log.slice(before + 1);

      expect(answers.length, file).toBeLessThanOrEqual(/^(SIP\/|ACK)/i.test(text) ? 0 : 1);
    }
  });

  it('never answers an ACK', async () => {
    expect(await ask({ method: 'ACK' }, 'nosuchdialog')).toBeUndefined();
  });

  it('refuses a CANCEL that matches nothing with 481 — RFC 3261 §9.2', async () => {
    expect((await ask({ method: 'CANCEL' }))?.statusCode).toBe(481);
  });

  it('refuses a further call with 486 when the limit of sessions is reached', async () => {
    const carol = await SipAgent.open(network, { name: 'carol', address: '10.0.0.3', settings: { maxSessions: 1 } });
    const dave = await SipAgent.open(network, { name: 'dave', address: '10.0.0.4' });
    dave.call(carol.uri);
    const second = dave.call(carol.uri);

    await runtime.advance(50);

    expect(second.failure?.statusCode).toBe(486);
  });

  it('answers 503 when the table of transactions is full — RFC 3261 §21.5.4', async () => {
    bob = await SipAgent.open(network, { name: 'bob', address: '10.0.0.5', maxTransactions: 2 });
    target = '10.0.0.5';
    await ask({ method: 'INVITE', headers: [['Expires', '60']] });
    await ask({ method: 'OPTIONS' });

    const response = await ask({ method: 'OPTIONS' });

    expect(response?.statusCode).toBe(503);
    expect(response?.headers.first('Retry-After')).toBe('10');
    expect(bob.transactions.counters().refused).toBe(1);
  });
});
