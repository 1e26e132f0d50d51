// Accounts that have a listening port for themselves, beside one that shares the phone's. RFC 3261 §18.1.1, §18.2.1, §8.2.2.1.
import { expect } from 'vitest';
import { until, type Lab } from './lab.ts';
import { rowsOf } from './row.ts';
import { sdpOffer, WireDialog } from './wire-dialog.ts';
import type { WireMessage } from './wire-message.ts';
import { LOOPBACK, type Transport, type WirePeer } from './wire-peer.ts';

interface Line {
  readonly id: string;
  readonly server: WirePeer;
  readonly register: WireMessage;
}

const CODECS = { codecs: ['PCMU'], messageWaiting: 'off', password: 'pw' };
const suffixOf = (transport: Transport): string => (transport === 'tcp' ? ';transport=tcp' : '');

/** The first port that `account` has for itself, or one that all share. */
function portOf(lab: Lab, accountId: string | undefined, transport: Transport = 'udp'): number {
  const isIt = (place: { readonly transport: string; readonly accountId?: string }): boolean =>
    place.transport === transport && place.accountId === accountId;
  const place = lab.phone.listen.find(isIt);
  if (!place) throw new Error(`no ${transport} port of ${accountId ?? 'all'}`);
  return place.port;
}

const viewOf = (lab: Lab, id: string) => lab.phone.getView().accounts.find((account) => account.id === id);
const contactPort = (message: WireMessage): number =>
  Number(/:(\d+)/.exec(message.uri('Contact').split('@')[1] ?? '')?.[1]);
const viaPort = (message: WireMessage): number => Number(/:(\d+)/.exec(message.header('Via').split(';')[0] ?? '')?.[1]);

/** An account at a server of its own; each of `ids` and what its account says beside the usual. */
async function registered(
  lab: Lab,
  accounts: Readonly<Record<string, object>>,
  transport: Transport = 'udp',
): Promise<readonly Line[]> {
  const servers = await Promise.all(Object.keys(accounts).map(() => lab.peer(transport)));
  const [first, ...others] = Object.entries(accounts).map(([id, more], index) => {
    const port = servers[index]?.port ?? 0;
    return {
      ...{ id, address: `sip:${id}@${LOOPBACK}:${port}`, register: true, transport, ...CODECS },
      ...more,
    };
  });
  const opening = lab.open({ ...(first && { account: first }), others });
  const lines = await Promise.all(
    Object.keys(accounts).map(async (id, index): Promise<Line> => {
      const server = servers[index];
      if (!server) throw new Error('no server');
      const register = await server.request('REGISTER');
      await bind(server, register, id);
      return { id, server, register };
    }),
  );
  await opening;
  await until(() => lab.phone.getView().accounts.every(({ registration }) => registration === 'registered'));
  return lines;
}

/** Answers a REGISTER. */
async function bind(server: WirePeer, register: WireMessage, id: string): Promise<void> {
  const address = `sip:${id}@${LOOPBACK}:${server.port}`;
  const Contact = `${register.header('Contact').replace(/;expires=\d+/, '')};expires=300`;
  await new WireDialog(server, address, address).respond(register, 200, { headers: { Contact } });
}

const THREE = { bob: { listenPort: 0 }, eve: { listenPort: 0 }, dan: {} };

export const OWN_PORTS = rowsOf('registration', 'OP', [
  [
    'RFC 3261 §18.1.1',
    'two accounts with ports of their own and one without',
    'each registers from its own port and names it in Via and Contact, the third those of the phone',
    async (lab) => {
      const lines = await registered(lab, THREE);
      const expected = [portOf(lab, 'bob'), portOf(lab, 'eve'), portOf(lab, undefined)];
      expect(new Set(expected).size).toBe(3);
      expect(lines.map(({ register }) => contactPort(register))).toEqual(expected);
      expect(lines.map(({ register }) => viaPort(register))).toEqual(expected);
      expect(lines.map(({ server }) => server.remotePort)).toEqual(expected);
    },
  ],
  [
    'RFC 3261 §18.2.1',
    'calls to the ports of the three',
    'each comes to its account, and its 180 goes from that port',
    async (lab) => {
      for (const { id, server, register } of await registered(lab, THREE)) {
        const caller = new WireDialog(server, `sip:carol@${LOOPBACK}:${server.port}`, register.uri('Contact'));
        await caller.invite();
        const ringing = await server.response(180);
        expect(lab.call.accountId).toBe(id);
        expect(contactPort(ringing)).toBe(contactPort(register));
        expect(server.remotePort).toBe(contactPort(register));
      }
    },
  ],
  [
    'RFC 3261 §8.2.2.1',
    "a call for one account at another's own port",
    '404, and it does not ring',
    async (lab) => {
      const [, eve] = await registered(lab, THREE);
      const target = `sip:dan@${LOOPBACK}:${portOf(lab, 'eve')}`;
      const server = eve?.server;
      if (!server) throw new Error('eve has no server');
      const caller = new WireDialog(server, `sip:carol@${LOOPBACK}:${server.port}`, target);
      await caller.invite();
      expect((await server.final('INVITE')).status).toBe(404);
      expect(lab.phone.getView().calls).toEqual([]);
    },
  ],
  [
    'RFC 3261 §18.1.1',
    'an account with a port of its own calls and hangs up',
    'INVITE, ACK and BYE go from that port',
    async (lab) => {
      await registered(lab, THREE);
      const callee = await lab.peer();
      const from: number[] = [];
      await lab.do('call.dial', { target: `sip:carol@${LOOPBACK}:${callee.port}`, accountId: 'eve' });
      const invite = await callee.request('INVITE');
      from.push(callee.remotePort, contactPort(invite), viaPort(invite));
      const dialog = WireDialog.of(callee, invite);
      await dialog.respond(invite, 200, { body: sdpOffer() });
      await callee.request('ACK');
      from.push(callee.remotePort);
      await lab.hangUp();
      const bye = await callee.request('BYE');
      from.push(callee.remotePort, viaPort(bye));
      await dialog.respond(bye, 200);
      expect(new Set(from)).toEqual(new Set([portOf(lab, 'eve')]));
    },
  ],
  [
    'RFC 3261 §18.2.1',
    'the same over TCP',
    'Via and Contact name the own port, and a connection to it brings the account a call',
    async (lab) => {
      const [bob, eve] = await registered(lab, { bob: { listenPort: 0 }, eve: {} }, 'tcp');
      if (!bob || !eve) throw new Error('no accounts');
      const own = portOf(lab, 'bob', 'tcp');
      expect([contactPort(bob.register), viaPort(bob.register)]).toEqual([own, own]);
      expect(contactPort(eve.register)).toBe(portOf(lab, undefined, 'tcp'));
      const peer = await lab.peer('tcp', own);
      const from = `sip:carol@${LOOPBACK}:${peer.port}${suffixOf('tcp')}`;
      await new WireDialog(peer, from, `sip:bob@${LOOPBACK}:${own}`).invite();
      await peer.response(180);
      expect(lab.call.accountId).toBe('bob');
    },
  ],
  [
    'RFC 3261 §18.4',
    'the port of one account is taken by another program, and is free later',
    'that account says so and the other is registered; later it registers from there',
    async (lab) => {
      const thief = await lab.peer();
      const { port } = thief;
      const [bobs, eves] = [await lab.peer(), await lab.peer()];
      const account = (id: string, server: WirePeer, more: object = {}) => ({
        ...{ id, address: `sip:${id}@${LOOPBACK}:${server.port}`, register: true, ...CODECS, ...more },
      });
      const opening = lab.open({
        account: account('bob', bobs, { listenPort: port }),
        others: [account('eve', eves)],
      });
      await bind(eves, await eves.request('REGISTER'), 'eve');
      await opening;
      await until(() => viewOf(lab, 'eve')?.registration === 'registered');
      await until(() => viewOf(lab, 'bob')?.registration === 'failed');
      const reason = `port ${port} cannot be opened for UDP: another program has it`;
      expect(viewOf(lab, 'bob')?.reason).toBe(reason);
      expect(
        lab.phone
          .getView()
          .notices.map(({ text }) => text)
          .join(),
      ).toContain(reason);
      expect(bobs.received).toEqual([]);
      thief.close();
      await until(() => {
        void lab.do('account.register', { accountId: 'bob' });
        return bobs.requests('REGISTER').length > 0;
      });
      const register = await bobs.request('REGISTER');
      await bind(bobs, register, 'bob');
      await until(() => viewOf(lab, 'bob')?.registration === 'registered');
      expect([contactPort(register), bobs.remotePort]).toEqual([port, port]);
    },
  ],
  [
    'RFC 3261 §18.1.1',
    'the network changes',
    'each registers again from the port that it had',
    async (lab) => {
      const lines = await registered(lab, THREE);
      const before = lines.map(({ register }) => contactPort(register));
      await lab.do('phone.networkChanged');
      const again = await Promise.all(lines.map(({ server }) => server.request('REGISTER')));
      expect(again.map(contactPort)).toEqual(before);
      expect(lines.map(({ server }) => server.remotePort)).toEqual(before);
      await Promise.all(lines.map(({ server, id }, index) => bind(server, again[index]!, id)));
    },
  ],
]);
