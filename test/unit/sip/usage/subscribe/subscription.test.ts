import { beforeEach, describe, expect, it } from 'vitest';
import { bodyText } from '../../../../../src-main/sip/core/index.ts';
import { buildRequest, Header, NameAddress, type SipRequest } from '../../../../../src-main/sip/syntax/index.ts';
import { Subscription } from '../../../../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../../../../support/fake-runtime.ts';
import { RawPeer, SipAgent } from '../../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let alice: SipAgent;
let server: RawPeer;

beforeEach(async () => {
  runtime = new FakeRuntime();
  const network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1' });
  server = await RawPeer.open(network, '10.0.0.2');
});

interface NotifyOptions {
  readonly tag?: string;
  readonly sequence?: number;
  readonly state?: string;
  readonly event?: string;
  readonly type?: string;
}

/** A NOTIFY in the dialog that `subscribe` and our tag make. */
function notify(subscribe: SipRequest, options: NotifyOptions = {}): void {
  const { tag = 'peer', sequence = 1, state = 'active;expires=600', event = 'message-summary' } = options;
  const request = buildRequest({
    method: 'NOTIFY',
    requestUri: subscribe.headers.get(Header.Contact)?.uri ?? alice.uri,
    from: subscribe.to.withTag(tag),
    to: subscribe.from,
    callId: subscribe.callId,
    cseq: sequence,
    contact: new NameAddress({ uri: server.uri }),
    headers: [
      ['Via', `SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKn${tag}${sequence}`],
      ['Event', event],
      ...(state === '' ? [] : [['Subscription-State', state] as const]),
    ],
    contentType: options.type ?? 'application/simple-message-summary',
    body: `from ${tag}`,
  });
  server.send(request, { address: '10.0.0.1', port: 5060 });
}

function watch() {
  const seen: string[] = [];
  const subscription = new Subscription({
    core: alice.core,
    account: alice.account,
    target: server.uri,
    event: 'message-summary',
    accept: ['application/simple-message-summary'],
    settings: { expiresSec: 600 },
  });
  subscription.events.on('changed', ({ state, reason }) => seen.push([state, reason].filter(Boolean).join(' ')));
  subscription.events.on('notified', ({ body }) => seen.push(body ? bodyText(body) : 'empty'));
  subscription.subscribe();
  return { subscription, seen };
}

const subscribes = () => server.requests('SUBSCRIBE');
const statuses = () => server.responses('NOTIFY').map(({ statusCode }) => statusCode);

/** The server grants and notifies. */
function serve(request: SipRequest): void {
  if (request.method !== 'SUBSCRIBE') return;
  server.reply(request, 200, { headers: [['Expires', request.headers.first('Expires') ?? '']] });
  const isOver = request.headers.get(Header.Expires) === 0;
  notify(request, {
    sequence: subscribes().length,
    ...(isOver && { state: 'terminated;reason=timeout' }),
  });
}

describe('watching a resource — RFC 6665 §4.1', () => {
  it('subscribes, is notified, refreshes in the dialog and unsubscribes', async () => {
    server.respond = serve;
    const { subscription, seen } = watch();
    await runtime.advance(100);
    expect(seen).toEqual(['subscribing', 'from peer', 'active']);
    expect(subscribes()[0]?.headers.first('Accept')).toBe('application/simple-message-summary');

    await runtime.advance(545_000);
    const [first, refresh] = subscribes();
    expect(refresh).toMatchObject({ callId: first?.callId });
    expect(refresh?.to.tag).toBe('peer');
    expect(refresh?.cseq.sequence).toBe(2);

    subscription.unsubscribe();
    await runtime.advance(5000);
    expect(subscribes().at(-1)?.headers.first('Expires')).toBe('0');
    expect(seen.at(-1)).toBe('ended');
    expect(statuses()).toEqual([200, 200, 200]);
    expect(alice.core.usageDialogs.size).toBe(0);
  });

  it('takes a NOTIFY that comes before the 2xx — RFC 6665 §4.1.2.4', async () => {
    server.respond = (request) => {
      if (request.method !== 'SUBSCRIBE') return;
      notify(request);
      runtime.setTimer(300, () => server.reply(request, 200, { headers: [['Expires', '600']] }));
    };
    const { seen } = watch();
    await runtime.advance(500);

    expect(seen).toEqual(['subscribing', 'from peer', 'active']);
    expect(alice.core.usageDialogs.size).toBe(1);
  });

  it('hears every notifier that a forked SUBSCRIBE reached, up to a limit — RFC 6665 §4.4.1', async () => {
    server.respond = (request) => {
      if (request.method !== 'SUBSCRIBE') return;
      server.reply(request, 200, { headers: [['Expires', '600']] });
      for (let fork = 0; fork < 12; fork++) notify(request, { tag: fork === 0 ? 'peer' : `fork${fork}` });
    };
    const { seen } = watch();
    await runtime.advance(500);

    expect(seen.filter((line) => line.startsWith('from'))).toHaveLength(9);
    expect(statuses().filter((statusCode) => statusCode === 481)).toHaveLength(3);
    expect(alice.core.usageDialogs.size).toBe(9);
  });

  it('answers 481 to a NOTIFY of another package, 400 without its state, 415 to a body it cannot read — RFC 6665 §4.1.3', async () => {
    server.respond = (request) => {
      if (request.method === 'SUBSCRIBE') server.reply(request, 200, { headers: [['Expires', '600']] });
    };
    watch();
    await runtime.advance(100);
    const [subscribe] = subscribes();
    if (!subscribe) throw new Error('no SUBSCRIBE');
    notify(subscribe, { sequence: 1, event: 'presence' });
    notify(subscribe, { sequence: 2, state: '' });
    notify(subscribe, { sequence: 3, type: 'text/html' });
    notify(subscribe, { sequence: 4 });
    await runtime.advance(100);

    expect(statuses()).toEqual([481, 400, 415, 200]);
  });

  it('is refused with 489, and says so', async () => {
    server.respond = (request) => server.reply(request, 489);
    const { seen } = watch();
    await runtime.advance(100);

    expect(seen).toEqual(['subscribing', 'refused Bad Event']);
  });

  it('waits and asks again when nobody answers', async () => {
    server.respond = () => {};
    const { seen } = watch();
    await runtime.advance(33_000);
    expect(seen).toEqual(['subscribing', 'waiting timeout']);

    server.respond = serve;
    await runtime.advance(31_000);
    expect(seen.at(-1)).toBe('active');
  });
});

describe('a NOTIFY for nothing', () => {
  it('is 481 within a call as outside — RFC 6665 §4.1.3', async () => {
    const request = buildRequest({
      method: 'NOTIFY',
      requestUri: alice.uri,
      from: new NameAddress({ uri: server.uri }).withTag('x'),
      to: new NameAddress({ uri: alice.uri }).withTag('unknown'),
      callId: 'nothing',
      cseq: 1,
      headers: [['Via', 'SIP/2.0/UDP 10.0.0.2:5060;branch=z9hG4bKzz']],
    });
    server.send(request, { address: '10.0.0.1', port: 5060 });
    await runtime.advance(100);

    expect(statuses()).toEqual([481]);
  });
});
