// Speech through a bad network: what our phone and linphonec make of the same speech, the same losses and the same delays. A baresip speaks to
// each; where Opus can send redundancy (RFC 6716 §2.1.7) each also speaks to another of its kind, since baresip sends none.
import { leaveLab, SPEECH, startServer } from '../test/support/lab.ts';
import { keepResults, listFrom, median, numberOf, runLabBench, type Row } from './support/results.ts';

const CODECS = ['pcmu', 'g722', 'opus'];
const LOSSES = ['0', 'loss=1', 'loss=3', 'loss=5', 'loss=10', 'loss=20', 'ge=2:30'];
const IN_ORDER = ['jitter=30,keep-order', 'jitter=60,keep-order', 'jitter=100,keep-order'];
const OVERTAKING = ['jitter=30', 'jitter=60', 'jitter=100', 'dup=5'];
/** WHY: 4 s are left out, what is judged is the speech three times: with parts of it, its beginning would move the distance by 0.05 dB. */
const SECONDS = process.env['QUALITY_SECONDS'] ?? '23.5';
/** Of the losses and delays; with several, every row has the medians. */
const SEEDS = listFrom('QUALITY_SEEDS', ['1']);

type Line = Readonly<Record<string, unknown>>;

/** Both run at the same time, each with a speaker of its own. */
const RECEIVERS = [
  { phone: 'nightjar', users: 'alice:bob' },
  { phone: 'linphone', users: 'carol:dave' },
] as const;
/** Of the lab, so that runs for several codecs go side by side. */
const PORT_SETS: Readonly<Record<string, number>> = { pcmu: 3, g722: 5, opus: 7 };
const SPEAKER = 'baresip';
const OWN_KIND = 'its-like';

/** Needs Kamailio, baresip and linphonec; takes a quarter of an hour for each seed when everything is measured. The higher the better. */
export async function run(): Promise<object> {
  const server = await startServer();
  const conditions = listFrom('QUALITY_CONDITIONS', [...LOSSES, ...IN_ORDER, ...OVERTAKING]);
  const speakers = listFrom('QUALITY_SPEAKERS', [SPEAKER, OWN_KIND]);
  const rows: Row[] = [];
  try {
    for (const codec of listFrom('QUALITY_CODECS', CODECS)) {
      if (speakers.includes(SPEAKER)) rows.push(...(await measure(server.address, codec, SPEAKER, conditions)));
      const lossy = conditions.filter((condition) => LOSSES.includes(condition));
      if (codec === 'opus' && speakers.includes(OWN_KIND))
        rows.push(...(await measure(server.address, codec, OWN_KIND, lossy)));
    }
  } finally {
    await leaveLab();
  }
  keepResults(process.env['QUALITY_RESULTS'] ?? 'quality', rows);
  const mean = (column: string) => rows.reduce((sum, row) => sum + numberOf(row[column]), 0) / rows.length;
  const score = (column: string) => Math.round(1000 / mean(column)) / 1000;
  return {
    unit: '1 / mean log-spectral distance in dB',
    ours: score('our LSD dB'),
    peers: { linphonec: score('their LSD dB') },
    rows,
  };
}

async function measure(server: string, codec: string, speaker: string, conditions: readonly string[]): Promise<Row[]> {
  const runs: (readonly (readonly Line[])[])[] = [];
  for (const seed of SEEDS) {
    const calls = RECEIVERS.map(({ phone, users }, index) => {
      const ports = String((PORT_SETS[codec] ?? 1) + index);
      const line = ['--ref', SPEECH, '--server', server, '--seconds', SECONDS, '--seed', seed, '--codecs', codec];
      const pair = ['--only-a', '--a', phone, '--b', speaker === OWN_KIND ? phone : speaker];
      return runLabBench('quality.mjs', [...line, ...pair, '--users', users, '--set', ports, ...conditions]);
    });
    runs.push(await Promise.all(calls));
  }
  const of = (receiver: 0 | 1): readonly Line[] => runs.flatMap((run) => run[receiver] ?? []);
  return conditions.map((condition) => ({ codec, speaker, ...rowOf(condition, of(0), of(1)) }));
}

function rowOf(condition: string, ours: readonly Line[], theirs: readonly Line[]): Row {
  const figures = (lines: readonly Line[], column: string) =>
    median(lines.filter(({ cond }) => cond === condition).map((line) => numberOf(line[column])));
  return {
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
