// How long the sound waits for packets that are late: as the user has set it.
import { describe, expect, it } from 'vitest';
import { checkWith, configFileSchema } from '../../src-shared/contract/index.ts';
import { connectCall, openThreePhones } from '../support/connected-phones.ts';

/** Alice's buffer after ten seconds on a line where a packet of 100 is 55 ms late, three are 35 ms, and the others are not. */
async function targetMs(jitter: object): Promise<number> {
  const media = { address: '10.0.0.1', portRange: [40_100, 40_199], jitter };
  const { scenario, alice, bob } = await openThreePhones({ alice: { media } });
  let count = 0;
  scenario.mediaNetwork.delayMs = () => {
    const place = ++count % 100;
    if (place === 0) return 56;
    return [25, 50, 75].includes(place) ? 36 : 1;
  };
  let latestMs = NaN;
  alice.phone.onEvent((event) => {
    if (event.event === 'call.qualitySampled') latestMs = event.quality.bufferTargetMs;
  });
  await connectCall(scenario, alice, bob);
  await scenario.advance(10_000);
  await scenario.close();
  return latestMs;
}

describe('the patience of the sound', () => {
  it('is chosen: 95 percent in time need less delay than 99', async () => {
    const hastyMs = await targetMs({ percentile: 95 });
    const patientMs = await targetMs({ percentile: 99 });

    expect(hastyMs).toBeLessThan(30);
    expect(patientMs).toBeGreaterThan(hastyMs + 15);
  });

  it('has a lower bound', async () => {
    expect(await targetMs({ minimumMs: 150 })).toBeGreaterThanOrEqual(150);
  });

  it.each([
    [{ percentile: 50 }, 'percentile'],
    [{ minimumMs: 500 }, 'minimumMs'],
  ])('is refused beyond what makes sense, with the key that is wrong: %o', (jitter, key) => {
    const checked = checkWith(configFileSchema, { accounts: [], media: { jitter } });

    expect(checked).toMatchObject({ ok: false, message: expect.stringContaining(key) as string });
  });
});
