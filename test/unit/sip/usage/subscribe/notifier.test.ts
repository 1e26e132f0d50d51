import { beforeEach, describe, expect, it } from 'vitest';
import { textBody } from '../../../../../src-main/sip/core/index.ts';
import { buildRequest, NameAddress, Parameters, type SipRequest } from '../../../../../src-main/sip/syntax/index.ts';
import { Notifier } from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let alice: SipAgent;
let peer: RawPeer;
let notifier: Notifier;
let isAllowed: boolean;

beforeEach(async () => {
  runtime = new FakeRuntime();
  const network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  peer = await RawPeer.open(network, '10.0.0.2');
  isAllowed = true;
  peer.respond = (request) => peer.reply(request, 200);
  notifier = new Notifier({
    core: alice.core,
    maxSubscriptions: 3,
    packages: [
      {
        event: 'presence',
        contentType: 'application/pidf+xml',
        accountFor: (request) =>
          request.requestUri.kind === 'sip' && request.requestUri.user === 'alice' ? alice.account : undefined,
        isAllowed: () => isAllowed,
        body: (_, version) => textBody('application/pidf+xml', `state ${version}`),
      },
    ],
  });
});

let serial = 0;

/** A SUBSCRIBE; with `toTag` within its dialog. */
function subscribe(
  headers: Record<string, string>,
  options: { callId?: string; toTag?: string; sequence?: number; user?: string } = {},
): void {
  serial++;
  const { callId = `call${serial}`, toTag, sequence = 1, user = 'alice' } = options;
  const uri = alice.uri.with({ user });
  const request = buildRequest({
    method: 'SUBSCRIBE',
    requestUri: uri,
    from: new NameAddress({ uri: peer.uri, parameters: Parameters.of({ tag: 'watcher' }) }),
    to: toTag === undefined ? new NameAddress({ uri }) : new NameAddress({ uri }).withTag(toTag),
    callId,
    cseq: sequence,
    contact: new NameAddress({ uri: peer.uri }),
    headers: [['Via', `SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKs${serial}`], ...Object.entries(headers)],
  });
  peer.send(request, { address: '10.0.0.1', port: 5060 });
}

const answers = () => peer.responses('SUBSCRIBE');
const statuses = () => answers().map(({ statusCode }) => statusCode);
const notifies = () => peer.requests('NOTIFY');
const stateOf = (request: SipRequest | undefined) => request?.headers.first('Subscription-State');
const textOf = (request: SipRequest | undefined) => Buffer.from(request?.body ?? []).toString();

describe('being watched — RFC 6665 §4.2', () => {
  it('grants, tells the state at once and at each change, and ends in time — RFC 6665 §4.2.1.2, §4.2.2', async () => {
    subscribe({ Event: 'presence', Expires: '100', Accept: 'application/pidf+xml' });
    await runtime.advance(100);
    expect(statuses()).toEqual([200]);
    expect(answers()[0]?.headers.first('Expires')).toBe('100');
    expect(answers()[0]?.headers.first('Contact')).toContain('alice@10.0.0.1');
    expect([stateOf(notifies()[0]), textOf(notifies()[0])]).toEqual(['active;expires=100', 'state 0']);

    notifier.changed('presence');
    await runtime.advance(100);
    expect(textOf(notifies()[1])).toBe('state 1');

    await runtime.advance(101_000);
    expect(stateOf(notifies().at(-1))).toBe('terminated;reason=timeout');
    expect(notifier.watcherCount).toBe(0);
    expect(alice.core.usageDialogs.size).toBe(0);
  });

  it('refuses what it does not serve: package 489, interval 423, body 406, stranger 403, nobody 404 — RFC 6665 §4.2.1.1', async () => {
    subscribe({ Event: 'unknown' });
    subscribe({});
    subscribe({ Event: 'presence', Expires: '5' });
    subscribe({ Event: 'presence', Accept: 'text/html' });
    subscribe({ Event: 'presence' }, { user: 'nobody' });
    await runtime.advance(100);
    isAllowed = false;
    subscribe({ Event: 'presence' });
    await runtime.advance(100);

    expect(statuses()).toEqual([489, 489, 423, 406, 404, 403]);
    expect(answers()[0]?.headers.first('Allow-Events')).toBe('presence');
    expect(answers()[2]?.headers.first('Min-Expires')).toBe('60');
    expect(notifier.watcherCount).toBe(0);
  });

  it('keeps a refreshed subscription, ends one that is given back, and knows no other event in the dialog — RFC 6665 §4.5.1', async () => {
    subscribe({ Event: 'presence', Expires: '100' }, { callId: 'one' });
    await runtime.advance(90_000);
    const toTag = answers()[0]?.to.tag ?? '';
    subscribe({ Event: 'presence', Expires: '100' }, { callId: 'one', toTag, sequence: 2 });
    await runtime.advance(90_000);
    expect(notifier.watcherCount).toBe(1);
    subscribe({ Event: 'dialog', Expires: '100' }, { callId: 'one', toTag, sequence: 3 });
    subscribe({ Event: 'presence', Expires: '0' }, { callId: 'one', toTag, sequence: 4 });
    await runtime.advance(100);

    expect(statuses()).toEqual([200, 200, 489, 200]);
    expect(stateOf(notifies().at(-1))).toBe('terminated;reason=timeout');
    expect(notifier.watcherCount).toBe(0);
  });

  it('tells a watcher that answers slowly only the newest state — RFC 6665 §4.2.2', async () => {
    const unanswered: SipRequest[] = [];
    peer.respond = (request) => void unanswered.push(request);
    subscribe({ Event: 'presence' });
    await runtime.advance(10);
    for (let change = 0; change < 100; change++) notifier.changed('presence');
    await runtime.advance(100);
    expect(notifies()).toHaveLength(1);

    peer.respond = (request) => peer.reply(request, 200);
    peer.reply(unanswered[0]!, 200);
    await runtime.advance(100);

    expect(notifies().map(textOf)).toEqual(['state 0', 'state 1']);
  });

  it('takes no more watchers than its limit, and forgets those that are gone', async () => {
    for (let i = 0; i < 5; i++) subscribe({ Event: 'presence' });
    await runtime.advance(100);
    expect(statuses().sort()).toEqual([200, 200, 200, 503, 503]);

    peer.respond = (request) => peer.reply(request, 481);
    notifier.changed('presence');
    await runtime.advance(100);
    expect(notifier.watcherCount).toBe(0);
  });
});
