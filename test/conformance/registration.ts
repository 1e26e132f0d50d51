// bob's phone and its registrar. RFC 3261 §10.2, RFC 3327, RFC 3608.
import { expect } from 'vitest';
import { pause, T1_MS, until, type Lab } from './lab.ts';
import { rowsOf } from './row.ts';
import { WireDialog, type HeaderLines } from './wire-dialog.ts';
import type { WireMessage } from './wire-message.ts';
import { LOOPBACK, type WirePeer } from './wire-peer.ts';

interface Registrar {
  readonly peer: WirePeer;
  readonly register: WireMessage;
  /** Answers a REGISTER; a binding lives for 300 s unless the headers say otherwise. */
  readonly respond: (request: WireMessage, status: number, headers?: HeaderLines) => Promise<void>;
}

/** The first REGISTER of an account at a registrar in the hand of the row. */
async function registering(
  lab: Lab,
  account: Readonly<Record<string, unknown>> = {},
  others: readonly object[] = [],
): Promise<Registrar> {
  const peer = await lab.peer();
  const address = `sip:bob@${LOOPBACK}:${peer.port}`;
  const opening = lab.open({ account: { address, register: true, ...account }, others });
  const register = await peer.request('REGISTER');
  await opening;
  const dialog = new WireDialog(peer, address, address);
  const respond = (request: WireMessage, status: number, headers: HeaderLines = {}) => {
    const Contact = request.headers('Contact').map((contact) => `${contact.replace(/;expires=\d+/, '')};expires=300`);
    return dialog.respond(request, status, { headers: { ...(status === 200 && { Contact }), ...headers } });
  };
  return { peer, register, respond };
}

const isRegistered = (lab: Lab) => lab.phone.getView().accounts[0]?.registration === 'registered';

/** Registered with these headers in the 200. */
async function registered(lab: Lab, headers: HeaderLines = {}, account = {}): Promise<Registrar> {
  const registrar = await registering(lab, account);
  await registrar.respond(registrar.register, 200, headers);
  await until(() => isRegistered(lab));
  return registrar;
}

export const REGISTRATION = rowsOf('registration', 'RG', [
  [
    'RFC 3261 §10.2',
    'the phone starts',
    'REGISTER to the domain, without a user; To and From are the address',
    async (lab) => {
      const { peer, register } = await registering(lab);
      expect(register.requestUri).toBe(`sip:${LOOPBACK}:${peer.port}`);
      expect(register.uri('To')).toBe(`sip:bob@${LOOPBACK}:${peer.port}`);
      expect(register.uri('From')).toBe(register.uri('To'));
      expect(register.tag).toBeUndefined();
    },
  ],
  [
    'RFC 3261 §10.2.1',
    'the phone starts',
    'REGISTER has one Contact where the phone listens, and asks for a time',
    async (lab) => {
      const { register } = await registering(lab);
      expect(register.headers('Contact')).toHaveLength(1);
      expect(register.uri('Contact')).toContain(`@${LOOPBACK}:${lab.port()}`);
      const asked = register.header('Expires') || register.parameter('Contact', 'expires');
      expect(asked).toBe('300');
    },
  ],
  [
    'RFC 3261 §10.2.4',
    'the binding comes to its end',
    'REGISTER again with the same Call-ID and the next CSeq number, before the time is over',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      const contact = `${register.header('Contact').replace(/;expires=\d+/, '')};expires=30`;
      await respond(register, 200, { Contact: contact });
      const answeredMs = performance.now();
      const refresh = await peer.request('REGISTER', 3500);
      expect(refresh.header('Call-ID')).toBe(register.header('Call-ID'));
      expect(refresh.sequence).toBe(register.sequence + 1);
      expect(refresh.atMs - answeredMs).toBeLessThan(3000);
      expect(refresh.atMs - answeredMs).toBeGreaterThan(500);
    },
  ],
  [
    'RFC 3261 §10.2.2',
    'bob unregisters',
    'REGISTER of the same Contact with expires 0',
    async (lab) => {
      const { peer, register, respond } = await registered(lab);
      void lab.do('account.unregister', { accountId: 'bob' });
      const removal = await peer.request('REGISTER');
      expect(removal.uri('Contact')).toBe(register.uri('Contact'));
      expect(removal.parameter('Contact', 'expires') ?? removal.header('Expires')).toBe('0');
      await respond(removal, 200, { Contact: null });
    },
  ],
  [
    'RFC 3261 §10.2.2',
    'the phone ends',
    'REGISTER with expires 0',
    async (lab) => {
      const { peer, respond } = await registered(lab);
      const closing = lab.phone.close();
      const removal = await peer.request('REGISTER');
      expect(removal.parameter('Contact', 'expires') ?? removal.header('Expires')).toBe('0');
      await respond(removal, 200, { Contact: null });
      await closing;
    },
  ],
  [
    'RFC 3261 §10.2.8',
    '423 with Min-Expires 600',
    'REGISTER again asking for 600',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      await respond(register, 423, { 'Min-Expires': '600' });
      const again = await peer.request('REGISTER');
      expect(again.header('Expires') || again.parameter('Contact', 'expires')).toBe('600');
      expect(again.sequence).toBe(register.sequence + 1);
    },
  ],
  [
    'RFC 3261 §20.33',
    '503 with Retry-After 20',
    'no REGISTER for 20 s, then one',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      await respond(register, 503, { 'Retry-After': '20' });
      const answeredMs = performance.now();
      const again = await peer.request('REGISTER', 8000);
      expect(again.atMs - answeredMs).toBeGreaterThan(1900);
    },
  ],
  [
    'RFC 3261 §10.3',
    '403',
    'the account has failed and nothing more is sent at once',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      await respond(register, 403);
      await until(() => lab.phone.getView().accounts[0]?.registration === 'failed');
      await pause(300);
      expect(new Set(peer.requests('REGISTER').map(({ identity }) => identity)).size).toBe(1);
    },
  ],
  [
    'RFC 3261 §10.2.3',
    '200 with foreign Contacts beside ours',
    'our own time counts, the others are left alone',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      const own = `${register.header('Contact').replace(/;expires=\d+/, '')};expires=300`;
      await respond(register, 200, { Contact: ['<sip:bob@192.0.2.9>;expires=2', own] });
      await until(() => isRegistered(lab));
      await pause(400);
      expect(new Set(peer.requests('REGISTER').map(({ identity }) => identity)).size).toBe(1);
    },
  ],
  [
    'RFC 3327 §5.1',
    'the phone starts',
    'Supported has path',
    async (lab) => {
      const { register } = await registering(lab);
      expect(register.list('Supported')).toContain('path');
    },
  ],
  [
    'RFC 3608 §5.1',
    '200 with Service-Route, then bob calls',
    'INVITE has these routes in order',
    async (lab) => {
      const { peer } = await registering(lab).then(async (registrar) => {
        const route = [`<sip:127.0.0.1:${registrar.peer.port};lr>`, '<sip:home.example.com;lr>'];
        await registrar.respond(registrar.register, 200, { 'Service-Route': route });
        await until(() => isRegistered(lab));
        return registrar;
      });
      await lab.do('call.dial', { target: 'sip:carol@example.com' });
      expect((await peer.request('INVITE')).list('Route')).toEqual([
        `<sip:127.0.0.1:${peer.port};lr>`,
        '<sip:home.example.com;lr>',
      ]);
    },
  ],
  [
    'RFC 5626 §4.1',
    'the phone starts',
    'Contact has a +sip.instance that is a UUID',
    async (lab) => {
      const { register } = await registering(lab);
      expect(register.header('Contact')).toMatch(/\+sip\.instance="<urn:uuid:[\da-f-]{36}>"/);
    },
  ],
  [
    'RFC 3581 §4',
    '200 whose Via has another received and rport',
    'the phone is registered, keeps its Contact at the refresh, and names nowhere what the Via said',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      const Via = register.header('Via').replace(/;rport(?=;|$)/, ';rport=45678;received=127.0.0.9');
      const Contact = `${register.header('Contact').replace(/;expires=\d+/, '')};expires=30`;
      await respond(register, 200, { Via, Contact });
      await until(() => isRegistered(lab));
      const refresh = await peer.request('REGISTER');
      expect(refresh.uri('Contact')).toBe(register.uri('Contact'));
      expect(refresh.text).not.toMatch(/45678|127\.0\.0\.9/);
      expect(Number(refresh.header('CSeq').split(' ')[0])).toBe(Number(register.header('CSeq').split(' ')[0]) + 1);
    },
  ],
  [
    'RFC 3261 §10.2.6',
    'two proxies, and the first is silent',
    'REGISTER goes to the second',
    async (lab) => {
      const [first, second] = [await lab.peer(), await lab.peer()];
      const outboundProxies = [first, second].map(({ port }) => `sip:127.0.0.1:${port};lr`);
      const address = 'sip:bob@example.com';
      await lab.open({ account: { address, register: true, outboundProxies } });
      await first.request('REGISTER');
      const register = await second.request('REGISTER', 8000);
      expect(register.requestUri).toBe('sip:example.com');
    },
  ],
  [
    'RFC 3261 §10.2.7',
    'the registrar restarts: 200 without our Contact',
    'the phone does not believe that it is registered for long: it asks again',
    async (lab) => {
      const { peer, register, respond } = await registering(lab);
      await respond(register, 200, { Contact: null, Expires: '30' });
      await peer.request('REGISTER', 8000);
    },
  ],
  [
    'RFC 3261 §10.2',
    'two accounts at two registrars',
    'both register at once from one socket, and a call to either comes to its own account',
    async (lab) => {
      const other = await lab.peer();
      const second = {
        id: 'eve',
        address: `sip:eve@${LOOPBACK}:${other.port}`,
        codecs: ['PCMU'],
        messageWaiting: 'off',
      };
      const { peer, register, respond } = await registering(lab, {}, [second]);
      const otherRegister = await other.request('REGISTER');
      await respond(register, 200);
      const otherDialog = new WireDialog(other, second.address, second.address);
      await otherDialog.respond(otherRegister, 200, {
        headers: { Contact: `${otherRegister.header('Contact')};expires=300` },
      });
      await until(() => lab.phone.getView().accounts.every(({ registration }) => registration === 'registered'));
      const portOf = (message: WireMessage) => /:(\d+)/.exec(message.uri('Contact').split('@')[1] ?? '')?.[1];
      expect([portOf(register), portOf(otherRegister)]).toEqual([String(lab.port()), String(lab.port())]);
      for (const [server, request, id] of [
        [peer, register, 'bob'],
        [other, otherRegister, 'eve'],
      ] as const) {
        const caller = new WireDialog(server, `sip:carol@${LOOPBACK}:${server.port}`, request.uri('Contact'));
        await caller.invite();
        await server.response(180);
        expect(lab.call.accountId).toBe(id);
      }
    },
  ],
  [
    'RFC 3261 §18.4',
    'the port of the registrar is closed',
    'the phone knows after some seconds, and not after timer F',
    async (lab) => {
      const gone = await lab.peer();
      const { port } = gone;
      gone.close();
      const startMs = performance.now();
      await lab.open({ account: { address: `sip:bob@${LOOPBACK}:${port}`, register: true } });
      await until(() => lab.phone.getView().accounts[0]?.reason !== undefined);
      expect(performance.now() - startMs).toBeLessThan(T1_MS * 40);
    },
  ],
]);
