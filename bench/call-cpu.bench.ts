// Processor time and memory of a call, codec by codec, beside baresip at the other end of the same call.
import { leaveLab, SPEECH, startServer } from '../test/support/lab.ts';
import { keepResults, listFrom, median, numberOf, runLabBench, type Row } from './support/results.ts';

const CODECS = ['pcmu', 'g722', 'opus'];
const RUNS = Number(process.env['CALL_CPU_RUNS'] ?? '3');

/** Needs Kamailio and baresip. The higher the better. */
export async function run(): Promise<object> {
  const server = await startServer();
  const rows: Row[] = [];
  try {
    for (const codec of listFrom('CALL_CPU_CODECS', CODECS)) {
      const ours: unknown[] = [];
      const theirs: unknown[] = [];
      for (let i = 0; i < RUNS; i++) {
        const args = ['nightjar', 'baresip', '--mic', SPEECH, '--server', server.address, '--codecs', codec];
        const [line] = await runLabBench('cpu.mjs', args);
        ours.push(line?.['a_nightjar']);
        theirs.push(line?.['b_baresip']);
      }
      rows.push({
        codec,
        'our CPU %': middle(ours, 'cpu_pct'),
        'baresip CPU %': middle(theirs, 'cpu_pct'),
        'our RSS MiB': middle(ours, 'rss_mib'),
        'baresip RSS MiB': middle(theirs, 'rss_mib'),
      });
    }
  } finally {
    await leaveLab();
  }
  keepResults('call-cpu', rows);
  const perPercent = (column: string) => Math.round(10_000 / median(rows.map((row) => numberOf(row[column])))) / 100;
  return {
    unit: 'calls a core could carry',
    ours: perPercent('our CPU %'),
    peers: { baresip: perPercent('baresip CPU %') },
    rows,
  };
}

const middle = (sides: readonly unknown[], column: string): number =>
  median(sides.map((side) => numberOf((side as Readonly<Record<string, unknown>> | undefined)?.[column])));
