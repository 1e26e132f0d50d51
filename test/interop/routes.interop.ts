// The way to a phone, with Kamailio: an edge proxy that adds Path, Service-Route, two flows, and two phones of one user.
import { describe, expect, it } from 'vitest';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { DOMAIN, pause, startServer, type LabServer } from '../support/lab.ts';
import { Relay } from '../support/relay.ts';
import { requireProgram, type SkippingContext } from '../support/requirements.ts';

const LOOPBACK = {
  sip: {
    listen: [
      { transport: 'udp', address: '127.0.0.1' },
      { transport: 'tcp', address: '127.0.0.1' },
    ],
  },
  media: { address: '127.0.0.1' },
};
const needServer = (context: SkippingContext) => requireProgram(context, 'kamailio', 'kamcmd', 'openssl');
const phoneOf = async (account: object, calls: object = {}): Promise<Daemon> => {
  const phone = await startDaemon({ config: { accounts: [account], ...LOOPBACK, calls } });
  await phone.registration('registered');
  return phone;
};
const ended = (phone: Daemon) =>
  phone.until('end of the call', () => [...phone.calls.values()].find(({ state }) => state === 'ended'));

describe('phones behind an edge proxy (RFC 3327 §5.1, RFC 3608 §5, RFC 3261 §16.6)', () => {
  for (const transport of ['udp', 'tcp'] as const) {
    it(`are called along their Path and call along the Service-Route, over ${transport}`, async (context) => {
      needServer(context);
      const edgePort = await freePort();
      const server = await startServer('--edge', String(edgePort), '--service-route');
      const edge = `127.0.0.1:${edgePort}`;
      const behind = (user: string) =>
        server.account(user, { transport, outboundProxies: [`sip:${edge};transport=${transport};lr`] });
      const [alice, bob] = await Promise.all([
        phoneOf(behind('alice')),
        phoneOf(behind('bob'), { autoAnswerAfterSec: 0 }),
      ]);
      expect((await alice.traced('REGISTER', 'outgoing')).at(-1)).toMatch(/^Supported:.*path/m);
      expect(await server.bindings()).toContain(edge);

      const callId = await alice.dial(`sip:bob@${DOMAIN}`);
      const { remote } = await bob.incoming('connected');
      expect(remote.address).toContain(`alice@${DOMAIN}`);
      const invite = (await alice.traced('INVITE', 'outgoing')).at(-1) ?? '';
      expect(invite).toContain(`sip:${server.address};lr`);
      // Both proxies put themselves in the way of what follows.
      const arrived = (await bob.traced('INVITE', 'incoming'))[0] ?? '';
      expect(arrived.match(/^Record-Route:/gm)?.length).toBeGreaterThanOrEqual(2);
      await alice.command('call.hangUp', { callId });
      await ended(bob);
      // The phone, the edge, the registrar and the edge again.
      expect((await bob.traced('BYE', 'incoming'))[0]?.match(/^Via:/gm)).toHaveLength(4);
      await Promise.all([alice.terminate(), bob.terminate()]);
      expect(await server.registered()).toEqual([]);
      await server.end();
    });
  }
});

describe('two phones of one user (RFC 3261 §16.7, RFC 3326 §2)', () => {
  it('ring together; where nobody answers the call is not missed', async (context) => {
    needServer(context);
    const server = await startServer();
    const [desk, pocket, alice] = await Promise.all([
      phoneOf(server.account('bob')),
      phoneOf(server.account('bob')),
      phoneOf(server.account('alice')),
    ]);
    const { callId } = await alice.command('call.dial', { target: `sip:bob@${DOMAIN}` });
    const [atDesk] = await Promise.all([desk.incoming('ringing'), pocket.incoming('ringing')]);
    await desk.command('call.answer', { callId: atDesk.id });
    await alice.call(callId, 'connected');
    await ended(pocket);
    const [cancel] = await pocket.traced('CANCEL', 'incoming');
    expect(cancel).toMatch(/^Reason: *SIP *;cause=200/m);
    const entry = await pocket.until('history', () => pocket.view?.history[0]);
    expect(entry.outcome).toBe('answeredElsewhere');
    await alice.command('call.hangUp', { callId });
    await ended(desk);
    await Promise.all([alice, desk, pocket].map((phone) => phone.terminate()));
    await server.end();
  });

  it('both stop when the caller gives up, and both have missed it', async (context) => {
    needServer(context);
    const server = await startServer();
    const [desk, pocket, alice] = await Promise.all([
      phoneOf(server.account('bob')),
      phoneOf(server.account('bob')),
      phoneOf(server.account('alice')),
    ]);
    const { callId } = await alice.command('call.dial', { target: `sip:bob@${DOMAIN}` });
    await Promise.all([desk.incoming('ringing'), pocket.incoming('ringing')]);
    await alice.command('call.hangUp', { callId });
    for (const phone of [desk, pocket]) {
      await ended(phone);
      const entry = await phone.until('history', () => phone.view?.history[0]);
      expect(entry.outcome).toBe('missed');
    }
    await Promise.all([alice, desk, pocket].map((phone) => phone.terminate()));
    await server.end();
  });
});

describe('a phone with two flows (RFC 5626 §4.2, §4.5)', () => {
  const flowsOf = async (server: LabServer) =>
    [...(await server.bindings()).matchAll(/Reg-Id: (\d+)/gi)].map(([, regId]) => regId).sort();

  it('is reached when one of them breaks, and opens it again', async (context) => {
    needServer(context);
    const server = await startServer();
    const [first, second] = await Promise.all([Relay.open(server.port), Relay.open(server.port)]);
    const through = ({ port }: Relay) => `sip:127.0.0.1:${port};transport=tcp;lr`;
    const bob = await phoneOf(
      server.account('bob', { transport: 'tcp', outboundProxies: [through(first), through(second)] }),
      { autoAnswerAfterSec: 0 },
    );
    for (let tries = 0; tries < 50 && (await flowsOf(server)).length < 2; tries++) await pause(100);
    expect(await flowsOf(server)).toEqual(['1', '2']);
    const before = (await bob.traced('REGISTER', 'outgoing')).length;
    first.cut();
    const alice = await phoneOf(server.account('alice'));
    const callId = await alice.dial(`sip:bob@${DOMAIN}`);
    await bob.incoming('connected');
    await alice.command('call.hangUp', { callId });
    await ended(bob);
    const registers = await bob.traced('REGISTER', 'outgoing');
    expect(registers.length).toBeGreaterThan(before);
    expect(registers.at(-1)).toContain('reg-id=1');
    expect(bob.view?.accounts[0]?.registration).toBe('registered');
    await alice.terminate();
    expect(await flowsOf(server)).toEqual(['1', '2']);
    await bob.terminate();
    for (const relay of [first, second]) relay.close();
    await server.end();
  });
});
