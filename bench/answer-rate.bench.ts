// How many calls a second are answered before the first one fails: SIPp calls at rising rates. Ours answers as the answering machine.
import { join } from 'node:path';
import { NIGHTJAR, ROOT } from '../test/support/daemon.ts';
import { freePort } from '../test/support/free-port.ts';
import { runProgram } from '../test/support/line-process.ts';

const SCRIPT = join(ROOT, 'test', 'interop', 'lab', 'bench', 'answer-rate.mjs');
const RATES = '5,10,20,30,40,60,80,100,150,200';
const SECONDS = '5';

interface Figures {
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
}

/** Needs SIPp and baresip. The higher the better. */
export async function run(): Promise<Figures> {
  const ours = await bestRate('nightjar');
  const baresip = await bestRate('baresip');
  return { unit: 'calls answered per second without a failure', ours, peers: { baresip } };
}

async function bestRate(phone: string): Promise<number> {
  const ports = ['--local', `127.0.0.1:${await freePort()}`, '--port', String(await freePort())];
  const env = { NIGHTJAR: `${process.execPath} ${NIGHTJAR}` };
  const options = ['--rates', RATES, '--seconds', SECONDS, ...ports];
  const { stdout, stderr } = await runProgram(process.execPath, [SCRIPT, phone, ...options], env);
  const rows = stdout.split('\n').filter((line) => line.startsWith('{'));
  if (rows.length === 0) throw new Error(`no figures of ${phone}: ${stderr.slice(-500)}`);
  let best = 0;
  for (const row of rows) {
    const { rate, calls, ok } = JSON.parse(row) as { rate: number; calls: number; ok: number };
    if (ok < calls) break;
    best = rate;
  }
  return best;
}
