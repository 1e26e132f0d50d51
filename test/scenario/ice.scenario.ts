// Calls whose sound looks for its way: hold, another network, a peer that vanishes for a while, and phones that do not take part.
// RFC 8839 §4, §4.4.1.1.1, §4.4.1.2.2, §4.4.2, RFC 8445 §9, RFC 7675 §5.1
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Scenario, type ScenarioPhone } from '../support/scenario-phone.ts';

let scenario: Scenario;
beforeEach(() => {
  scenario = new Scenario();
});
afterEach(() => scenario.close());

const address = { alice: 'sip:alice@10.0.0.1', bob: 'sip:bob@10.0.0.2' } as const;

function phone(user: 'alice' | 'bob', ice: boolean): Promise<ScenarioPhone> {
  return scenario.phone(user, { accounts: [{ address: address[user], register: false, codecs: ['PCMU'], ice }] });
}

async function call(hasAlice: boolean, hasBob: boolean): Promise<readonly [ScenarioPhone, ScenarioPhone]> {
  const [alice, bob] = [await phone('alice', hasAlice), await phone('bob', hasBob)];
  await alice.dial(bob.address);
  await scenario.advance(300);
  await bob.do['call.answer']({ callId: bob.callId });
  await scenario.advance(2500);
  return [alice, bob];
}

const statisticsOf = (of: ScenarioPhone) => of.phone.getCall(of.callId)?.statistics;
const received = (of: ScenarioPhone): number => statisticsOf(of)?.receivedPackets ?? 0;
const names = (): readonly string[] => [
  ...new Set(
    scenario.network.texts().flatMap((text) => [...text.matchAll(/a=ice-ufrag:(\S+)/g)].map(([, name]) => name ?? '')),
  ),
];

/** Both hear the other in the next two seconds. */
async function expectSound(...phones: readonly ScenarioPhone[]): Promise<void> {
  const before = phones.map(received);
  await scenario.advance(2000);
  for (const [at, each] of phones.entries()) expect(received(each) - (before[at] ?? 0)).toBeGreaterThan(40);
}

describe('a call whose sound looks for its way (RFC 8839 §4)', () => {
  it('finds it, and keeps it through hold', async () => {
    const [alice, bob] = await call(true, true);
    const found = { state: 'completed', localKind: 'host', remoteKind: 'host' };
    expect([statisticsOf(alice)?.ice, statisticsOf(bob)?.ice]).toEqual([found, found]);
    await expectSound(alice, bob);
    const before = names();
    expect(before).toHaveLength(2);
    await Promise.all([bob.do['call.hold']({ callId: bob.callId }), scenario.advance(1000)]);
    await Promise.all([bob.do['call.resume']({ callId: bob.callId }), scenario.advance(1000)]);

    await expectSound(alice, bob);
    expect(names()).toEqual(before);
  });

  it('says only that way in later offers and answers, and who controls where it ends (§4.4.1.2.2, §4.4.2)', async () => {
    const [alice, bob] = await call(true, true);
    expect(scenario.network.texts().join('')).not.toContain('remote-candidates');
    const said: string[] = [];
    for (const holder of [alice, bob]) {
      const before = scenario.network.texts().length;
      await Promise.all([holder.do['call.hold']({ callId: holder.callId }), scenario.advance(1000)]);
      await Promise.all([holder.do['call.resume']({ callId: holder.callId }), scenario.advance(1000)]);
      said.push(...scenario.network.texts().slice(before));
    }

    const descriptions = said.filter((text) => text.includes('m=audio'));
    expect(descriptions).toHaveLength(8);
    for (const text of descriptions) expect(text.match(/a=candidate:/g)).toHaveLength(1);
    const ends = descriptions.filter((text) => text.includes('a=remote-candidates:'));
    expect(ends).toHaveLength(2);
    for (const text of ends) expect(text).toMatch(/^INVITE sip:bob@.*a=remote-candidates:1 10\.0\.0\.2 402\d\d\r\n/s);
    await expectSound(alice, bob);
  });

  it('looks again when the network has changed (§4.4.1.1.1)', async () => {
    const [alice, bob] = await call(true, true);
    await alice.ask('phone.networkChanged', {});
    await scenario.advance(6000);

    expect(names()).toHaveLength(4);
    expect(statisticsOf(alice)?.ice?.state).toBe('completed');
    await expectSound(alice, bob);
  });

  it('looks again when the peer has not answered for thirty seconds (RFC 7675 §5.1, RFC 8445 §9)', async () => {
    const [alice, bob] = await call(true, true);
    scenario.mediaNetwork.isLost = () => true;
    await scenario.advance(37_000);
    expect(names()).toHaveLength(4);
    scenario.mediaNetwork.isLost = () => false;
    await scenario.advance(10_000);

    expect([statisticsOf(alice)?.ice?.state, statisticsOf(bob)?.ice?.state]).toEqual(['completed', 'completed']);
    await expectSound(alice, bob);
  });

  it.each([
    [true, false],
    [false, true],
  ])('goes where signalling says when only one looks (caller %s, callee %s)', async (caller, callee) => {
    const [alice, bob] = await call(caller, callee);

    expect(statisticsOf(alice)?.ice ?? statisticsOf(bob)?.ice).toBeUndefined();
    await expectSound(alice, bob);
  });

  it('is not spoken of where the account says no', async () => {
    await call(false, false);
    expect(scenario.network.texts().join('')).not.toMatch(/a=(?:ice|candidate)/);
  });
});
