import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario } from '../support/scenario-phone.ts';

let scenario: Scenario;
beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

describe('keys of an account that sends them as sound — RFC 4733 §3.2', () => {
  it('offers no events, sends the keys in the voice, and the other phone hears each once', async () => {
    const account = { id: 'alice', address: 'sip:alice@10.0.0.1', register: false, codecs: ['PCMU'], dtmf: 'inband' };
    const alice = await scenario.phone('alice', { accounts: [account] });
    const bob = await scenario.phone('bob');
    let heard = '';
    bob.phone.onEvent((event) => {
      if (event.event === 'call.digitReceived') heard += event.digit;
    });
    await alice.dial(bob.address);
    await scenario.advance(200);
    await bob.do['call.answer']({ callId: bob.callId });
    await scenario.advance(500);

    const sending = alice.do['call.sendDtmf']({ callId: alice.callId, digits: '4711#' });
    await scenario.advance(2000);

    expect(alice.call?.media.dtmf).toBe('inband');
    expect(await sending).toMatchObject({ ok: true });
    expect(heard).toBe('4711#');
  });
});
