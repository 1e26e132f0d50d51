// The owner calls his own number from other people's telephones: keys as events (RFC 4733), by INFO (RFC 6086), and as sound.
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { startDaemon, temporaryFolder, type Daemon } from '../support/daemon.ts';
import { callWithInfo } from '../support/info-caller.ts';
import { DOMAIN, pause, Peer, startServer, type LabServer } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';
import { hasProgram, requireProgram } from '../support/requirements.ts';

const PIN = '2580';
const SERVER = ['kamailio', 'linphonec'] as const;
/** A person's fingers; linphonec drops a key that comes before the last one was sent. */
const KEY_MS = 600;
/** From one group of keys to the next. */
const PAUSE_MS = 1500;

let server: LabServer;
beforeAll(async () => {
  if (SERVER.every(hasProgram)) server = await startServer();
});
async function awayPhone(account: object = { id: 'alice', address: 'sip:alice@127.0.0.1', register: false }) {
  return startDaemon({
    config: {
      accounts: [account],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      away: { enabled: true, answerAfterSec: 0 },
      remoteAccess: { pin: PIN },
    },
  });
}

const isIn = (phone: Daemon, phase: string) =>
  phone.until(phase, () => phone.view?.away.callers.find((caller) => caller.phase === phase), 10_000);

/** With the PIN the owner switches away mode off. */
async function expectSwitchedOff(phone: Daemon): Promise<void> {
  await phone.until('away mode off', () => (phone.view?.away.enabled === false ? true : undefined), 10_000);
  await phone.terminate();
}

async function pressKeys(phone: Daemon, owner: Peer): Promise<void> {
  await owner.event('CALL_ESTABLISHED');
  await isIn(phone, 'greeting');
  for (const key of `#${PIN}#3`) {
    await pause(KEY_MS);
    owner.write(`dtmf ${key}`);
  }
  await expectSwitchedOff(phone);
  await owner.quit();
}

describe('remote access', () => {
  it('hears the keys of baresip as events — RFC 4733 §2.5', async (context) => {
    requireProgram(context, 'baresip');
    const phone = await awayPhone();
    const dial = `sip:alice@127.0.0.1:${phone.port()}`;
    await pressKeys(phone, new Peer('baresip', { user: 'bob', noreg: true, codecs: 'pcmu', dial }));
  });

  it.for([
    ['events', ''],
    ['INFO', '[sip];use_info=1;use_rfc2833=0'],
  ] as const)('hears the keys of linphonec as %s', async ([, conf], context) => {
    requireProgram(context, ...SERVER);
    const phone = await awayPhone(server.account('alice'));
    await phone.registration('registered');
    const options = { user: 'carol', server: server.address, codecs: 'pcmu', dial: `sip:alice@${DOMAIN}` };
    await pressKeys(phone, new Peer('linphone', { ...options, ...(conf !== '' && { conf }) }));
  });

  it('hears the keys of SIPp by INFO — RFC 6086', async (context) => {
    requireProgram(context, 'sipp');
    const phone = await awayPhone();
    const { code, stderr } = await callWithInfo(phone.port(), 'alice', ['#', `${PIN}#`, '3'], PAUSE_MS);
    expect(code, stderr).toBe(0);
    await expectSwitchedOff(phone);
  });

  it('hears keys as sound where nothing else was agreed — ITU-T Q.24', async (context) => {
    requireProgram(context, 'baresip', 'sox');
    const phone = await awayPhone({
      ...{ id: 'alice', address: 'sip:alice@127.0.0.1', register: false, dtmf: 'inband' },
    });
    const dial = `sip:alice@127.0.0.1:${phone.port()}`;
    const mic = await keysAsSound(['#', `${PIN}#`, '3']);
    const owner = new Peer('baresip', { user: 'bob', noreg: true, codecs: 'pcmu', loop: '1', mic, dial });
    await expectSwitchedOff(phone);
    await owner.quit();
  });
});

const TONES: Readonly<Record<string, string>> = {
  '0': '941 sine 1336',
  '2': '697 sine 1336',
  '3': '697 sine 1477',
  '5': '770 sine 1336',
  '8': '852 sine 1336',
  '#': '941 sine 1477',
};

/** A file in which groups of keys are heard, each after a pause. */
async function keysAsSound(groups: readonly string[]): Promise<string> {
  const folder = temporaryFolder('keys');
  const files: string[] = [];
  for (const [group, keys] of groups.entries()) {
    for (const [at, key] of Array.from(keys).entries()) {
      const file = join(folder, `${group}-${at}.wav`);
      const padSec = at === 0 ? PAUSE_MS / 1000 : 0.1;
      const tone = ['synth', '0.12', 'sine', ...(TONES[key] ?? '').split(' '), 'remix', '1,2', 'gain', '-8'];
      const { code, stderr } = await runProgram('sox', [
        '-n',
        '-r',
        '16000',
        '-c',
        '2',
        '-b',
        '16',
        file,
        ...tone,
        'pad',
        String(padSec),
        '0',
      ]);
      if (code !== 0) throw new Error(stderr);
      files.push(file);
    }
  }
  const whole = join(folder, 'keys.wav');
  await runProgram('sox', [...files, whole, 'pad', '0', '20']);
  return whole;
}
