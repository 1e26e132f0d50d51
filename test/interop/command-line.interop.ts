// The command line as scripts use it: every command, its exit status, its output for people and for programs.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configFileOf, nightjar, NIGHTJAR, startDaemon, temporaryFolder } from '../support/daemon.ts';
import { freePort } from '../support/free-port.ts';
import { LineProcess, runProgram } from '../support/line-process.ts';

const LOOPBACK = { sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] }, media: { address: '127.0.0.1' } };
const account = (id: string) => ({ id, address: `sip:${id}@127.0.0.1`, register: false });

describe('nightjar', () => {
  it('prints its usage and its version', async () => {
    const help = await nightjar('--help');
    expect(help).toMatchObject({ code: 0 });
    expect(help.stdout).toContain('usage: nightjar');
    expect((await nightjar('--version')).stdout).toMatch(/^nightjar \d+\.\d+\.\d+/);
  });

  it('ends with 2 and a usage line when it is used in a wrong way', async () => {
    const wrong = [
      ['bogus'],
      ['call'],
      ['call', 'echo', '--seconds', 'many'],
      ['ctl'],
      ['ctl', 'phone.getView', '{'],
      ['messages', 'export', 'one'],
      ['history', '--limit', '0'],
      ['history', 'all'],
      ['daemon', 'extra'],
      ['daemon', '--unknown'],
      ['doctor', 'extra'],
    ];
    const ends = await Promise.all(wrong.map((args) => nightjar(...args)));
    for (const { code, stderr } of ends) {
      expect(code).toBe(2);
      expect(stderr).toContain('usage: nightjar');
    }
  });

  it('ends with 3 when no phone runs at the control socket', async () => {
    const { code, stderr } = await nightjar('ctl', '--data', temporaryFolder('data'), 'phone.getView');
    expect(code).toBe(3);
    expect(stderr).toContain('no phone is running');
  });
});

describe('nightjar call', () => {
  it('ends with 1, a status code and a reason when the call is refused', async () => {
    const data = temporaryFolder('data');
    const call = await nightjar('call', 'busy', '--data', data, '--audio', 'null', '--json');
    expect(call.code).toBe(1);
    expect(JSON.parse(call.stdout)).toMatchObject({ ok: false, statusCode: 486, failure: { code: 'rejected' } });
    expect(call.stderr).toContain('Busy Here');
  });

  it('says that nobody answers at an address where nothing listens', async () => {
    const config = configFileOf({ accounts: [account('alice')], ...LOOPBACK });
    const target = `sip:nobody@127.0.0.1:${await freePort()};transport=tcp`;
    const call = await nightjar('call', target, '--data', temporaryFolder('data'), '--config', config, '--json');
    expect(call.code).toBe(1);
    expect(JSON.parse(call.stdout)).toMatchObject({ ok: false });
  });

  it('refuses a sound file that is not there', async () => {
    const data = temporaryFolder('data');
    const play = join(data, 'missing.wav');
    const call = await nightjar('call', 'echo', '--data', data, '--audio', 'null', '--play', play, '--seconds', '5');
    expect(call.stderr).toMatch(/nightjar: .*(missing\.wav|WAV|file)/i);
  });
});

describe('nightjar daemon', () => {
  it('says in one line that it is ready, where it listens and how it is controlled', async () => {
    const phone = await startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK } });
    const ready = JSON.parse(phone.lines[0] ?? '') as Record<string, unknown>;
    expect(ready).toMatchObject({ ready: true, pid: phone.pid, listen: [{ transport: 'udp', address: '127.0.0.1' }] });
    expect(phone.port()).toBeGreaterThan(0);
    expect(existsSync(phone.controlPath)).toBe(true);
    expect((await phone.terminate()).code).toBe(0);
    expect(existsSync(phone.controlPath)).toBe(false);
  });

  it('names the unknown key of a config file', async () => {
    const config = configFileOf({ accounts: [{ ...account('alice'), colour: 'blue' }] });
    const { code, stderr } = await nightjar('daemon', '--config', config, '--data', temporaryFolder('data'));
    expect(code).toBe(1);
    expect(stderr).toContain('unknown key');
    expect(stderr).toContain('colour');
  });

  it('names a port that is taken, and leaves nothing running', async () => {
    const first = await startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK } });
    const listen = [{ transport: 'udp', address: '127.0.0.1', port: first.port() }];
    const config = configFileOf({ accounts: [account('bob')], sip: { listen } });
    const { code, stderr } = await nightjar('daemon', '--config', config, '--data', temporaryFolder('data'));
    expect(code).toBe(1);
    expect(stderr).toContain(String(first.port()));
    await first.terminate();
  });

  it('refuses a second phone on the same data folder', async () => {
    const phone = await startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK } });
    const second = await nightjar('daemon', '--data', phone.data, '--json');
    expect(second.code).toBe(1);
    expect(JSON.parse(second.stdout)).toMatchObject({ ok: false, failure: { code: 'busy' } });
    expect(second.stderr).toContain(phone.data);
    await phone.terminate();
  });

  it('says BYE and ends with 0 within 5 s when it is stopped in a call (RFC 3261 §15.1.1)', async () => {
    const accounts = [account('bob')];
    const [callee, caller] = await Promise.all([
      startDaemon({ config: { accounts, ...LOOPBACK, calls: { autoAnswerAfterSec: 0 } } }),
      startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK } }),
    ]);
    await caller.dial(`sip:bob@127.0.0.1:${callee.port()}`);
    const { id } = await callee.incoming('connected');
    const end = await caller.terminate();
    expect(end.code).toBe(0);
    expect(end.tookMs).toBeLessThan(5000);
    const call = await callee.call(id, 'ended');
    expect(call.end?.by).toBe('remote');
    expect(await callee.traced('BYE', 'incoming')).toHaveLength(1);
    await callee.terminate();
  });

  it('writes nothing of a config file to disk', async () => {
    const secret = { ...account('alice'), password: 'not-for-disk-7531' };
    const phone = await startDaemon({ config: { accounts: [secret], ...LOOPBACK } });
    await phone.terminate();
    const { stdout } = await runProgram('grep', ['-rl', 'not-for-disk-7531', phone.data]);
    expect(stdout).toBe('');
    // RFC 5626 §4.1: who this installation is stays the same, and is no part of the config file.
    const saved = JSON.parse(readFileSync(join(phone.data, 'settings.json'), 'utf8')) as object;
    expect(Object.keys(saved)).toEqual(['instanceId']);
  });
});

describe('nightjar ctl', () => {
  it('answers a command with its value, and a wrong one with a failure', async () => {
    const phone = await startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK } });
    const ctl = async (...words: readonly string[]) => {
      const { code, stdout } = await nightjar('ctl', '--control', phone.controlPath, ...words);
      return { code, reply: JSON.parse(stdout) as unknown };
    };
    expect(await ctl('phone.getView')).toMatchObject({ code: 0, reply: { ok: true, value: { calls: [] } } });
    expect(await ctl('away.set', '{"enabled":true}')).toMatchObject({ code: 0, reply: { ok: true } });
    expect(await ctl('call.hangUp', '{"callId":"none"}')).toMatchObject({ code: 1, reply: { ok: false } });
    expect(await ctl('call.hangUp', '{"callid":"none"}')).toMatchObject({
      code: 1,
      reply: { ok: false, failure: { code: 'badParams' } },
    });
    expect(await ctl('no.such')).toMatchObject({ code: 1, reply: { ok: false } });
    await phone.terminate();
  });

  it('follows events until the phone ends', async () => {
    const phone = await startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK } });
    const follower = new LineProcess(process.execPath, [NIGHTJAR, 'ctl', '--data', phone.data, '--follow']);
    // It says nothing when it is connected: what it prints are the changes that follow.
    const changeOfAway = () => follower.lines.find((line) => line.includes('"away"'));
    let isEnabled = false;
    while (changeOfAway() === undefined && follower.finished === undefined) {
      isEnabled = !isEnabled;
      await phone.command('away.set', { enabled: isEnabled });
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(JSON.parse(changeOfAway() ?? '')).toMatchObject({ event: 'phone.changed', changed: { away: {} } });
    await phone.terminate();
    expect((await follower.ended).code).toBe(0);
  });
});

describe('nightjar history', () => {
  it('says what became of each call, of a running phone and of a closed one', async () => {
    const data = temporaryFolder('data');
    expect((await nightjar('history', '--data', data)).stdout).toBe('no calls');
    const phone = await startDaemon({ config: { accounts: [account('alice')], ...LOOPBACK }, data });
    await phone.command('call.dial', { target: 'sip:nobody@127.0.0.1:1' });
    await phone.until('the entry', () => phone.view?.history[0], 40_000);
    const running = JSON.parse((await nightjar('history', '--json', '--data', data)).stdout) as unknown;
    expect(running).toMatchObject({ ok: true, entries: [{ direction: 'outgoing', outcome: 'failed' }] });
    await phone.terminate();
    expect(JSON.parse((await nightjar('history', '--json', '--data', data)).stdout)).toEqual(running);
    expect((await nightjar('history', '--search', 'nobody', '--data', data)).stdout).toMatch(
      /^\S+Z {2}to {4}failed {18}0 s {2}sip:nobody@127.0.0.1/m,
    );
    expect((await nightjar('history', '--search', 'carol', '--data', data)).stdout).toBe('no calls');
  });
});

describe('nightjar messages', () => {
  it('lists none in a new folder, and refuses a message that is not there', async () => {
    const data = temporaryFolder('data');
    expect((await nightjar('messages', '--data', data)).stdout).toBe('no messages');
    const listed = await nightjar('messages', 'list', '--json', '--data', data);
    expect(JSON.parse(listed.stdout)).toEqual({ ok: true, messages: [] });
    for (const args of [
      ['delete', 'none'],
      ['export', 'none', join(data, 'out.wav')],
    ]) {
      const refused = await nightjar('messages', ...args, '--json', '--data', data);
      expect(refused.code).toBe(1);
      expect(JSON.parse(refused.stdout)).toMatchObject({ ok: false, failure: { code: 'notFound' } });
    }
  });
});
