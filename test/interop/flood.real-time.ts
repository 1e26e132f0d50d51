// A call that goes on while somebody floods the phone with INVITEs over real sockets. RFC 3261 §26.1.5.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, startDaemon } from '../support/daemon.ts';
import { pause } from '../support/lab.ts';
import { runProgram } from '../support/line-process.ts';

const RATE_PER_SEC = 10_000;
const FLOOD_SEC = 5;
const GROWTH_LIMIT_MIB = 64;
/** On loopback with two processors there is some jitter without any flood. */
const JITTER_LIMIT_MS = 20;

interface FloodReport {
  readonly sent: number;
  readonly sentBytes: number;
  readonly answers: number;
  readonly answerBytes: number;
  readonly perSec: number;
}

/** Memory of a process and those that it started, in MiB; 0 where /proc is not. */
function residentMib(pid: number): number {
  try {
    const own = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return own + children.reduce((sum, child) => sum + residentMib(Number(child)), 0);
  } catch {
    return 0;
  }
}

const phoneOf = (user: string) =>
  startDaemon({
    config: {
      accounts: [{ id: user, address: `sip:${user}@127.0.0.1`, register: false, codecs: ['PCMU'] }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      calls: { maxCalls: 4 },
    },
  });

describe(`a flood of ${RATE_PER_SEC} INVITEs a second from one source — RFC 3261 §26.1.5`, () => {
  it('leaves the call alone, keeps memory bounded and gives back less than it takes', { timeout: 60_000 }, async () => {
    const [alice, bob] = await Promise.all([phoneOf('alice'), phoneOf('bob')]);
    const callId = await alice.dial(`sip:bob@127.0.0.1:${bob.port()}`, 'ringing');
    const bobCall = await bob.incoming('ringing');
    await bob.command('call.answer', { callId: bobCall.id });
    await alice.call(callId, 'connected');
    await pause(3000);
    const before = { mib: residentMib(bob.pid), quality: alice.qualities.get(callId) };

    const program = join(ROOT, 'test/interop/flooder.mjs');
    const args = [program, '127.0.0.2', '127.0.0.1', String(bob.port()), String(RATE_PER_SEC), String(FLOOD_SEC)];
    const { stdout } = await runProgram(process.execPath, args);
    const flood = JSON.parse(stdout) as FloodReport;
    const during = bob.qualities.get(bobCall.id);
    const after = { mib: residentMib(bob.pid), quality: alice.qualities.get(callId) };
    process.stdout.write(`${JSON.stringify({ flood, before, after, during })}\n`);

    expect(flood.sent).toBeGreaterThan(0);
    expect(flood.answerBytes).toBeLessThan(flood.sentBytes);
    expect(flood.answers / flood.sent).toBeLessThan(1);
    expect(bob.calls.get(bobCall.id)).toMatchObject({ state: 'connected', isOnHold: false, isRemoteHolding: false });
    for (const quality of [after.quality, during]) {
      expect(quality?.lossPercent ?? 100).toBeLessThanOrEqual(1);
      expect(quality?.jitterMs ?? 100).toBeLessThanOrEqual((before.quality?.jitterMs ?? 0) + JITTER_LIMIT_MS);
    }
    expect(after.mib - before.mib).toBeLessThan(GROWTH_LIMIT_MIB);

    await alice.command('call.hangUp', { callId });
    const ended = await alice.call(callId, 'ended', 5000);
    expect(ended.end).toMatchObject({ by: 'local' });
    await bob.call(bobCall.id, 'ended', 5000);
  });
});
