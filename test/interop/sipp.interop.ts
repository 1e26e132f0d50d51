// The lab's SIPp scenarios: SIPp calls the phone, and the phone registers at and calls SIPp. Several at a time, on ports of their own.
import { describe, expect, it } from 'vitest';
import type { CallView } from '../../src-shared/contract/index.ts';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { pause, runSipp, startServer, type SippResult } from '../support/lab.ts';
import { requireProgram } from '../support/requirements.ts';

const LOOPBACK = {
  sip: {
    listen: [
      { transport: 'udp', address: '127.0.0.1' },
      { transport: 'tcp', address: '127.0.0.1' },
    ],
  },
  media: { address: '127.0.0.1' },
};
/** A timer of 90 s has to come to its half. */
const LONGEST_SEC = '70';
const LONG: ReadonlySet<string> = new Set(['uas_session_refresh', 'uas_session_fallback']);

function phoneOf(account: object, calls: object): Promise<Daemon> {
  const accounts = [{ id: 'bob', address: 'sip:bob@127.0.0.1', password: 'bob-pw', register: false, ...account }];
  return startDaemon({ config: { accounts, ...LOOPBACK, calls: { maxCalls: 100, ...calls } } });
}

const expectOk = (result: SippResult) => {
  expect(result.ok, JSON.stringify(result).slice(0, 1500)).toBe(true);
};

/** Phones of one kind, each lent to one scenario at a time: a phone holds its other calls when it takes a new one. */
class PhonePool {
  readonly #create: () => Promise<Daemon>;
  readonly #idle: Daemon[] = [];

  constructor(create: () => Promise<Daemon>) {
    this.#create = create;
  }

  async lend<T>(use: (phone: Daemon) => Promise<T>): Promise<T> {
    const phone = this.#idle.pop() ?? (await this.#create());
    try {
      return await use(phone);
    } finally {
      this.#idle.push(phone);
    }
  }
}

const answering = new PhonePool(() => phoneOf({}, { autoAnswerAfterSec: 0 }));
const ringing = new PhonePool(() => phoneOf({}, {}));
const calling = new PhonePool(() => phoneOf({ dtmf: 'info' }, {}));

/** SIPp calls; its Call-ID is not ours to know, so its address tells the calls apart. */
async function calledBySipp(
  name: string,
  phone: Daemon,
  act: (local: string) => Promise<unknown> = () => Promise.resolve(),
  transport: 'udp' | 'tcp' = 'udp',
): Promise<void> {
  const local = `127.0.0.1:${await freePort()}`;
  const dut = `127.0.0.1:${phone.port(transport)}`;
  const running = runSipp(name, { dut, local, transport: transport === 'tcp' ? 't1' : 'u1', timeout: '20' });
  const [result] = await Promise.all([running, act(local).catch((error: unknown) => String(error))]);
  expectOk(result);
}

describe.concurrent('SIPp calls the phone (RFC 3261 §13.3, §14.2, §15.1.2)', () => {
  const simply = [
    'uac_basic',
    'uac_options',
    'uac_late_offer',
    'uac_hold',
    'uac_hold_zero',
    'uac_inactive',
    'uac_reinvite_no_sdp',
    'uac_update',
    'uac_session_timer',
    'uac_session_too_small',
    'uac_dtmf_info',
    'uac_ack_lost',
    'uac_bad_codec',
    'uac_bad_require',
    'uac_unknown_method',
    'uac_unknown_dialog',
    'uac_compact',
    'uac_refer',
    'uac_replaces',
    'uac_message',
    'uac_notify_mwi',
  ];
  for (const name of simply)
    it(`serves ${name}`, (context) => {
      requireProgram(context, 'sipp');
      return answering.lend((phone) => calledBySipp(name, phone));
    });

  for (const name of ['uac_basic', 'uac_hold', 'uac_late_offer', 'uac_options'])
    it(`serves ${name} over TCP`, (context) => {
      requireProgram(context, 'sipp');
      return answering.lend((phone) => calledBySipp(name, phone, undefined, 'tcp'));
    });

  it('serves uac_dut_bye: hangs up a call that it has answered', (context) => {
    requireProgram(context, 'sipp');
    return ringing.lend((phone) =>
      calledBySipp('uac_dut_bye', phone, async (local) => {
        const { id: callId } = await phone.incoming('ringing', 10_000, local);
        await phone.command('call.answer', { callId });
        await phone.call(callId, 'connected');
        await phone.command('call.hangUp', { callId });
      }),
    );
  });

  it('serves uac_cancel: stops ringing when the caller gives up', (context) => {
    requireProgram(context, 'sipp');
    return ringing.lend((phone) =>
      calledBySipp('uac_cancel', phone, async (local) => {
        const { id } = await phone.incoming('ringing', 10_000, local);
        const { end } = await phone.call(id, 'ended');
        expect(end?.by).toBe('remote');
      }),
    );
  });

  it('serves uac_busy: is busy when told to', (context) => {
    requireProgram(context, 'sipp');
    return ringing.lend((phone) =>
      calledBySipp('uac_busy', phone, async (local) => {
        const { id: callId } = await phone.incoming('ringing', 10_000, local);
        await phone.command('call.reject', { callId });
      }),
    );
  });

  for (const name of ['uac_dup_invite', 'uac_prack'])
    it(`serves ${name}: rings a while, then answers`, (context) => {
      requireProgram(context, 'sipp');
      return ringing.lend((phone) =>
        calledBySipp(name, phone, async (local) => {
          const { id: callId } = await phone.incoming('ringing', 10_000, local);
          // The scenario has its own pace while it rings: a repeated INVITE, a PRACK.
          await pause(1500);
          await phone.command('call.answer', { callId });
        }),
      );
    });

  it('serves uac_auth: is reached through a proxy that asks for a digest', async (context) => {
    requireProgram(context, 'sipp', 'kamailio');
    const server = await startServer();
    const bob = await startDaemon({
      config: { accounts: [server.account('bob')], ...LOOPBACK, calls: { autoAnswerAfterSec: 0 } },
    });
    await bob.registration('registered');
    const local = `127.0.0.1:${await freePort()}`;
    expectOk(await runSipp('uac_auth', { dut: server.address, local, user: 'bob', timeout: '20' }));
    await bob.terminate();
  });
});

interface Called {
  readonly phone: Daemon;
  readonly callId: string;
}
type Acts = (called: Called) => Promise<unknown>;

const state = async ({ phone, callId }: Called, wanted: CallView['state']) => phone.call(callId, wanted, 20_000);
const hangUp = ({ phone, callId }: Called) => phone.command('call.hangUp', { callId });
const connected = (called: Called) => state(called, 'connected');

/** A call that is up for as long as RTP takes to show, then ended by the phone. */
const shortCall: Acts = async (called) => {
  await connected(called);
  await pause(400);
  await hangUp(called);
};
const hold = ({ phone, callId }: Called) => phone.command('call.hold', { callId });
const onHold = ({ phone, callId }: Called, isOnHold: boolean) =>
  phone.until(
    isOnHold ? 'call on hold' : 'call off hold',
    () => (phone.calls.get(callId)?.isOnHold === isOnHold ? true : undefined),
    10_000,
  );

const refusedWith =
  (statusCode: number): Acts =>
  async (called) => {
    const { end } = await state(called, 'ended');
    expect(end).toMatchObject({ by: 'remote', statusCode });
  };

const refreshedCall: Acts = async (called) => {
  await connected(called);
  // Half of the 90 s that were agreed, and a little.
  await pause(47_000);
  await hangUp(called);
  await called.phone.call(called.callId, 'ended');
};

const OUTGOING: Readonly<Record<string, Acts>> = {
  uas_basic: shortCall,
  uas_bye: async (called) => {
    await connected(called);
    const { end } = await state(called, 'ended');
    expect(end?.by).toBe('remote');
  },
  uas_early_media: async (called) => {
    await state(called, 'early');
    await shortCall(called);
  },
  uas_no_answer: async (called) => {
    await state(called, 'ringing');
    await hangUp(called);
  },
  uas_cancel_crossing: async (called) => {
    await state(called, 'ringing');
    await hangUp(called);
  },
  uas_busy: refusedWith(486),
  uas_decline: refusedWith(603),
  uas_not_found: refusedWith(404),
  uas_unavailable: refusedWith(480),
  uas_not_acceptable: refusedWith(488),
  uas_server_error: refusedWith(500),
  uas_overload: refusedWith(503),
  uas_redirect: shortCall,
  uas_auth: shortCall,
  uas_drop_invite: shortCall,
  uas_drop_ack: async (called) => {
    await connected(called);
    // The 200 comes again half a second later, and wants its ACK.
    await pause(1500);
    await hangUp(called);
  },
  uas_drop_bye: shortCall,
  uas_forked_2xx: async (called) => {
    await connected(called);
    await pause(1500);
    await hangUp(called);
  },
  uas_prack: shortCall,
  uas_422: shortCall,
  uas_session_refresh: refreshedCall,
  // RFC 4028 §10: where UPDATE is refused the refresh is a re-INVITE.
  uas_session_fallback: refreshedCall,
  uas_dut_hold: async (called) => {
    await connected(called);
    await hold(called);
    await onHold(called, true);
    await called.phone.command('call.resume', { callId: called.callId });
    await onHold(called, false);
    await hangUp(called);
  },
  uas_hold: async (called) => state(called, 'ended'),
  uas_glare: async (called) => {
    await connected(called);
    await hold(called);
    await onHold(called, true);
    await hangUp(called);
  },
  uas_glare_cross: async (called) => {
    await connected(called);
    await hold(called);
    await onHold(called, true);
    await hangUp(called);
  },
  uas_update: async (called) => state(called, 'ended'),
  uas_dut_info: async (called) => {
    await connected(called);
    await called.phone.command('call.sendDtmf', { callId: called.callId, digits: '5' });
    await hangUp(called);
  },
  uas_dut_refer: async (called) => {
    await connected(called);
    const params = { callId: called.callId, target: 'sip:dave@127.0.0.1:5090' };
    expect(await called.phone.command('call.transfer', params)).toEqual({ statusCode: 200 });
  },
  uas_bye_481: shortCall,
  uas_slow: shortCall,
  uas_echo: shortCall,
};

/** The phone calls SIPp, which has a port of its own. */
async function callsSipp(name: string, phone: Daemon, transport: 'udp' | 'tcp' = 'udp'): Promise<void> {
  const port = await freePort();
  const local = `127.0.0.1:${port}`;
  const running = runSipp(name, { local, transport: transport === 'tcp' ? 't1' : 'u1', timeout: LONGEST_SEC });
  // SIPp says nothing when it listens; a phone repeats its INVITE over UDP, but some scenarios count.
  await pause(1200);
  const target = `sip:lab@${local}${transport === 'tcp' ? ';transport=tcp' : ''}`;
  const { callId } = await phone.command('call.dial', { target });
  const acts = OUTGOING[name]?.({ phone, callId });
  const [result, failure] = await Promise.all([running, acts?.then(() => undefined, String)]);
  expectOk(result);
  expect(failure).toBeUndefined();
}

describe.concurrent('the phone calls SIPp (RFC 3261 §13.2, §14.1, §15.1.1, §17.1)', () => {
  // The longest first: the others run beside it.
  const names = Object.keys(OUTGOING).sort((a, b) => Number(LONG.has(b)) - Number(LONG.has(a)));
  for (const name of names)
    it(`serves ${name}`, (context) => {
      requireProgram(context, 'sipp');
      return calling.lend((phone) => callsSipp(name, phone));
    });
  for (const name of ['uas_basic', 'uas_bye', 'uas_dut_hold'])
    it(`serves ${name} over TCP`, (context) => {
      requireProgram(context, 'sipp');
      return calling.lend((phone) => callsSipp(name, phone, 'tcp'));
    });
});

describe.concurrent('the phone registers at SIPp (RFC 3261 §10.2, §22.2)', () => {
  const scenarios = [
    ['uas_register', 'udp'],
    ['uas_register', 'tcp'],
    ['uas_register_stale', 'udp'],
    ['uas_register_423', 'udp'],
    ['uas_register_403', 'udp'],
  ] as const;
  for (const [name, transport] of scenarios)
    it(`serves ${name} over ${transport}`, async (context) => {
      requireProgram(context, 'sipp');
      const local = `127.0.0.1:${await freePort()}`;
      const running = runSipp(name, { local, transport: transport === 'tcp' ? 't1' : 'u1', timeout: '20' });
      await pause(1200);
      const phone = await phoneOf(
        {
          address: 'sip:bob@lab.test',
          register: true,
          transport,
          registrar: 'sip:lab.test',
          outboundProxies: [`sip:${local};transport=${transport};lr`],
        },
        {},
      );
      const account = await phone.registration(name === 'uas_register_403' ? 'failed' : 'registered');
      expect(account.statusCode).toBe(name === 'uas_register_403' ? 403 : account.statusCode);
      expectOk(await running);
      phone.signal('SIGKILL');
    });
});
