// Registration and calls with Kamailio as registrar and proxy.
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon } from '../support/daemon.ts';
import { DOMAIN, startServer, type LabServer } from '../support/lab.ts';
import { hasProgram, requireProgram, type SkippingContext } from '../support/requirements.ts';

const LOOPBACK = {
  sip: {
    listen: [
      { transport: 'udp', address: '127.0.0.1' },
      { transport: 'tcp', address: '127.0.0.1' },
    ],
  },
  media: { address: '127.0.0.1' },
};
const PROGRAMS = ['kamailio', 'kamcmd', 'openssl'] as const;

let server: LabServer;
const needServer = (context: SkippingContext) => requireProgram(context, ...PROGRAMS);
const phoneOf = (...accounts: readonly object[]) => startDaemon({ config: { accounts, ...LOOPBACK } });

beforeAll(async () => {
  if (PROGRAMS.every(hasProgram)) server = await startServer();
});
describe('registration at Kamailio (RFC 3261 §10.2)', () => {
  for (const transport of ['udp', 'tcp']) {
    it(`registers over ${transport} with an MD5 digest, and is gone from the registrar after SIGTERM`, async (context) => {
      needServer(context);
      const phone = await phoneOf(server.account('alice', { transport }));
      const account = await phone.registration('registered');
      expect(account.expiresAtMs).toBeGreaterThan(Date.now());
      expect(await server.registered()).toEqual(['alice']);
      const requests = await phone.traced('REGISTER', 'outgoing');
      expect(requests).toHaveLength(2);
      expect(requests[1]).toContain(`SIP/2.0/${transport.toUpperCase()} `);
      const end = await phone.terminate();
      expect(end.code).toBe(0);
      expect(end.tookMs).toBeLessThan(5000);
      expect(await server.registered()).toEqual([]);
    });
  }

  it('answers a SHA-256 challenge (RFC 8760 §2.4)', async (context) => {
    needServer(context);
    const modern = await startServer('--sha256');
    const phone = await phoneOf(modern.account('alice'));
    await phone.registration('registered');
    const [challenge] = await phone.traced('SIP/2.0 401', 'incoming');
    expect(challenge).toMatch(/algorithm="?SHA-256/);
    expect(await modern.registered()).toEqual(['alice']);
    await phone.terminate();
    await modern.end();
  });

  it('refreshes a binding before the time that the registrar granted is over (RFC 3261 §10.2.4)', async (context) => {
    needServer(context);
    const phone = await phoneOf(server.account('carol', { registerExpiresSec: 30 }));
    const first = await phone.registration('registered');
    const grantedUntilMs = first.expiresAtMs ?? 0;
    const second = await phone.until(
      'a later end of the binding',
      () => phone.view?.accounts.find(({ expiresAtMs = 0 }) => expiresAtMs > grantedUntilMs),
      35_000,
    );
    expect(Date.now()).toBeLessThan(grantedUntilMs);
    expect(second.registration).toBe('registered');
    await phone.terminate();
  });

  it('fails with the status code and does not try again with a wrong password (RFC 3261 §22.1)', async (context) => {
    needServer(context);
    const phone = await phoneOf(server.account('dave', { password: 'wrong' }));
    const account = await phone.registration('failed');
    expect([401, 403]).toContain(account.statusCode);
    const sentAtFirst = (await phone.traced('REGISTER', 'outgoing')).length;
    // Long enough for a loop to show: each round takes a millisecond or two on this network.
    await phone.until('nothing', () => undefined, 1500).catch(() => undefined);
    expect((await phone.traced('REGISTER', 'outgoing')).length).toBe(sentAtFirst);
    expect(sentAtFirst).toBeLessThanOrEqual(3);
    await phone.terminate();
  });
});

describe('calls through Kamailio (RFC 3261 §13.2, §22.3)', () => {
  it('answers the 407 of the proxy and reaches another phone', async (context) => {
    needServer(context);
    const bob = await startDaemon({
      config: { accounts: [server.account('bob')], ...LOOPBACK, calls: { autoAnswerAfterSec: 0 } },
    });
    const alice = await phoneOf(server.account('alice'));
    await Promise.all([bob.registration('registered'), alice.registration('registered')]);
    const callId = await alice.dial(`sip:bob@${DOMAIN}`);
    const { remote } = await bob.incoming('connected');
    expect(remote.address).toContain(`alice@${DOMAIN}`);
    const invites = await alice.traced('INVITE', 'outgoing');
    expect(invites).toHaveLength(2);
    expect(invites[1]).toContain('Proxy-Authorization: Digest');
    await alice.command('call.hangUp', { callId });
    await bob.until('end of the call', () => [...bob.calls.values()].find(({ state }) => state === 'ended'));
    await Promise.all([alice.terminate(), bob.terminate()]);
  });

  it('tells why a call was refused', async (context) => {
    needServer(context);
    const phone = await phoneOf(server.account('alice'));
    await phone.registration('registered');
    for (const [user, statusCode] of [
      ['status-486', 486],
      ['status-404', 404],
      ['nobody', 404],
      ['status-603', 603],
    ] as const) {
      const call = await phone.call(await phone.dial(`sip:${user}@${DOMAIN}`, 'ended'), 'ended');
      expect(call.end).toMatchObject({ by: 'remote', statusCode });
      expect(call.end?.reason).not.toBe('');
    }
    await phone.terminate();
  });

  it('follows a 302 (RFC 3261 §8.1.3.4)', async (context) => {
    needServer(context);
    const bob = await startDaemon({
      config: { accounts: [server.account('bob')], ...LOOPBACK, calls: { autoAnswerAfterSec: 0 } },
    });
    const alice = await phoneOf(server.account('alice'));
    await Promise.all([bob.registration('registered'), alice.registration('registered')]);
    await alice.dial(`sip:status-302@${DOMAIN}`);
    await bob.incoming('connected');
    await Promise.all([alice.terminate(), bob.terminate()]);
  });

  it('gives up a call that only rings with a CANCEL (RFC 3261 §9.1)', async (context) => {
    needServer(context);
    const phone = await phoneOf(server.account('alice'));
    await phone.registration('registered');
    const callId = await phone.dial(`sip:ringing@${DOMAIN}`, 'ringing');
    await phone.command('call.hangUp', { callId });
    const { end } = await phone.call(callId, 'ended');
    expect(end?.by).toBe('local');
    expect(await phone.traced('CANCEL', 'outgoing')).toHaveLength(1);
    await phone.terminate();
  });
});
