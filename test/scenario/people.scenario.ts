import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildRequest, Header, NameAddress, Parameters, type SipRequest } from '../../src-main/sip/syntax/index.ts';
import { Scenario } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

let scenario: Scenario;
let server: RawPeer;

beforeEach(async () => {
  scenario = new Scenario();
  server = await RawPeer.open(scenario.network, '10.0.0.50');
});
afterEach(() => scenario.close());

const PHONE = { address: '10.0.0.1', port: 5060 };
let serial = 0;

/** A NOTIFY with a body, in the dialog of `subscribe`. */
function notify(subscribe: SipRequest, type: string, body: string): void {
  serial++;
  const request = buildRequest({
    method: 'NOTIFY',
    requestUri: subscribe.headers.get(Header.Contact)?.uri ?? server.uri,
    from: subscribe.to.withTag('peer'),
    to: subscribe.from,
    callId: subscribe.callId,
    cseq: serial,
    contact: new NameAddress({ uri: server.uri }),
    headers: [
      ['Via', `SIP/2.0/UDP 10.0.0.50:5060;branch=z9hG4bKp${serial}`],
      ['Event', subscribe.headers.first('Event') ?? ''],
      ['Subscription-State', 'active;expires=600'],
    ],
    contentType: type,
    body,
  });
  server.send(request, PHONE);
}

/** The account at the server: registered, and its subscriptions answered by `bodies`, by event. */
async function registered(bodies: Record<string, readonly [type: string, body: string]> = {}) {
  server.respond = (request) => {
    if (request.method === 'REGISTER') {
      const contact = request.headers.first('Contact') ?? '';
      return server.reply(request, 200, { headers: [['Contact', `${contact};expires=300`]] });
    }
    if (request.method === 'PUBLISH') return server.reply(request, 200, { headers: [['SIP-ETag', 'x']] });
    if (request.method !== 'SUBSCRIBE') return undefined;
    const given = bodies[request.headers.first('Event') ?? ''];
    if (!given) return server.reply(request, 489);
    server.reply(request, 200, { headers: [['Expires', '600']] });
    return notify(request, ...given);
  };
  const accounts = [{ id: 'alice', address: 'sip:alice@10.0.0.50', codecs: ['PCMU'] }];
  const alice = await scenario.phone('alice', { accounts });
  await scenario.advance(1000);
  return alice;
}

const SUMMARY = 'Messages-Waiting: yes\r\nMessage-Account: sip:vm@10.0.0.50\r\nVoice-Message: 2/8\r\n';

describe('the mailbox at the server — RFC 3842 §4', () => {
  it('is asked for once the account is registered, and shown', async () => {
    const alice = await registered({ 'message-summary': ['application/simple-message-summary', SUMMARY] });
    expect(alice.view.accounts[0]?.voicemail).toBeNull();

    await scenario.advance(6000);

    expect(alice.view.accounts[0]?.voicemail).toEqual({
      isWaiting: true,
      newCount: 2,
      oldCount: 8,
      address: 'sip:vm@10.0.0.50',
    });
  });

  it('is believed unasked, as many servers do — RFC 3842 §2.2; other events are 481 (RFC 6665 §4.1.3)', async () => {
    const alice = await scenario.phone('alice');
    const send = (event: string, user = 'alice') => {
      serial++;
      server.send(
        buildRequest({
          method: 'NOTIFY',
          requestUri: server.uri.with({ user, host: '10.0.0.1' }),
          from: new NameAddress({ uri: server.uri, parameters: Parameters.of({ tag: 'n' }) }),
          to: new NameAddress({ uri: server.uri.with({ user, host: '10.0.0.1' }) }),
          callId: `mwi${serial}`,
          cseq: 1,
          headers: [
            ['Via', `SIP/2.0/UDP 10.0.0.50:5060;branch=z9hG4bKm${serial}`],
            ['Event', event],
            ['Subscription-State', 'terminated'],
          ],
          contentType: 'application/simple-message-summary',
          body: SUMMARY,
        }),
        PHONE,
      );
    };
    send('message-summary');
    send('presence');
    send('message-summary', 'nobody');
    await scenario.advance(300);

    expect(server.responses('NOTIFY').map(({ statusCode }) => statusCode)).toEqual([200, 481, 404]);
    expect(alice.view.accounts[0]?.voicemail).toMatchObject({ isWaiting: true, newCount: 2 });
  });
});

describe('people — RFC 3856 §6, §6.1; RFC 4235 §3.7.1', () => {
  const PIDF =
    '<presence entity="sip:bob@10.0.0.50"><tuple id="1"><status><basic>open</basic></status><note>Here</note></tuple></presence>';
  const LINE =
    '<dialog-info version="0" state="full" entity="sip:bob@10.0.0.50"><dialog id="1" direction="recipient"><state>early</state></dialog></dialog-info>';

  it('are watched when a contact says so, and no longer when it does not', async () => {
    const alice = await registered({
      presence: ['application/pidf+xml', PIDF],
      dialog: ['application/dialog-info+xml', LINE],
    });
    const saved = await alice.ask('contact.save', { displayName: 'Bob', address: 'bob', isWatched: true });
    await scenario.advance(500);
    expect(alice.view.contacts).toMatchObject([{ displayName: 'Bob', address: 'bob', isWatched: true }]);
    expect(alice.view.presence.watched).toMatchObject([
      { address: 'sip:bob@10.0.0.50', activity: 'available', note: 'Here', line: 'ringing' },
    ]);

    const id = saved.ok ? (saved.value as { id: string }).id : '';
    await alice.ask('contact.delete', { contactId: id });
    await scenario.advance(500);
    expect(alice.view.presence.watched).toEqual([]);
    expect(server.requests('SUBSCRIBE').filter(({ headers }) => headers.first('Expires') === '0')).toHaveLength(2);
  });

  it('are watched by command, with the reason when their server refuses', async () => {
    const alice = await registered({ presence: ['application/pidf+xml', PIDF] });
    expect(await alice.ask('presence.subscribe', { target: '' })).toMatchObject({ failure: { code: 'badTarget' } });
    await alice.ask('presence.subscribe', { target: 'bob' });
    await scenario.advance(500);

    expect(alice.view.presence.watched).toMatchObject([{ activity: 'available', line: null }]);
    await alice.ask('presence.unsubscribe', { address: 'sip:bob@10.0.0.50' });
    expect(alice.view.presence.watched).toEqual([]);
  });

  it('are exported and imported, each address once', async () => {
    const alice = await scenario.phone('alice');
    const contacts = [{ address: '100', displayName: 'One' }, { address: '200' }, { address: '100' }, { address: ' ' }];
    expect(await alice.ask('contact.import', { contacts })).toEqual({ ok: true, value: { added: 2 } });
    expect(await alice.ask('contact.import', { contacts })).toEqual({ ok: true, value: { added: 0 } });
    expect(await alice.ask('contact.export', {})).toMatchObject({
      value: { contacts: [{ displayName: '200' }, { displayName: 'One' }] },
    });
    expect(await alice.ask('contact.save', { address: '' })).toMatchObject({ ok: false });
    expect(await alice.ask('contact.delete', { contactId: 'x' })).toMatchObject({ failure: { code: 'notFound' } });
  });

  it('see what the user publishes, and a call by itself — RFC 3903 §4, RFC 4480 §3.2', async () => {
    const alice = await registered();
    await alice.ask('presence.setOwn', { activity: 'away', note: 'Lunch' });
    await scenario.advance(300);
    const [published] = server.requests('PUBLISH');
    expect(Buffer.from(published?.body ?? []).toString()).toContain('<rpid:away/>');
    expect(alice.view.presence.own).toEqual({ activity: 'away', note: 'Lunch' });

    await alice.ask('presence.setOwn', { activity: null });
    await scenario.advance(300);
    expect(server.requests('PUBLISH').at(-1)?.headers.first('Expires')).toBe('0');
  });

  it('may watch this phone only where the user allows it', async () => {
    const alice = await scenario.phone('alice', { presence: { share: 'contacts' } });
    const bob = await scenario.phone('bob');
    await bob.ask('presence.subscribe', { target: alice.address });
    await scenario.advance(300);
    expect(bob.view.presence.watched).toMatchObject([{ activity: null, line: null, reason: '403 Forbidden' }]);
    await bob.ask('presence.unsubscribe', { address: alice.address });

    await alice.ask('contact.save', { address: bob.address });
    await bob.ask('presence.subscribe', { target: alice.address });
    await scenario.advance(300);
    expect(bob.view.presence.watched).toMatchObject([{ activity: 'available', line: 'idle' }]);

    await alice.dial('sip:nobody@10.0.0.50');
    await scenario.advance(300);
    expect(bob.view.presence.watched).toMatchObject([{ line: 'inUse' }]);
  });
});

describe('a conference — RFC 4579 §5.1, §5.5, §5.11', () => {
  const SDP = 'v=0\r\no=- 1 1 IN IP4 10.0.0.50\r\ns=-\r\nc=IN IP4 10.0.0.50\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0\r\n';
  const users = (list: string) =>
    `<conference-info entity="sip:conf@10.0.0.50" state="full" version="1"><users>${list}</users></conference-info>`;

  it('is joined by its address; its participants are seen, brought in and sent away', async () => {
    const alice = await scenario.phone('alice');
    let invite: SipRequest | undefined;
    server.respond = (request) => {
      if (request.method === 'INVITE') {
        invite = request;
        server.reply(request, 200, { body: SDP, headers: [['Contact', '<sip:conf@10.0.0.50>;isfocus']] });
      } else if (request.method === 'SUBSCRIBE') {
        server.reply(request, 200, { headers: [['Expires', '600']] });
        notify(
          request,
          'application/conference-info+xml',
          users('<user entity="sip:ann@x" state="full"><display-text>Ann</display-text></user>'),
        );
      } else if (request.method === 'REFER') {
        server.reply(request, 202, { headers: [['Refer-Sub', 'false']] });
      } else if (request.method !== 'ACK') server.reply(request, 200);
    };
    const callId = await alice.dial('sip:conf@10.0.0.50');
    await scenario.advance(500);
    expect(invite).toBeDefined();
    expect(server.requests('SUBSCRIBE')[0]?.headers.first('Event')).toBe('conference');
    expect(alice.call?.conference?.participants).toEqual([{ address: 'sip:ann@x', displayName: 'Ann', status: '' }]);

    for (const [command, target] of [
      ['call.addParticipant', 'sip:carol@10.0.0.3'],
      ['call.removeParticipant', 'sip:ann@x'],
    ] as const) {
      const asking = alice.ask(command, { callId, target });
      await scenario.advance(300);
      expect(await asking).toEqual({ ok: true, value: { statusCode: 202 } });
    }
    expect(server.requests('REFER').map(({ headers }) => headers.first('Refer-To'))).toEqual([
      '<sip:carol@10.0.0.3>',
      '<sip:ann@x;method=BYE>',
    ]);
    expect(alice.call).toMatchObject({ state: 'connected', isOnHold: false });
  });

  it('is not to be changed where there is none', async () => {
    const alice = await scenario.phone('alice');
    const callId = await alice.dial('sip:nobody@10.0.0.50');

    expect(await alice.ask('call.addParticipant', { callId, target: '1' })).toMatchObject({
      failure: { code: 'wrongState' },
    });
  });
});
