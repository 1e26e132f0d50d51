// How fast a freshly started phone sets a call up through a proxy: from its first INVITE, the challenge included, to the 200, on the wire.
import { join } from 'node:path';
import { NIGHTJAR, ROOT } from '../test/support/daemon.ts';
import { leaveLab, startServer } from '../test/support/lab.ts';
import { runProgram } from '../test/support/line-process.ts';

const SCRIPT = join(ROOT, 'test', 'interop', 'lab', 'bench', 'setup.mjs');
const CALLS = '5';

interface Figures {
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
}

/** Needs Kamailio, baresip, and tshark with the right to listen on loopback. The higher the better. */
export async function run(): Promise<Figures> {
  const server = await startServer();
  try {
    const rates: number[] = [];
    for (const caller of ['nightjar', 'baresip']) rates.push(await callsPerSecond(caller, server.port));
    const [ours = 0, baresip = 0] = rates;
    return { unit: 'calls set up per second of set-up time', ours, peers: { baresip } };
  } finally {
    await leaveLab();
  }
}

/** The callee is the same for both, so that only the caller differs. */
async function callsPerSecond(caller: string, port: number): Promise<number> {
  const options = ['--calls', CALLS, '--port', String(port)];
  const env = { NIGHTJAR: `${process.execPath} ${NIGHTJAR}` };
  const { stdout, stderr } = await runProgram(process.execPath, [SCRIPT, caller, 'baresip', ...options], env);
  const figures = JSON.parse(stdout.split('\n').at(-1) || '{}') as { readonly invite_200?: string };
  const medianMs = Number.parseFloat(figures.invite_200 ?? '');
  if (!(medianMs > 0)) throw new Error(`no figures of ${caller}: ${stderr.slice(-500)}`);
  return Math.round(10_000 / medianMs) / 10;
}
