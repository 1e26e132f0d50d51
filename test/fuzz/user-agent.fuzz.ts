// Fuzz target: a live user agent under requests and responses that a hostile or broken peer makes up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMessage, type SipRequest } from '../../src-main/sip/syntax/index.ts';
import { textBody } from '../../src-main/sip/core/index.ts';
import { IncomingRefer, Notifier, OutgoingRefer, Subscription } from '../../src-main/sip/usage/index.ts';
import { FakeRuntime } from '../support/fake-runtime.ts';
import { runs } from './runs.ts';
import { RawPeer, sdp, SipAgent } from '../support/sip-agent.ts';
import { VirtualNetwork } from '../support/virtual-network.ts';

const PIDF = 'application/pidf+xml';
const METHODS = [
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'OPTIONS',
  'PRACK',
  'UPDATE',
  'INFO',
  'REFER',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'X',
];
const STATUS = [
  '100 Trying',
  '180 Ringing',
  '183 Progress',
  '200 OK',
  '302 Moved',
  '401 No',
  '407 No',
  '422 Small',
  '487 End',
  '491 Wait',
  '503 Busy',
  '699 X',
];
const EXTRA = [
  'Require: 100rel',
  'RSeq: 1',
  'RSeq: 4294967295',
  'RAck: 1 1 INVITE',
  'Session-Expires: 90;refresher=uas',
  'Session-Expires: 4294967295;refresher=uac',
  'Session-Expires: 0',
  'Min-SE: 4294967295',
  'Supported: timer, 100rel, replaces',
  'Replaces: call1;to-tag=a;from-tag=b',
  'Record-Route: <sip:10.0.0.9;lr>, <sip:x>',
  'Record-Route: <tel:1>',
  'Contact: *',
  'Contact: <mailto:a@b>',
  'Contact: <sip:peer@10.0.0.9:5060>',
  'WWW-Authenticate: Digest realm="r", nonce="n", qop="auth"',
  'WWW-Authenticate: Digest realm="r", nonce="n", stale=true',
  'Proxy-Authenticate: Digest realm="r", nonce="", algorithm=SHA-512-256-sess, userhash=true',
  'Refer-To: <sip:c@d?Replaces=x>',
  'Refer-To: <sip:c@10.0.0.9>',
  'Event: presence',
  'Event: presence;id=1',
  'Event: refer',
  'Subscription-State: active;expires=60',
  'Subscription-State: active',
  'Subscription-State: terminated;reason=timeout',
  'Subscription-State: terminated;reason=noresource',
  'Retry-After: 1',
  'Expires: 90',
  'Expires: 0',
  'Expires: 4294967295',
  'Content-Type: application/sdp',
  'Content-Disposition: x;handling=optional',
];

const ACTS = [
  ...(['accept', 'ring', 'reject', 'bye', 'cancel', 'reInvite', 'update', 'call', 'info', 'refer'] as const),
  ...(['subscribe', 'unsubscribe', 'notify', 'message'] as const),
] as const;

const step = fc.record({
  isResponse: fc.boolean(),
  method: fc.oneof(fc.constant('INVITE'), fc.constantFrom(...METHODS)),
  status: fc.oneof(fc.constant('200 OK'), fc.constantFrom(...STATUS)),
  branch: fc.integer({ min: 0, max: 9 }),
  sequence: fc.constantFrom(0, 1, 2, 3, 2 ** 31 - 1),
  hasTag: fc.boolean(),
  tag: fc.constantFrom('a', 'b', 'peer'),
  extra: fc.subarray(EXTRA, { maxLength: 6 }),
  /** The peer's request goes within the dialog that our last request to it made. */
  isWithin: fc.boolean(),
  body: fc.constantFrom('', 'v=0'),
  waitMs: fc.oneof(fc.constantFrom(0, 1, 300), fc.constantFrom(0, 5000, 40_000)),
  local: fc.constantFrom(...ACTS, 'none'),
  /** From which address the message comes: the peer's, or that of two others. */
  flow: fc.constantFrom(0, 0, 0, 1, 2),
  callId: fc.constantFrom('call1', 'call1', 'call2', 'call3'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly runtime = new FakeRuntime();
  readonly network = new VirtualNetwork(this.runtime);
  agent!: SipAgent;
  peer!: RawPeer;
  others!: readonly RawPeer[];
  readonly calls: ReturnType<SipAgent['call']>[] = [];
  readonly subscriptions: Subscription[] = [];
  notifier!: Notifier;

  async open(): Promise<void> {
    const credentials = { username: 'u', password: 'p' };
    const account = { credentials, sessionExpiresSec: 90 };
    this.agent = await SipAgent.open(this.network, {
      name: 'bob',
      address: '10.0.0.2',
      account,
      settings: { maxSessions: 8 },
    });
    this.peer = await RawPeer.open(this.network, '10.0.0.9');
    const addresses = ['10.0.0.10', '10.0.0.11'] as const;
    this.others = await Promise.all(addresses.map((address) => RawPeer.open(this.network, address)));
    const { core } = this.agent;
    core.onRequest('MESSAGE', (message) => message.respond(200));
    this.notifier = new Notifier({ core, packages: [this.#presence()], maxSubscriptions: 4 });
    core.events.on('invite', ({ session }) => {
      session.events.on('reInvite', (reInvite) => reInvite.accept(sdp('ok')));
      session.events.on('update', (update) => update.respond(200));
      session.events.on('info', (info) => info.respond(200));
      session.events.on('refer', (refer) => IncomingRefer.take(refer, session)?.accept());
    });
  }

  #presence() {
    return {
      ...{ event: 'presence', contentType: PIDF, accountFor: () => this.agent.account, isAllowed: () => true },
      body: (_: unknown, version: number) => textBody(PIDF, `state ${version}`),
    };
  }

  #subscribe(): void {
    if (this.subscriptions.length >= 3) return;
    const { core, account } = this.agent;
    const target = this.peer.uri;
    const subscription = new Subscription({ core, account, target, event: 'presence', accept: [PIDF] });
    this.subscriptions.push(subscription);
    subscription.subscribe();
  }

  /** Everything is given back: who watches, who is watched, and every call. */
  giveBack(): void {
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.notifier.close();
    for (const invite of this.agent.invites) {
      invite.reject(480);
      invite.session.bye();
    }
    for (const { invite, session } of this.calls) {
      invite.cancel();
      session?.bye();
    }
  }

  /** What is left in the tables, all of which must empty themselves. */
  get left(): Record<string, number> {
    const { core, transactions } = this.agent;
    const { clients, servers } = transactions.counters();
    const { sessionCount, usageDialogs } = core;
    return { clients, servers, sessionCount, usages: usageDialogs.size, watchers: this.notifier.watcherCount };
  }

  /** What the peer sends: about the last request that it got, or made up. */
  text(made: Step): string {
    const theirs = this.peer.received.filter((message): message is SipRequest => message.kind === 'request').at(-1);
    const ours = this.agent.invites.at(-1);
    const lines = [...made.extra, `Content-Length: ${made.body.length}`, '', made.body];
    if (made.isResponse && theirs) {
      const to = made.hasTag && theirs.to.tag === undefined ? theirs.to.withTag(made.tag) : theirs.to;
      const head = [`SIP/2.0 ${made.status}`, `Via: ${theirs.topVia.toString()}`, `From: ${theirs.from.toString()}`];
      const cseq = `CSeq: ${theirs.headers.first('CSeq') ?? ''}`;
      return [...head, `To: ${to.toString()}`, `Call-ID: ${theirs.callId}`, cseq, ...lines].join('\r\n');
    }
    const within = made.isWithin ? theirs : undefined;
    const ourTag = within ? within.from.tag : ours?.session.dialog.id.localTag;
    const localTag = made.hasTag && ourTag !== undefined ? `;tag=${ourTag}` : '';
    return [
      `${made.method} sip:bob@10.0.0.2 SIP/2.0`,
      `Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK${made.branch}`,
      `From: <sip:peer@10.0.0.9>;tag=${made.tag}`,
      `To: <sip:bob@10.0.0.2>${localTag}`,
      `Call-ID: ${within ? within.callId : made.callId}`,
      `CSeq: ${made.sequence} ${made.method}`,
      'Max-Forwards: 70',
      ...lines,
    ].join('\r\n');
  }

  act(local: Step['local']): void {
    const invite = this.agent.invites.at(-1);
    const call = this.calls.at(-1);
    const session = call?.session ?? invite?.session;
    const acts: Record<Step['local'], () => unknown> = {
      accept: () => invite?.accept(sdp('answer')),
      ring: () => invite?.ring(),
      reject: () => invite?.reject(486),
      bye: () => session?.bye(),
      cancel: () => call?.invite.cancel(),
      reInvite: () => session?.reInvite({ body: sdp('x') }),
      update: () => session?.request('UPDATE', { body: sdp('x') }),
      message: () => session?.request('MESSAGE'),
      subscribe: () => this.#subscribe(),
      unsubscribe: () => this.subscriptions.at(-1)?.unsubscribe(),
      notify: () => this.notifier.changed('presence'),
      info: () => session?.request('INFO'),
      refer: () => session && new OutgoingRefer(this.agent.core, session, this.peer.uri),
      call: () => this.calls.length < 4 && this.calls.push(this.agent.call(this.peer.uri)),
      none: () => undefined,
    };
    acts[local]();
  }
}

describe('a user agent under made-up messages', () => {
  it('never throws, stays within its limits and forgets everything in the end', async () => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }), async (steps) => {
      const world = new World();
      await world.open();
      const before = process.cpuUsage();
      for (const made of steps) {
        world.act(made.local);
        await world.runtime.advance(7);
        const bytes = Buffer.from(world.text(made));
        const from = [world.peer, ...world.others][made.flow] ?? world.peer;
        if (parseMessage(bytes).ok) from.sendBytes(bytes, { address: '10.0.0.2', port: 5060 });
        await world.runtime.advance(7 + made.waitMs);
      }
      const { user, system } = process.cpuUsage(before);
      expect((user + system) / 1000 / steps.length).toBeLessThan(50);
      expect(world.agent.core.sessionCount).toBeLessThanOrEqual(8 + 4 * 16);

      world.giveBack();
      // RFC 3261 §17.1.1.1: 64*T1 is 32 s; an answer without ACK and then a BYE without answer take it twice.
      await world.runtime.advance(300_000);
      expect(world.left).toEqual({ clients: 0, servers: 0, sessionCount: 0, usages: 0, watchers: 0 });
      expect(world.agent.errors).toEqual([]);

      const closed = world.agent.core.close(1000);
      await world.runtime.advance(1100);
      await closed;
      expect(world.runtime.pendingTimers).toBe(0);
    });

    await fc.assert(property, { numRuns: runs(300), seed: 20_260_101 });
  });
});
