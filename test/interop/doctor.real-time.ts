// `nightjar doctor` on a machine where nothing was set up: what it checks, what it finds, how it ends.
import { describe, expect, it } from 'vitest';
import { nightjar, startDaemon, temporaryFolder } from '../support/daemon.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  readonly figures?: Readonly<Record<string, number>>;
}

async function examine(data: string): Promise<{ code: number | null; isOk: boolean; checks: readonly Check[] }> {
  const { code, stdout } = await nightjar('doctor', '--json', '--data', data);
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: readonly Check[] };
  return { code, isOk: ok, checks };
}

describe.concurrent('nightjar doctor', () => {
  // Real sound over real sockets: a machine that is busy with other things may need a second try.
  it('finds the test line in order without an account: speech comes back, a tone is right', { retry: 2 }, async () => {
    const { code, isOk, checks } = await examine(temporaryFolder('data'));
    const figures = JSON.stringify(checks);
    for (const { name, detail } of checks) expect(detail, name).not.toBe('');
    const check = (name: string) => checks.find((one) => one.name === name);
    expect(check('echo')?.figures?.['similarity'], figures).toBeGreaterThan(0.85);
    expect(check('echo')?.figures?.['delayMs'], figures).toBeLessThan(500);
    expect(Math.abs((check('milliwatt')?.figures?.['frequencyHz'] ?? 0) - 1004), figures).toBeLessThan(1);
    expect(checks.map(({ name }) => name)).toEqual(expect.arrayContaining(['network', 'audio', 'account']));
    expect(isOk, figures).toBe(true);
    expect(code).toBe(0);
  });

  it('fails with a reason when an account cannot register', { retry: 1 }, async () => {
    const data = temporaryFolder('data');
    // Saved as the window would: without a config file it is kept.
    const phone = await startDaemon({ data, config: null });
    await phone.command('account.save', {
      address: 'sip:nobody@127.0.0.1',
      registrar: 'sip:127.0.0.1:9',
      transport: 'tcp',
    });
    await phone.terminate();
    const { code, isOk, checks } = await examine(data);
    const account = checks.find(({ name }) => name === 'account');
    expect(account).toMatchObject({ ok: false });
    expect(account?.detail).toContain('sip:nobody@127.0.0.1');
    expect(isOk).toBe(false);
    expect(code).toBe(1);
  });
});
