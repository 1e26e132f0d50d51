// Speech through a bad network: what our phone and linphonec make of the same speech, the same losses and the same delays.
import { leaveLab, SPEECH, startServer } from '../test/support/lab.ts';
import { keepResults, listFrom, numberOf, runLabBench, type Row } from './support/results.ts';

const CODECS = ['pcmu', 'g722', 'opus'];
const LOSSES = ['0', 'loss=1', 'loss=3', 'loss=5', 'loss=10', 'loss=20', 'ge=2:30'];
const IN_ORDER = ['jitter=30,keep-order', 'jitter=60,keep-order', 'jitter=100,keep-order'];
const OVERTAKING = ['jitter=30', 'jitter=60', 'jitter=100', 'dup=5'];
const SECONDS = process.env['QUALITY_SECONDS'] ?? '20';
const SEED = process.env['QUALITY_SEED'] ?? '1';

type Line = Readonly<Record<string, unknown>>;

/** Both run at the same time, each with a baresip of its own that speaks to it. */
const RECEIVERS = [
  { phone: 'nightjar', users: 'alice:bob', ports: '5' },
  { phone: 'linphone', users: 'carol:dave', ports: '6' },
] as const;

/** Needs Kamailio, baresip and linphonec; takes a quarter of an hour when everything is measured. The higher the better. */
export async function run(): Promise<object> {
  const server = await startServer();
  const conditions = listFrom('QUALITY_CONDITIONS', [...LOSSES, ...IN_ORDER, ...OVERTAKING]);
  const rows: Row[] = [];
  try {
    for (const codec of listFrom('QUALITY_CODECS', CODECS)) {
      const [ours = [], theirs = []] = await Promise.all(
        RECEIVERS.map(({ phone, users, ports }) => {
          const fixed = ['--only-a', '--ref', SPEECH, '--server', server.address, '--seconds', SECONDS, '--seed', SEED];
          const own = ['--a', phone, '--users', users, '--set', ports, '--codecs', codec];
          return runLabBench('quality.mjs', [...fixed, ...own, ...conditions]);
        }),
      );
      for (const condition of conditions) rows.push(rowOf(codec, condition, ours, theirs));
    }
  } finally {
    await leaveLab();
  }
  keepResults('quality', rows);
  const mean = (column: string) => rows.reduce((sum, row) => sum + numberOf(row[column]), 0) / rows.length;
  const score = (column: string) => Math.round(1000 / mean(column)) / 1000;
  return {
    unit: '1 / mean log-spectral distance in dB',
    ours: score('our LSD dB'),
    peers: { linphonec: score('their LSD dB') },
    rows,
  };
}

function rowOf(codec: string, condition: string, ours: readonly Line[], theirs: readonly Line[]): Row {
  const figures = (lines: readonly Line[], column: string) =>
    numberOf(lines.find(({ cond }) => cond === condition)?.[column]);
  return {
    codec,
    condition,
    'lost %': figures(ours, 'lost_pct'),
    'our LSD dB': figures(ours, 'lsd_db'),
    'their LSD dB': figures(theirs, 'lsd_db'),
    'our dropouts %': figures(ours, 'dropout_pct'),
    'their dropouts %': figures(theirs, 'dropout_pct'),
    'our jumps': figures(ours, 'jumps'),
    'their jumps': figures(theirs, 'jumps'),
  };
}
