// From mouth to ear: the delay between two of our phones, and between two baresips, over one sound server's clock.
import { join } from 'node:path';
import { ROOT } from '../test/support/daemon.ts';
import { leaveLab, SPEECH, startServer } from '../test/support/lab.ts';
import { LineProcess } from '../test/support/line-process.ts';
import { keepResults, listFrom, median, numberOf, runLabBench, type Row } from './support/results.ts';

const CODECS = ['pcmu', 'g722', 'opus'];
/** In the words of the lab's `impair.mjs`: nothing, and packets that are up to 60 ms late and overtake each other. */
const LINES = ['0', 'jitter=60'];
const RUNS = Number(process.env['MOUTH_EAR_RUNS'] ?? '3');
/** How many packets of a hundred our buffer waits for: 95 to 99. */
const PERCENTILE = Number(process.env['MOUTH_EAR_PERCENTILE'] ?? '97');
/** The virtual microphone hears no loudspeaker: there is no echo to cancel, and what is measured is the way. */
const CONFIG = JSON.stringify({
  media: {
    ...{ echoCancellation: 'off', noiseSuppression: false, automaticGain: false },
    jitter: { percentile: PERCENTILE },
  },
});

/** Needs Kamailio, baresip and PulseAudio. The higher the better. */
export async function run(): Promise<object> {
  const server = await startServer();
  const sound = new LineProcess('bash', [join(ROOT, 'test', 'interop', 'lab', 'audio', 'pulse.sh')]);
  const rows: Row[] = [];
  try {
    await sound.until('READY', () => sound.lines.find((line) => line === 'READY'), 10_000);
    const facts = sound.lines.filter((line) => /^(PULSE_SERVER|ALSA_CONFIG_PATH)=/.test(line));
    const env = Object.fromEntries(facts.map((line) => line.split('=', 2) as [string, string]));
    const fixed = ['--ref', SPEECH, '--server', server.address, '--config', CONFIG];
    for (const codec of listFrom('MOUTH_EAR_CODECS', CODECS)) {
      for (const phone of listFrom('MOUTH_EAR_PHONES', ['nightjar', 'baresip'])) {
        for (const line of listFrom('MOUTH_EAR_LINES', LINES)) {
          const impair = line === '0' ? [] : ['--impair', line];
          const runs: Readonly<Record<string, unknown>>[] = [];
          for (let i = 0; i < RUNS; i++)
            runs.push(
              ...(await runLabBench('mouth-ear.mjs', [phone, phone, '--codecs', codec, ...impair, ...fixed], env)),
            );
          rows.push({ codec, phone, line, ...rowOf(runs) });
        }
      }
    }
  } finally {
    await leaveLab();
  }
  keepResults(process.env['MOUTH_EAR_RESULTS'] ?? 'mouth-ear', rows);
  const clean = rows.filter(({ line }) => line === '0');
  const of = (phone: string) =>
    median(clean.filter((row) => row['phone'] === phone).map((row) => numberOf(row['delay ms'])));
  const perSecond = (delayMs: number) => Math.round(10_000 / delayMs) / 10;
  return {
    unit: '1 / delay in seconds',
    ours: perSecond(of('nightjar')),
    peers: { baresip: perSecond(of('baresip')) },
    rows,
  };
}

function rowOf(runs: readonly Readonly<Record<string, unknown>>[]): Row {
  const middle = (column: string) => median(runs.map((each) => numberOf(each[column])));
  return {
    'delay ms': middle('delay_ms'),
    'p5 ms': middle('p5'),
    'p95 ms': middle('p95'),
    'dropouts %': middle('dropout_pct'),
    runs: runs.map((each) => numberOf(each['delay_ms'])).join(' '),
  };
}
