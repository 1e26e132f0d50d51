// Line breaks and NUL in whatever a user, a link, a contact or a peer supplies never reach the wire as such.
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseMessage } from '../../src-main/sip/syntax/index.ts';
import { requestOf } from '../support/message-builders.ts';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

const MARK = 'X-Injected';
const BREAKS = ['\r\n', '\n', '\r', '\0', '\r\n\r\n', '\r\n ', '%0d%0a', '%0D%0A', '%00', '\u0085', '\u2028'];
const PLACES = ['@', '<', '>', '"', ';', '?', ',', ' ', '', ':'];

/** Something harmless with a header smuggled into it. */
const hostile = fc
  .tuple(
    fc.constantFrom('', 'bob', 'sip:bob@10.0.0.66', '"Bob" <sip:bob@10.0.0.66>', 'tel:+1', 'sip:b@10.0.0.66?Subject='),
    fc.constantFrom(...PLACES),
    fc.constantFrom(...BREAKS),
    fc.constantFrom(
      '',
      'sip:b@10.0.0.66',
      '@10.0.0.66',
      ';x=',
      '" <sip:a@10.0.0.66>',
      '\r\n\r\nINVITE sip:x@y SIP/2.0',
    ),
  )
  .map(([before, place, lineBreak, after]) => `${before}${place}${lineBreak}${MARK}: yes${lineBreak}${after}`);

let scenario: Scenario;
let alice: ScenarioPhone;
let peer: RawPeer;

beforeEach(async () => {
  scenario = new Scenario();
  alice = await scenario.phone('alice');
  peer = await RawPeer.open(scenario.network, '10.0.0.66');
});
afterEach(() => scenario.close());

/** Every message that the phone sent: whole, with no header that nobody meant and nothing after it. */
function expectCleanWire(): number {
  const sent = scenario.network.log.filter(({ from }) => from.address === '10.0.0.1');
  for (const { bytes, text } of sent) {
    const parsed = parseMessage(bytes);
    if (!parsed.ok) throw new Error(`what was sent is no message: ${text}`);
    const { headers } = parsed.value;
    const names = headers.entries().map(({ name }) => name.toLowerCase());
    expect(names, text).not.toContain(MARK.toLowerCase());
    expect(text.split('\r\n\r\n')[0] ?? '', text).not.toMatch(/[\0]|\r(?!\n)|(?<!\r)\n/);
  }
  return sent.length;
}

/** Asks for `name` with hostile words; whatever becomes of it is a reply, and the wire is clean. */
async function tryAll(name: string, paramsOf: (text: string) => unknown, numRuns = 60): Promise<void> {
  const property = fc.asyncProperty(hostile, async (text) => {
    scenario.network.log.length = 0;
    const asked = alice.ask(name, paramsOf(text));
    const reply = await Promise.race([asked, scenario.advance(300).then(() => undefined)]);
    if (reply && !reply.ok) expect(reply.failure.code).not.toBe('internal');
    for (const { id, state } of alice.view.calls)
      if (state !== 'ended' && name === 'call.dial') await alice.do['call.hangUp']({ callId: id });
    await scenario.advance(100);
    expectCleanWire();
  });
  await fc.assert(property, { numRuns, seed: 20_261_122 });
}

async function connect(): Promise<void> {
  const body = 'v=0\r\no=- 1 1 IN IP4 10.0.0.66\r\ns=-\r\nc=IN IP4 10.0.0.66\r\nt=0 0\r\nm=audio 9000 RTP/AVP 0\r\n';
  peer.respond = (request) =>
    request.method === 'ACK' || peer.reply(request, 200, request.method === 'INVITE' ? { body } : {});
  await alice.dial('sip:peer@10.0.0.66');
  await scenario.advance(300);
  expect(alice.call).toMatchObject({ state: 'connected' });
}

describe('line breaks in what a user or a link says — RFC 3261 §7.3.1, §25.1', () => {
  it('break no message: whom to call', () => tryAll('call.dial', (target) => ({ target })), 60_000);

  it('break no message: a text, and whom it is for', async () => {
    await tryAll('text.send', (text) => ({ target: text, text: 'hello' }), 30);
    await tryAll('text.send', (text) => ({ target: 'sip:bob@10.0.0.66', text }), 30);
  }, 60_000);

  it('break no message: whom to watch, and what to say of oneself', async () => {
    await tryAll('presence.subscribe', (target) => ({ target }), 30);
    await tryAll('presence.setOwn', (note) => ({ activity: 'away', note }), 20);
    await tryAll('contact.save', (address) => ({ address, displayName: address, isWatched: true }), 30);
  }, 60_000);

  it('break no message: transfer and digits within a call', async () => {
    await connect();
    await tryAll('call.transfer', (target) => ({ callId: alice.callId, target }), 30);
    await tryAll('call.sendDtmf', (digits) => ({ callId: alice.callId, digits }), 20);
    await tryAll('call.addParticipant', (target) => ({ callId: alice.callId, target }), 20);
  }, 60_000);

  it('break no message: an account of which every word is hostile', async () => {
    const property = fc.asyncProperty(hostile, fc.nat(6), async (text, which) => {
      scenario.network.log.length = 0;
      const fields = ['displayName', 'username', 'authUsername', 'password', 'registrar', 'address', 'outboundProxies'];
      const field = fields[which] ?? 'displayName';
      const account = { id: 'hostile', address: 'sip:alice@10.0.0.66', password: 'x', registerExpiresSec: 60 };
      peer.respond = (request) =>
        peer.reply(request, 401, {
          headers: [['WWW-Authenticate', 'Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256']],
        });
      const saved = alice.ask('account.save', {
        ...account,
        [field]: field === 'outboundProxies' ? [text] : text,
      });
      await scenario.advance(300);
      const reply = await saved;
      if (!reply.ok) expect(reply.failure.code).not.toBe('internal');
      void alice.ask('call.dial', { target: 'sip:bob@10.0.0.66', accountId: 'hostile' });
      await scenario.advance(200);
      for (const { id } of alice.view.calls) await alice.do['call.hangUp']({ callId: id });
      await scenario.advance(100);
      expectCleanWire();
      const removed = alice.ask('account.remove', { accountId: 'hostile' });
      await scenario.advance(3000);
      await removed;
    });
    await fc.assert(property, { numRuns: 15, seed: 20_261_122 });
  }, 120_000);
});

describe('line breaks in what a peer says — RFC 3261 §7.3.1', () => {
  it('are escapes that stay escapes: a redirection, a Contact, a Refer-To', async () => {
    const targets = [
      'sip:b%0d%0aX-Injected:%20yes@10.0.0.67',
      'sip:b@10.0.0.67;x=%0d%0aX-Injected:%20yes',
      'sip:b@10.0.0.67?X-Injected=yes&Subject=%0d%0aX-Injected:%20yes',
    ];
    for (const target of targets) {
      scenario.network.log.length = 0;
      peer.respond = (request) =>
        request.method === 'ACK' || peer.reply(request, 302, { headers: [['Contact', `<${target}>`]] });
      await alice.dial('sip:peer@10.0.0.66');
      await scenario.advance(500);
      expect(expectCleanWire()).toBeGreaterThan(1);
      for (const { id, state } of alice.view.calls)
        if (state !== 'ended') await alice.do['call.hangUp']({ callId: id });
      await scenario.advance(500);
    }
  });

  it('do not get into the answers: names, tags and Call-IDs with odd characters', async () => {
    for (const name of ['"a\\"b"', '"a\\\\"', '"<>"']) {
      scenario.network.log.length = 0;
      const invite = requestOf({ method: 'INVITE', requestUri: 'sip:alice@10.0.0.1' });
      invite.headers.set('From', `${name} <sip:%0d%0aX-Injected@10.0.0.66>;tag=a%0d%0a`);
      invite.headers.set('Via', `SIP/2.0/UDP 10.0.0.66:5060;branch=z9hG4bK${name.length};rport`);
      invite.headers.set('Call-ID', `<>"/[]?{}${name.length}`);
      peer.send(invite, { address: '10.0.0.1', port: 5060 });
      await scenario.advance(200);
      if (alice.call?.state === 'ringing') await alice.do['call.reject']({ callId: alice.callId, statusCode: 486 });
      await scenario.advance(200);
      expect(expectCleanWire()).toBeGreaterThan(0);
    }
  });
});
