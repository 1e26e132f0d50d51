// A peer whose packets stay away: its phone has lost the network, and nobody says BYE.
import { afterEach, describe, expect, it } from 'vitest';
import { connectCall, liveCalls as live, openThreePhones, type ThreePhones } from '../support/connected-phones.ts';

let phones: ThreePhones;
afterEach(() => phones.scenario.close());

async function connectedThenSilent(silenceLimitSec: number | null): Promise<string> {
  phones = await openThreePhones({ alice: { calls: { silenceLimitSec } } });
  const { scenario, alice, bob } = phones;
  const callId = await connectCall(scenario, alice, bob);
  await scenario.advance(5000);
  scenario.mediaNetwork.isLost = () => true;
  return callId;
}

describe('a call from whose peer nothing comes any more', () => {
  it('is ended when the user wants that, and says why', async () => {
    await connectedThenSilent(10);
    const { scenario, alice, bob } = phones;

    await scenario.advance(8000);
    expect(live(alice)).toHaveLength(1);
    await scenario.advance(3500);

    expect(alice.call).toMatchObject({
      state: 'ended',
      end: { by: 'failure', reason: 'Nothing came from the other side for 10 seconds' },
    });
    expect(live(bob)).toEqual([]);
  });

  it('goes on by default', async () => {
    await connectedThenSilent(null);

    await phones.scenario.advance(120_000);

    expect(live(phones.alice)).toHaveLength(1);
  });

  it('goes on while either side holds it', async () => {
    const callId = await connectedThenSilent(10);
    const { scenario, alice, bob } = phones;

    await Promise.all([alice.do['call.hold']({ callId }), scenario.advance(30_000)]);
    expect(live(alice)).toHaveLength(1);
    scenario.mediaNetwork.isLost = () => false;
    await Promise.all([alice.do['call.resume']({ callId }), scenario.advance(2000)]);
    await Promise.all([bob.do['call.hold']({ callId: bob.callId }), scenario.advance(500)]);
    scenario.mediaNetwork.isLost = () => true;
    await scenario.advance(30_000);

    expect(live(alice)).toHaveLength(1);
  });
});
