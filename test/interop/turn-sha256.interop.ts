// Who asks a relay proves it by SHA-256: a relay on a real socket whose codec and proofs others have written. RFC 8489 §9.2.4, §9.2.5, §18.5.1.
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { RELAY_USER } from '../support/coturn.ts';
import { temporaryFolder } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { leaveLab } from '../support/lab.ts';
import { phoneAt } from '../support/phone-place.ts';
import { Sha256Relay, type Sha256RelayOptions } from '../support/sha256-relay.ts';

afterEach(leaveLab);

interface Offered {
  readonly relay: Sha256Relay;
  readonly offer: string;
}

/** What a phone with an account at such a relay offers. */
async function offeredWith(options: Sha256RelayOptions, account: object = RELAY_USER): Promise<Offered> {
  const relay = await Sha256Relay.open(options);
  const at = { address: '127.0.0.1', name: undefined };
  const port = await freePort();
  const folder = temporaryFolder('heard');
  const heard = (user: string): string => join(folder, `${user}.wav`);
  const turnServer = `turn:127.0.0.1:${relay.port}`;
  const bob = await phoneAt({ user: 'bob', at, port, account: { turnServer, ...account }, heard: heard('bob') });
  const alice = await phoneAt({ user: 'alice', at, port: port + 2, account: {}, heard: heard('alice') });
  await bob.dial(`sip:alice@127.0.0.1:${port + 2}`);
  await alice.incoming('connected');
  const [offer = ''] = await bob.traced('INVITE', 'outgoing');
  relay.close();
  return { relay, offer };
}

describe('a relay that lists its algorithms (RFC 8489 §9.2.4)', () => {
  it.each([
    { what: 'SHA-256 before MD5', algorithms: [2, 1], features: 'gAAA' },
    { what: 'MD5 before SHA-256', algorithms: [1, 2], features: 'gAAA' },
    { what: 'SHA-256, and knows names by their hash', algorithms: [2], features: 'wAAA' },
  ] as const)('gives its places where it has $what', async (options) => {
    const { relay, offer } = await offeredWith(options);

    expect(relay.complaints).toEqual([]);
    expect(relay.given).toBeGreaterThan(0);
    expect(offer).toMatch(/ 127\.0\.0\.1 5000\d typ relay/);
  });

  it('gives none to who knows another password', async () => {
    const { relay, offer } = await offeredWith(
      { algorithms: [2], features: 'gAAA' },
      { ...RELAY_USER, turnPassword: 'x' },
    );

    expect(relay.complaints).toContain('a wrong proof');
    expect([relay.given, offer.includes('typ relay')]).toEqual([0, false]);
  });

  it('is not answered when its list was taken away on the way (§9.2.5)', async () => {
    const { relay, offer } = await offeredWith({ algorithms: [2], features: 'gAAA', isListHidden: true });

    expect(relay.complaints).toEqual([]);
    expect([relay.given, offer.includes('typ relay'), offer.includes('typ host')]).toEqual([0, false, true]);
  });
});
