import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';
import { RawPeer } from '../support/sip-agent.ts';

let scenario: Scenario;

beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

async function send(from: ScenarioPhone, to: ScenarioPhone, text: string) {
  const sending = from.ask('text.send', { target: to.address, text });
  await scenario.advance(300);
  return sending;
}

let strangers = 0;

/** A MESSAGE from nowhere to bob's phone. */
async function message(body: string, type = 'text/plain', user = 'bob'): Promise<number | undefined> {
  const peer = await RawPeer.open(scenario.network, `10.0.1.${++strangers}`);
  const lines = [
    `MESSAGE sip:${user}@10.0.0.2 SIP/2.0`,
    `Via: SIP/2.0/UDP 10.0.1.${strangers}:5060;branch=z9hG4bKmsg1;rport`,
    'Max-Forwards: 70',
    'From: "Ann" <sip:ann@10.0.0.99>;tag=m',
    `To: <sip:${user}@10.0.0.2>`,
    `Call-ID: message-${strangers}`,
    'CSeq: 1 MESSAGE',
    `Content-Type: ${type}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  peer.sendBytes(Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`), { address: '10.0.0.2', port: 5060 });
  await scenario.advance(300);
  return peer.responses('MESSAGE')[0]?.statusCode;
}

describe('a text — RFC 3428 §7', () => {
  it('arrives, is unread until it is read, and is kept at both ends', async () => {
    const alice = await scenario.phone('alice');
    const bob = await scenario.phone('bob');

    expect(await send(alice, bob, 'Hello <b>Bob</b>\nsecond line')).toMatchObject({ ok: true });
    expect(alice.view.texts).toMatchObject([
      { direction: 'outgoing', status: 'sent', remote: { address: bob.address } },
    ]);
    expect(bob.view.texts).toMatchObject([
      { direction: 'incoming', text: 'Hello <b>Bob</b>\nsecond line', isRead: false },
    ]);
    expect(bob.view.conversations).toMatchObject([{ address: alice.address, unreadCount: 1 }]);

    await bob.ask('text.markRead', { address: alice.address });
    expect(bob.view.conversations).toMatchObject([{ unreadCount: 0 }]);
    expect(await bob.ask('text.list', { address: alice.address })).toMatchObject({ value: [{ isRead: true }] });
    await bob.ask('text.deleteConversation', { address: alice.address });
    expect(bob.view.conversations).toEqual([]);
  });

  it('says in words why it could not be sent — RFC 3428 §8', async () => {
    const alice = await scenario.phone('alice');
    await scenario.phone('bob');

    expect(await alice.ask('text.send', { target: 'sip:bob@10.0.0.2', text: ' ' })).toMatchObject({ ok: false });
    expect(await alice.ask('text.send', { target: 'sip:bob@10.0.0.2', text: 'x'.repeat(1200) })).toMatchObject({
      failure: { code: 'rejected', message: expect.stringContaining('too long') as string },
    });
    const refused = alice.ask('text.send', { target: 'sip:nobody@10.0.0.2', text: 'x' });
    await scenario.advance(300);
    expect(await refused).toMatchObject({ failure: { message: 'The text was not taken (404).' } });
    expect(alice.view.texts).toMatchObject([{ status: 'failed' }]);
  });

  it('is refused when it is no text, too large, broken, or for nobody here', async () => {
    await scenario.phone('alice');
    const bob = await scenario.phone('bob');

    expect(await message('<html/>', 'text/html')).toBe(415);
    expect(await message('x', 'message/cpim')).toBe(400);
    expect(await message('x'.repeat(20_000))).toBe(413);
    expect(await message('x', 'text/plain', 'nobody')).toBe(404);
    expect(await message('a\u0007b')).toBe(200);
    expect(bob.view.texts).toMatchObject([
      { text: 'ab', remote: { displayName: 'Ann', address: 'sip:ann@10.0.0.99' } },
    ]);
  });

  it('is taken within a call as well', async () => {
    const alice = await scenario.phone('alice');
    const bob = await scenario.phone('bob');
    await alice.dial(bob.address);
    await scenario.advance(200);
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(300);

    await send(alice, bob, 'while we talk');

    expect(bob.view.texts).toMatchObject([{ text: 'while we talk' }]);
  });

  it('stops taking texts from a flood', async () => {
    const alice = await scenario.phone('alice');
    const bob = await scenario.phone('bob');
    const sent = Array.from({ length: 70 }, (_, i) => alice.ask('text.send', { target: bob.address, text: `${i}` }));
    await scenario.advance(2000);

    const replies = (await Promise.all(sent)) as { ok: boolean }[];
    expect(replies.filter(({ ok }) => !ok)).toHaveLength(10);
    expect(bob.view.texts).toHaveLength(60);
  });
});

describe('what becomes of a text — RFC 5438 §6.1, §6.1.1', () => {
  const texts = { sendDelivered: true, sendDisplayed: true, requestReports: true, sendComposing: true };

  it('is told when it has come and when it is read', async () => {
    const alice = await scenario.phone('alice', { texts });
    const bob = await scenario.phone('bob', { texts });
    await send(alice, bob, 'Hi');
    await scenario.advance(300);
    expect(bob.view.texts).toMatchObject([{ text: 'Hi' }]);
    expect(alice.view.texts).toMatchObject([{ status: 'delivered' }]);

    await bob.ask('text.markRead', { address: alice.address });
    await scenario.advance(300);
    expect(alice.view.texts).toMatchObject([{ status: 'displayed' }]);
  });

  it('is not told to those who may not know', async () => {
    const alice = await scenario.phone('alice', { texts });
    const bob = await scenario.phone('bob');
    await send(alice, bob, 'Hi');
    await bob.ask('text.markRead', { address: alice.address });
    await scenario.advance(300);

    expect(alice.view.texts).toMatchObject([{ status: 'sent' }]);
  });

  it('shows that somebody writes, until they stop or fall silent — RFC 3994 §3.2', async () => {
    const alice = await scenario.phone('alice', { texts });
    const bob = await scenario.phone('bob', { texts });
    await send(alice, bob, 'Hi');
    const composing = (isComposing: boolean) => alice.ask('text.setComposing', { target: bob.address, isComposing });
    void composing(true);
    await scenario.advance(300);
    expect(bob.view.conversations).toMatchObject([{ isComposing: true }]);

    await scenario.advance(61_000);
    expect(bob.view.conversations).toMatchObject([{ isComposing: false }]);
  });
});
