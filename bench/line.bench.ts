// Speech over lines that lose and delay packets, on virtual time: our sender's coding, our jitter buffer and playout, the lab's judge; a minute or two
// for all of it, each line with five seeds. Peers are measured by `quality`, which takes a quarter of an hour.
import { join } from 'node:path';
import { ROOT } from '../test/support/daemon.ts';
import { SPEECH } from '../test/support/lab.ts';
import { ReceivedStream } from '../test/support/media/received-stream.ts';
import { loadResamplerFactory } from '../src-main/media/dsp/index.ts';
import { loadSpeech, randomFrom, repeated } from '../test/support/media/speech.ts';
import { keepResults, listFrom, median, type Row } from './support/results.ts';
import type { CodecName } from '../src-main/media/index.ts';

/** As most peers send it. */
const PLAIN_OPUS = 'opus-without-copies';
const CODECS = ['PCMU', 'G722', 'opus', PLAIN_OPUS];
const LOSSES = ['0', 'loss=1', 'loss=3', 'loss=5', 'loss=10', 'loss=20', 'ge=2:30'];
const JITTERS = ['jitter=30', 'jitter=60,keep-order', 'jitter=60', 'jitter=100,keep-order', 'jitter=100'];
const LINES = [...LOSSES, ...JITTERS];
const SEEDS = listFrom('LINE_SEEDS', ['1', '2', '3', '4', '5']).map(Number);
const SECONDS = Number(process.env['LINE_SECONDS'] ?? '20');
/** Every line takes this long at least. */
const WAY_MS = 5;

interface Score {
  readonly lsd_db: number;
  readonly dropout_pct: number;
  readonly jumps: number;
  readonly delay_ms: number;
}

interface Judge {
  readonly reference: object;
  readonly score: (reference: object, received: object, options: object) => Score;
}

interface Way {
  readonly name: string;
  readonly line: string;
  readonly seed: number;
}

/** The judge compares two files; here it gets what would be in them. */
async function loadJudge(): Promise<Judge> {
  const lab = join(ROOT, 'test', 'interop', 'lab');
  const { score } = (await import(join(lab, 'quality', 'score.mjs'))) as Pick<Judge, 'score'>;
  const { readWav } = (await import(join(lab, 'lib', 'wav.mjs'))) as { readonly readWav: (file: string) => object };
  return { reference: readWav(SPEECH), score };
}

/** How long packet `i` travels, in the words of the lab's `impair.mjs`. */
function travelMs(line: string, seed: number): (i: number) => number | undefined {
  const parts = new Map(line.split(',').map((part) => part.split('=', 2) as [string, string | undefined]));
  const [enter = 0, leave = 100] = (parts.get('ge') ?? '0:100').split(':').map(Number);
  const random = randomFrom(seed * 7919 + 17);
  let [isBad, latestMs] = [false, 0];
  return (i) => {
    const [loss, change, late] = [random() * 100, random() * 100, random()];
    isBad = isBad ? change >= leave : change < enter;
    if (loss < Number(parts.get('loss') ?? 0) || isBad) return undefined;
    const atMs = i * 20 + WAY_MS + late * Number(parts.get('jitter') ?? 0);
    if (!parts.has('keep-order')) return atMs - i * 20;
    latestMs = Math.max(latestMs, atMs);
    return latestMs - i * 20;
  };
}

/** The figure is the mean distance over all lines; the table has it for each, the median of the seeds and the worst of them. */
export async function run(): Promise<object> {
  const judge = await loadJudge();
  const speech48 = repeated(await loadSpeech(SPEECH), 48_000 * SECONDS);
  const rows: Row[] = [];
  for (const name of listFrom('LINE_CODECS', CODECS)) {
    for (const line of listFrom('LINE_CONDITIONS', LINES)) {
      const runs: Row[] = [];
      for (const seed of SEEDS) runs.push(await hear(judge, speech48, { name, line, seed }));
      rows.push({ codec: name, line, ...summary(runs) });
    }
  }
  if (process.env['LINE_RESULTS'] !== '0') keepResults('line', rows);
  return {
    unit: 'dB',
    ours: rows.reduce((sum, row) => sum + (row['LSD dB'] as number), 0) / rows.length,
    peers: {},
    rows,
  };
}

function summary(runs: readonly Row[]): Row {
  const columns = Object.keys(runs[0] ?? {}).flatMap((column) => {
    const values = runs.map((each) => each[column] as number);
    return [[column, median(values)] as const, [`worst ${column}`, Math.max(...values)] as const];
  });
  return Object.fromEntries(columns);
}

async function hear({ score, reference }: Judge, speech48: Int16Array, way: Way): Promise<Row> {
  const { name, line, seed } = way;
  const isPlainOpus = name === PLAIN_OPUS;
  const codecName = isPlainOpus ? 'opus' : (name as CodecName);
  const stream = await ReceivedStream.create(codecName, {}, isPlainOpus ? {} : undefined);
  const { sampleRateHz } = stream.codec;
  const resampler = (await loadResamplerFactory()).create(48_000, sampleRateHz);
  const sound = resampler.process(speech48).slice();
  resampler.close();
  // Two frames at a time as the pacer pulls them, anywhere between two packets.
  const phaseMs = (seed * 7) % 20;
  const travel = travelMs(line, seed);
  const delayMs = (i: number): number | undefined => {
    const ms = travel(i);
    return ms === undefined ? undefined : ms + phaseMs;
  };
  const { samples, receiver } = stream.hear(sound, { delayMs, wakesLateMs: (i) => (i % 2 === 0 ? 10 : 0) });
  const data = Float32Array.from(samples, (sample) => sample / 32_768);
  const rate = Math.min(sampleRateHz, 16_000);
  const said = score(reference, { rate: sampleRateHz, data }, { loop: true, rate, skip: 1.5, max: SECONDS - 3 });
  return {
    'LSD dB': said.lsd_db,
    'dropouts %': said.dropout_pct,
    jumps: said.jumps,
    'concealed ms': Math.round(receiver.figures.concealedMs),
    'late packets': receiver.figures.latePackets,
    'buffer ms': Math.round(receiver.targetMs),
    'delay ms': Math.round(said.delay_ms - phaseMs),
  };
}
