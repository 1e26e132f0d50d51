// Who is who within a session, and the refreshes that carry it. RFC 4916, RFC 4028.
import { beforeEach, describe, expect, it } from 'vitest';
import type { InviteSession } from '../../../../src-main/sip/core/index.ts';
import type { SipRequest } from '../../../../src-main/sip/syntax/index.ts';
import { FakeRuntime } from '../../../support/fake-runtime.ts';
import { sipUriOf } from '../../../support/message-builders.ts';
import { RawPeer, sdp, SipAgent } from '../../../support/sip-agent.ts';
import { VirtualNetwork } from '../../../support/virtual-network.ts';

let runtime: FakeRuntime;
let network: VirtualNetwork;
let alice: SipAgent;
let peer: RawPeer;

beforeEach(async () => {
  runtime = new FakeRuntime();
  network = new VirtualNetwork(runtime);
  alice = await SipAgent.open(network, { name: 'alice', address: '10.0.0.1', account: { sessionExpiresSec: 0 } });
  peer = await RawPeer.open(network, '10.0.0.9');
});

const SUPPORTS = [
  ['Allow', 'INVITE, ACK, BYE, UPDATE'],
  ['Supported', 'from-change, timer'],
] as const;

/** A call to the peer, answered with `headers`; `respond` answers what follows. */
async function connect(
  headers: readonly (readonly [string, string])[] = SUPPORTS,
  respond: (request: SipRequest) => void = (request) => peer.reply(request, 200),
): Promise<InviteSession> {
  peer.respond = (request) => {
    if (request.method === 'INVITE') peer.reply(request, 200, { body: 'answer', headers });
  };
  const call = alice.call(peer.uri, sdp('offer'));
  await runtime.advance(100);
  peer.respond = (request) => {
    if (request.method !== 'ACK') respond(request);
  };
  return call.established;
}

const carol = { displayName: 'Carol', uri: sipUriOf('sip:carol@example.com') };

describe('our identity changes — RFC 4916 §4.4', () => {
  it('says in Supported that it can bear a change', async () => {
    await connect();

    expect(peer.requests('INVITE')[0]!.headers.first('Supported')).toContain('from-change');
  });

  it('is announced by UPDATE, and stays in later requests with the tag of the dialog', async () => {
    const session = await connect();

    const announced = session.announceIdentity(carol);
    await runtime.advance(100);

    expect(await announced).toBe('announced');
    const [update] = peer.requests('UPDATE');
    expect(update!.from.toString()).toBe(`"Carol" <sip:carol@example.com>;tag=${session.dialog.id.localTag}`);
    session.bye();
    await runtime.advance(100);
    expect(peer.requests('BYE')[0]!.from.displayName).toBe('Carol');
  });

  it('is announced by re-INVITE where the peer has no UPDATE', async () => {
    const session = await connect([['Supported', 'from-change']], (request) =>
      peer.reply(request, 200, { body: 'answer' }),
    );

    const announced = session.announceIdentity(carol);
    await runtime.advance(200);

    expect(await announced).toBe('announced');
    expect(peer.requests('INVITE').at(-1)!.from.displayName).toBe('Carol');
  });

  it('is kept from a peer that cannot bear it', async () => {
    const session = await connect([['Allow', 'INVITE, ACK, BYE, UPDATE']]);

    expect(await session.announceIdentity(carol)).toBe('notSupported');
    expect(peer.requests('UPDATE')).toHaveLength(0);
  });
});

describe("the peer's identity changes — RFC 4916 §4.5.2", () => {
  it('is taken from a request that was not refused, and is the To of what follows', async () => {
    const session = await connect();
    const from = '<sip:dave@example.com>;tag=peer';
    peer.send(peer.inDialog(peer.requests('INVITE')[0]!, 'UPDATE', 1, { headers: [['From', from]] }));
    await runtime.advance(50);
    expect(session.dialog.remote.toString()).toBe(from);

    const refused = peer.inDialog(peer.requests('INVITE')[0]!, 'INVITE', 2, {
      body: 'x',
      headers: [
        ['From', '<sip:eve@example.com>;tag=peer'],
        ['Session-Expires', '5'],
        ['Supported', 'timer'],
      ],
    });
    peer.send(refused);
    await runtime.advance(50);
    expect(session.dialog.remote.toString()).toBe(from);
  });
});

describe('what nobody answers, and what ends by itself', () => {
  it('fails a re-INVITE that no user answers in a minute — RFC 6141 §3.2', async () => {
    const session = await connect();
    peer.send(peer.inDialog(peer.requests('INVITE')[0]!, 'INVITE', 1, { body: 'theirs' }));
    await runtime.advance(61_000);

    expect(peer.responses('INVITE').at(-1)!.statusCode).toBe(500);
    expect(session.state).toBe('confirmed');
  });

  it('says in the BYE why it ends a session that nobody hung up — RFC 3326 §2', async () => {
    const session = await connect(SUPPORTS, (request) => {
      if (request.method === 'BYE') peer.reply(request, 200);
    });
    void session.request('INFO');
    await runtime.advance(33_000);

    expect(peer.requests('BYE')[0]!.headers.first('Reason')).toBe('SIP;cause=408');
  });
});

describe('a refresh that is refused — RFC 4028 §7.3, §10', () => {
  beforeEach(() => {
    alice.account = { ...alice.account, sessionExpiresSec: 90 };
  });
  const timed = [...SUPPORTS, ['Session-Expires', '90;refresher=uac']] as const;

  it('falls back to re-INVITE when UPDATE is refused', async () => {
    const session = await connect(timed, (request) =>
      request.method === 'UPDATE'
        ? peer.reply(request, 405)
        : peer.reply(request, 200, { body: 'answer', headers: [['Session-Expires', '90;refresher=uac']] }),
    );
    await runtime.advance(46_000);

    expect(peer.requests('UPDATE')).toHaveLength(1);
    expect(peer.requests('INVITE')).toHaveLength(2);
    expect(session.state).toBe('confirmed');
  });

  it('asks for as long as a 422 wants', async () => {
    await connect(timed, (request) =>
      peer.requests('UPDATE').length === 1
        ? peer.reply(request, 422, { headers: [['Min-SE', '300']] })
        : peer.reply(request, 200, { headers: [['Session-Expires', '300;refresher=uac']] }),
    );
    await runtime.advance(46_000);

    expect(peer.requests('UPDATE')[1]!.headers.first('Session-Expires')).toContain('300');
  });

  it('tries again after 491 — RFC 3311 §5.2', async () => {
    await connect(timed, (request) =>
      peer.requests('UPDATE').length === 1
        ? peer.reply(request, 491)
        : peer.reply(request, 200, { headers: [['Session-Expires', '90;refresher=uac']] }),
    );
    await runtime.advance(50_000);

    expect(peer.requests('UPDATE')).toHaveLength(2);
  });
});
