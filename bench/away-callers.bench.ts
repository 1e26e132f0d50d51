// Many callers at once at the answering machine: what is missing in their messages, processor share and memory.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWavTracks } from '../src-main/media/index.ts';
import { startDaemon, ROOT, type Daemon } from '../test/support/daemon.ts';
import { freePort } from '../test/support/free-port.ts';
import { leaveLab } from '../test/support/lab.ts';
import { runProgram } from '../test/support/line-process.ts';
import { memoryMiB, processorSec, treeOf } from './support/process-figures.ts';
import { keepResults, type Row } from './support/results.ts';

const CALLERS = [10, 50];
const TALK_MS = 20_000;
const CALLS_PER_SECOND = 10;
/** When all are there, and until the first one goes. */
const LOOK_AFTER_MS = 7000;
const LOOK_MS = 10_000;
const TONE_HZ = 1000;
const RATE_HZ = 8000;
const FRAME_MS = 20;
const SHORT_GREETING = join(ROOT, 'assets', 'audio', 'phrases', 'oh.wav');

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Needs SIPp. The figure is how many callers were recorded at once without a frame that is missing. */
export async function run(): Promise<object> {
  const rows: Row[] = [];
  try {
    for (const callers of CALLERS) rows.push(await measure(callers));
  } finally {
    await leaveLab();
  }
  keepResults('away-callers', rows);
  const whole = rows.filter((row) => row['messages'] === row['callers'] && row['missing frames'] === 0);
  return { unit: 'callers recorded at once, whole', ours: Number(whole.at(-1)?.['callers'] ?? 0), peers: {}, rows };
}

async function measure(callers: number): Promise<Row> {
  const phone = await startDaemon({
    config: {
      accounts: [{ id: 'away', address: 'sip:away@127.0.0.1', register: false }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1' }] },
      media: { address: '127.0.0.1' },
      away: { enabled: true, answerAfterSec: 0, greetingFile: SHORT_GREETING, beep: false, maxCallers: callers },
    },
  });
  const calling = callFrom(callers, phone.port());
  await pause(LOOK_AFTER_MS);
  const [startedSec, startedMs] = [totalOf(phone, processorSec), performance.now()];
  await pause(LOOK_MS);
  const percent = (100_000 * (totalOf(phone, processorSec) - startedSec)) / (performance.now() - startedMs);
  const rssMiB = totalOf(phone, memoryMiB);
  await calling;
  await pause(1000);
  const messages = await phone.command('message.list');
  let missing = 0;
  for (const { file } of messages) missing += await missingFrames(file);
  await phone.terminate();
  const round = (value: number): number => Math.round(value * 10) / 10;
  return {
    callers,
    messages: messages.length,
    'missing frames': missing,
    'CPU %': round(percent),
    'CPU % a caller': Math.round((100 * percent) / callers) / 100,
    'RSS MiB': round(rssMiB),
  };
}

const totalOf = (phone: Daemon, figureOf: (pid: number) => number): number =>
  treeOf(phone.pid).reduce((sum, pid) => sum + figureOf(pid), 0);

/** SIPp calls so many times and speaks a tone. */
async function callFrom(callers: number, port: number): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'nightjar-callers-'));
  const scenario = readFileSync(join(ROOT, 'bench', 'support', 'away-caller.xml'), 'utf8');
  const toneFile = join(folder, 'tone.ul');
  await runProgram('sox', [
    '-n',
    '-r',
    String(RATE_HZ),
    '-c',
    '1',
    '-t',
    'ul',
    toneFile,
    'synth',
    '1',
    'sine',
    String(TONE_HZ),
    'gain',
    '-12',
  ]);
  const text = scenario.replaceAll('[tone_file]', toneFile).replaceAll('[talk_ms]', String(TALK_MS));
  writeFileSync(join(folder, 'caller.xml'), text);
  const place = ['-i', '127.0.0.1', '-p', String(await freePort()), '-mi', '127.0.0.1', '-mp', '30000'];
  const load = ['-m', String(callers), '-r', String(CALLS_PER_SECOND), '-l', String(callers), '-nostdin'];
  const program = ['-sf', join(folder, 'caller.xml'), ...place, ...load, '-s', 'away', `127.0.0.1:${port}`];
  const { code, stderr } = await runProgram('sipp', program, { TERM: 'dumb' });
  rmSync(folder, { recursive: true });
  if (code !== 0) throw new Error(`SIPp: ${stderr.slice(-500)}`);
}

/** Frames between the first and the last sound in which the tone is not whole. */
async function missingFrames(file: string): Promise<number> {
  const wav = await readWavTracks(file);
  const samples = wav?.tracks[0] ?? new Int16Array(0);
  const size = ((wav?.sampleRateHz ?? RATE_HZ) * FRAME_MS) / 1000;
  const powers: number[] = [];
  for (let at = 0; at + size <= samples.length; at += size) {
    powers.push(samples.subarray(at, at + size).reduce((sum, sample) => sum + sample * sample, 0));
  }
  const usual = [...powers].sort((a, b) => a - b)[powers.length >> 1] ?? 0;
  const isSound = (power: number): boolean => power > usual / 2;
  const spoken = powers.slice(powers.findIndex(isSound), powers.findLastIndex(isSound));
  return spoken.filter((power) => !isSound(power)).length;
}
