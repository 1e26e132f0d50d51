// Encrypted calls between two phones: every pair of settings, hold, and the reasons that people read. RFC 4568 §7.1, RFC 3711 §3.3, RFC 5763 §5.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

type Setting = 'off' | 'optional' | 'required' | 'dtls';

let scenario: Scenario;
beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

const address = { alice: 'sip:alice@10.0.0.1', bob: 'sip:bob@10.0.0.2' } as const;

function phone(user: 'alice' | 'bob', srtp: Setting): Promise<ScenarioPhone> {
  return scenario.phone(user, { accounts: [{ address: address[user], register: false, codecs: ['PCMU'], srtp }] });
}

async function call(caller: ScenarioPhone, callee: ScenarioPhone): Promise<void> {
  await caller.dial(callee.address);
  await scenario.advance(300);
  if (callee.view.calls.length > 0) await callee.do['call.answer']({ callId: callee.callId });
  await scenario.advance(2500);
}

const received = (of: ScenarioPhone): number => of.phone.getCall(of.callId)?.statistics?.receivedPackets ?? 0;

describe('a call between two phones with keys — RFC 4568 §7.1', () => {
  it.each([
    ['off', 'off', null, undefined],
    ['off', 'optional', null, undefined],
    ['optional', 'off', null, undefined],
    ['required', 'optional', 'AEAD_AES_256_GCM', false],
    ['required', 'required', 'AEAD_AES_256_GCM', false],
    ['optional', 'optional', 'AEAD_AES_256_GCM', true],
    ['optional', 'required', 'AEAD_AES_256_GCM', true],
    ['optional', 'dtls', 'AEAD_AES_256_GCM', true],
    ['dtls', 'optional', 'AEAD_AES_256_GCM', true],
    ['dtls', 'required', 'AEAD_AES_256_GCM', true],
    ['dtls', 'dtls', 'AEAD_AES_256_GCM', true],
  ] as const)('%s calls %s: sound both ways, protected by %s', async (one, other, suite, areKeysProtected) => {
    const [alice, bob] = [await phone('alice', one), await phone('bob', other)];
    await call(alice, bob);
    for (const side of [alice, bob]) {
      expect(side.call).toMatchObject({ state: 'connected', media: { srtp: suite } });
      expect(received(side)).toBeGreaterThan(50);
      const { srtp } = side.phone.getCall(side.callId)?.statistics ?? {};
      expect(srtp).toEqual(suite === null ? undefined : { unauthenticatedPackets: 0, replayedPackets: 0 });
    }
    // RFC 4568 §7: over UDP the keys can be read on the way, and the view says so; RFC 5763 §5: those of a handshake cannot.
    expect(alice.call?.media.areSrtpKeysProtected).toBe(areKeysProtected);
  });

  it.each([
    ['off', 'required', /encrypted calls only/],
    ['required', 'off', /encryption is off/],
    ['dtls', 'off', /encryption is off/],
    ['off', 'dtls', /no certificate/],
    ['required', 'dtls', /no certificate/],
  ] as const)('%s calls %s: refused, and the caller reads why', async (one, other, words) => {
    const [alice, bob] = [await phone('alice', one), await phone('bob', other)];
    await alice.dial(bob.address);
    await scenario.advance(500);
    expect(bob.view.calls).toEqual([]);
    expect(alice.call).toMatchObject({ state: 'ended', end: { statusCode: 488 } });
    expect(alice.call?.end?.reason).toMatch(words);
  });

  it.each(['required', 'dtls'] as const)('%s goes on under the same keys through hold and resume', async (srtp) => {
    const [alice, bob] = [await phone('alice', srtp), await phone('bob', srtp)];
    await call(alice, bob);
    const held = alice.do['call.hold']({ callId: alice.callId });
    await scenario.advance(1000);
    await held;
    const resumed = alice.do['call.resume']({ callId: alice.callId });
    await scenario.advance(500);
    await resumed;
    const before = [received(alice), received(bob)];
    await scenario.advance(3000);
    for (const [at, side] of [alice, bob].entries()) {
      expect(received(side)).toBeGreaterThan((before[at] ?? 0) + 50);
      expect(side.phone.getCall(side.callId)?.statistics?.srtp?.unauthenticatedPackets).toBe(0);
    }
  });
});
