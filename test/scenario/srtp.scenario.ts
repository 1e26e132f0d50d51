// Encrypted calls between two phones: every pair of settings, hold, and the reasons that people read. RFC 4568 §7.1, RFC 3711 §3.3.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

type Setting = 'off' | 'optional' | 'required';

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
    ['off', 'off', null],
    ['off', 'optional', null],
    ['optional', 'off', null],
    ['optional', 'optional', 'AEAD_AES_256_GCM'],
    ['optional', 'required', 'AEAD_AES_256_GCM'],
    ['required', 'optional', 'AEAD_AES_256_GCM'],
    ['required', 'required', 'AEAD_AES_256_GCM'],
  ] as const)('%s calls %s: sound both ways, protected by %s', async (one, other, suite) => {
    const [alice, bob] = [await phone('alice', one), await phone('bob', other)];
    await call(alice, bob);
    for (const side of [alice, bob]) {
      expect(side.call).toMatchObject({ state: 'connected', media: { srtp: suite } });
      expect(received(side)).toBeGreaterThan(50);
      const { srtp } = side.phone.getCall(side.callId)?.statistics ?? {};
      expect(srtp).toEqual(suite === null ? undefined : { unauthenticatedPackets: 0, replayedPackets: 0 });
    }
    // RFC 4568 §7: over UDP the keys can be read on the way, and the view says so.
    expect(alice.call?.media.areSrtpKeysProtected).toBe(suite === null ? undefined : false);
  });

  it.each([
    ['off', 'required', /encrypted calls only/],
    ['required', 'off', /encryption is off/],
  ] as const)('%s calls %s: refused, and the caller reads why', async (one, other, words) => {
    const [alice, bob] = [await phone('alice', one), await phone('bob', other)];
    await alice.dial(bob.address);
    await scenario.advance(500);
    expect(bob.view.calls).toEqual([]);
    expect(alice.call).toMatchObject({ state: 'ended', end: { statusCode: 488 } });
    expect(alice.call?.end?.reason).toMatch(words);
  });

  it('goes on under the same keys through hold and resume', async () => {
    const [alice, bob] = [await phone('alice', 'required'), await phone('bob', 'required')];
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
