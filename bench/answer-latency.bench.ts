// How long a caller waits for the answer while fifty calls a second come in: INVITE to 200, the 99th percentile. Ours answers as the answering machine.
import { endAllProcesses } from '../test/support/line-process.ts';
import { ROOT, startDaemon, removeFolders } from '../test/support/daemon.ts';
import { freePort } from '../test/support/free-port.ts';
import { LineProcess } from '../test/support/line-process.ts';
import { join } from 'node:path';
import { placeCalls } from './support/load-caller.ts';

const CALLS_PER_SECOND = 50;
const WARM_UP_CALLS = 100;
const CALLS = 300;
const HOLD_MS = 1000;
const ROUNDS = 5;

interface Latency {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

interface Figures {
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  readonly details: Readonly<Record<string, Latency>>;
}

/** Needs baresip. The higher the better: how many such waits fit in a second. */
export async function run(): Promise<Figures> {
  try {
    const phones = { nightjar: await startNightjar(), baresip: await startBaresip() };
    const details: Record<string, Latency> = {};
    for (const [name, port] of Object.entries(phones)) {
      (
        await placeCalls({ targetPort: port, callsPerSecond: CALLS_PER_SECOND, calls: WARM_UP_CALLS, holdMs: HOLD_MS })
      ).close();
      const rounds: Latency[] = [];
      for (let round = 0; round < ROUNDS; round++) rounds.push(await measure(port));
      const median = rounds.sort((a, b) => a.p99Ms - b.p99Ms)[Math.floor(ROUNDS / 2)];
      if (median) details[name] = median;
    }
    const rate = (name: string) => Math.round(1000 / (details[name]?.p99Ms ?? Infinity));
    return {
      unit: 'waits per second of waiting, 99th percentile at 50 calls a second',
      ours: rate('nightjar'),
      peers: { baresip: rate('baresip') },
      details,
    };
  } finally {
    await endAllProcesses();
    removeFolders();
  }
}

async function measure(targetPort: number): Promise<Latency> {
  const run = await placeCalls({ targetPort, callsPerSecond: CALLS_PER_SECOND, calls: CALLS, holdMs: HOLD_MS });
  run.close();
  const sorted = [...run.answerMs].sort((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? Infinity) * 100) / 100;
  return { p50Ms: at(0.5), p99Ms: at(0.99), failed: run.failed };
}

async function startNightjar(): Promise<number> {
  const port = await freePort();
  await startDaemon({
    audio: 'null',
    config: {
      accounts: [{ id: 'bob', address: 'sip:bob@127.0.0.1', register: false, codecs: ['PCMU'] }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1', port }] },
      calls: { maxCalls: 1000 },
      away: { enabled: true, answerAfterSec: 0 },
    },
  });
  return port;
}

async function startBaresip(): Promise<number> {
  const port = await freePort();
  const script = join(ROOT, 'test', 'interop', 'lab', 'baresip', 'peer.mjs');
  const peer = new LineProcess(process.execPath, [
    ...[script, '--user', 'bob', '--noreg', '--sip-port', String(port), '--codecs', 'pcmu', '--mic', 'short'],
  ]);
  await peer.until('ready', () => peer.lines.find((line) => line.includes('"ready"')), 10_000);
  return port;
}
