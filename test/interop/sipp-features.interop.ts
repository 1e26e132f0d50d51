// What goes beyond a plain call, with SIPp: transfer both ways, who it is now, third-party control, subscriptions, timers.
import { describe, expect, it } from 'vitest';
import { startDaemon, type Daemon } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { pause, runSipp, type SippResult } from '../support/lab.ts';
import { requireProgram } from '../support/requirements.ts';

const LOOPBACK = { sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] }, media: { address: '127.0.0.1' } };
/** SIPp says nothing when it listens. */
const LISTENS_AFTER_MS = 1200;

const localPlace = async (): Promise<string> => `127.0.0.1:${await freePort()}`;
const expectOk = (result: SippResult): void => {
  expect(result.ok, JSON.stringify(result).slice(0, 1500)).toBe(true);
};

function phoneOf({ account = {}, ...more }: { account?: object; calls?: object; presence?: object }): Promise<Daemon> {
  const accounts = [{ id: 'bob', address: 'sip:bob@127.0.0.1', password: 'bob-pw', register: false, ...account }];
  return startDaemon({ config: { accounts, ...LOOPBACK, ...more } });
}

interface Running {
  readonly place: string;
  readonly result: Promise<SippResult>;
}

/** A SIPp that waits to be called. */
async function listening(name: string): Promise<Running> {
  const place = await localPlace();
  const result = runSipp(name, { local: place, timeout: '20' });
  await pause(LISTENS_AFTER_MS);
  return { place, result };
}

/** A SIPp that calls the phone. */
async function calling(name: string, phone: Daemon, more: Readonly<Record<string, string>> = {}): Promise<Running> {
  const place = await localPlace();
  const result = runSipp(name, { dut: `127.0.0.1:${phone.port()}`, local: place, timeout: '20', ...more });
  return { place, result };
}

describe('SIPp transfers the phone (RFC 3515 §2.4, RFC 3892 §2.1)', () => {
  it('to where the user lets it go: it calls there and reports', async (context) => {
    requireProgram(context, 'sipp');
    const phone = await phoneOf({ calls: { autoAnswerAfterSec: 0 } });
    const target = await listening('uas_referred');
    const { result, place } = await calling('uac_refer_accepted', phone, { 'refer-to': `sip:dave@${target.place}` });
    const asked = await phone.until('question', () => phone.view?.calls.find((call) => call.transferRequest));
    expect(asked.transferRequest).toMatchObject({ target: `sip:dave@${target.place}` });
    expect(asked.transferRequest?.referredBy).toContain(place);
    const { callId } = await phone.command('call.acceptTransfer', { callId: asked.id });
    await phone.call(callId, 'connected');
    expectOk(await result);
    await phone.command('call.hangUp', { callId });
    expectOk(await target.result);
    await phone.terminate();
  });

  it('and places no call where the user says no, or where nobody was asked', async (context) => {
    requireProgram(context, 'sipp');
    const phone = await phoneOf({ calls: { autoAnswerAfterSec: 0 } });
    const { result } = await calling('uac_refer_declined', phone);
    const asked = await phone.until('question', () => phone.view?.calls.find((call) => call.transferRequest));
    await phone.command('call.declineTransfer', { callId: asked.id });
    expectOk(await result);
    expectOk(await (await calling('uac_refer_out_of_dialog', phone)).result);
    expect(await phone.traced('INVITE', 'outgoing')).toEqual([]);
    await phone.terminate();
  });
});

describe('the phone transfers SIPp (RFC 5589 §7.3, RFC 3891 §3)', () => {
  it('to another call of its own, by Replaces', async (context) => {
    requireProgram(context, 'sipp');
    const [transferee, target] = await Promise.all([listening('uas_dut_attended'), listening('uas_consulted')]);
    const phone = await phoneOf({});
    const callId = await phone.dial(`sip:lab@${transferee.place}`);
    const consultationCallId = await phone.dial(`sip:dave@${target.place}`);
    const params = { callId, consultationCallId };
    expect(await phone.command('call.transferAttended', params)).toEqual({ statusCode: 200 });
    const [refer = ''] = await phone.traced('REFER', 'outgoing');
    expect(refer).toMatch(/^Refer-To: <sip:[^>]*\?Replaces=[^>]*to-tag%3D[^>]*from-tag%3D/m);
    expectOk(await transferee.result);
    expectOk(await target.result);
    await phone.call(callId, 'ended');
    await phone.terminate();
  });
});

describe('who it is now (RFC 4916 §4, RFC 3325 §7)', () => {
  it('follows an UPDATE with another From', async (context) => {
    requireProgram(context, 'sipp');
    const phone = await phoneOf({ calls: { autoAnswerAfterSec: 0 } });
    const { result } = await calling('uac_update_from', phone);
    await phone.incoming('connected', 10_000, 'sipp@');
    const call = await phone.until('Carol', () =>
      phone.view?.calls.find(({ remote }) => remote.displayName === 'Carol'),
    );
    expect(call.remote).toMatchObject({ address: 'sip:carol@lab.test', isAsserted: false });
    expectOk(await result);
    const entry = await phone.until('history', () => phone.view?.history[0]);
    expect(entry.connectedTo).toMatchObject({ displayName: 'Carol' });
    await phone.terminate();
  });

  for (const isOwn of [true, false])
    it(`${isOwn ? 'believes' : 'does not believe'} P-Asserted-Identity of ${isOwn ? 'the own server' : 'anybody else'}`, async (context) => {
      requireProgram(context, 'sipp');
      const { place, result } = await listening(isOwn ? 'uas_asserted_registrar' : 'uas_asserted');
      const registered = { address: 'sip:bob@lab.test', register: true, outboundProxies: [`sip:${place};lr`] };
      const phone = await phoneOf({ account: isOwn ? { ...registered, messageWaiting: 'off' } : {} });
      if (isOwn) await phone.registration('registered');
      const callId = await phone.dial(isOwn ? 'sip:carol@lab.test' : `sip:dave@${place}`);
      const { remote } = await phone.call(callId, 'connected');
      expect(remote).toMatchObject({ isAsserted: isOwn, displayName: isOwn ? 'Carol' : '' });
      await phone.command('call.hangUp', { callId });
      expectOk(await result);
      phone.signal('SIGKILL');
    });
});

describe('a controller between the phones (RFC 3725 §4, RFC 3960 §3)', () => {
  it('takes the sound elsewhere by offers that it asks for', async (context) => {
    requireProgram(context, 'sipp');
    const phone = await phoneOf({ calls: { autoAnswerAfterSec: 0 } });
    expectOk(await (await calling('uac_3pcc', phone)).result);
    const { place, result } = await listening('uas_3pcc');
    const callId = await phone.dial(`sip:lab@${place}`);
    const { end } = await phone.call(callId, 'ended');
    expect(end?.by).toBe('remote');
    expectOk(await result);
    await phone.terminate();
  });

  it('rings two phones with early sound; the one that answers has the call', async (context) => {
    requireProgram(context, 'sipp');
    const [phone, { place, result }] = await Promise.all([phoneOf({}), listening('uas_early_forked')]);
    const callId = await phone.dial(`sip:lab@${place}`, 'early');
    await phone.call(callId, 'connected');
    await pause(300);
    await phone.command('call.hangUp', { callId });
    expectOk(await result);
    await phone.terminate();
  });
});

describe('subscriptions with SIPp (RFC 6665 §4.1, §4.2)', () => {
  it('are served: refreshed and ended by the watcher, 489 for what is unknown', async (context) => {
    requireProgram(context, 'sipp');
    const phone = await phoneOf({ presence: { share: 'everybody' } });
    const [known, unknown] = await Promise.all([
      calling('uac_subscribe', phone),
      calling('uac_subscribe_unknown', phone),
    ]);
    expectOk(await known.result);
    expectOk(await unknown.result);
    await phone.terminate();
  });

  it('are refreshed in time, and given up when the notifier says so', async (context) => {
    requireProgram(context, 'sipp');
    const [phone, { place, result }] = await Promise.all([phoneOf({}), listening('uas_subscribe')]);
    await phone.command('presence.subscribe', { target: `sip:lab@${place}` });
    expectOk(await result);
    await phone.terminate();
  });
});

describe('session timers with SIPp (RFC 4028 §9)', () => {
  it('are refreshed by the peer with UPDATE', async (context) => {
    requireProgram(context, 'sipp');
    const [phone, { place, result }] = await Promise.all([phoneOf({}), listening('uas_refresher_update')]);
    const callId = await phone.dial(`sip:lab@${place}`);
    await pause(1500);
    await phone.command('call.hangUp', { callId });
    expectOk(await result);
    await phone.terminate();
  });
});
