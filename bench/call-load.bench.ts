// Processor time and memory of 1, 10 and 50 calls at once, codec by codec: the media process of each of two phones, over real sockets.
import { join } from 'node:path';
import { silentLogger } from '../src-main/base/logger.ts';
import { nodeRuntime } from '../src-main/base/runtime.ts';
import { createMediaEngine, type CodecName, type MediaEngine } from '../src-main/media/index.ts';
import { ROOT } from '../test/support/daemon.ts';
import { SPEECH } from '../test/support/lab.ts';
import { connect, expectOk, sessionConfig } from '../test/support/media/call-fixture.ts';
import { childrenOf, memoryMiB, processorSec } from './support/process-figures.ts';
import { keepResults, numberOf, type Row } from './support/results.ts';

const CODECS: readonly CodecName[] = ['PCMU', 'G722', 'opus'];
const CALLS = [1, 10, 50];
/** As long after the beginning as `call-cpu` waits, and as long a look. */
const SETTLE_MS = 5000;
const LOOK_MS = 15_000;
const processFile = join(ROOT, 'dist', 'main', 'media-process.js');

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Linux only: the system is asked for its processes. The figure is how many Opus calls one core could carry. */
export async function run(): Promise<object> {
  const rows: Row[] = [];
  for (const codec of CODECS) for (const calls of CALLS) rows.push(await measure(codec, calls));
  keepResults('call-load', rows);
  return {
    unit: 'Opus calls that one core could carry',
    ours: Math.round(100 / numberOf(rows.at(-1)?.['CPU % a call'])),
    peers: {},
    rows,
  };
}

async function measure(codec: CodecName, calls: number): Promise<Row> {
  const [here, pid] = await openEngine();
  const [there] = await openEngine();
  for (let call = 0; call < calls; call++) await connect(here, there, codec, [talking(40_000), talking(42_000)]);
  await pause(SETTLE_MS);
  const [startedSec, startedMs] = [processorSec(pid), performance.now()];
  await pause(LOOK_MS);
  const percent = (100_000 * (processorSec(pid) - startedSec)) / (performance.now() - startedMs);
  const rssMiB = memoryMiB(pid);
  await Promise.all([here.close(), there.close()]);
  const round = (value: number): number => Math.round(value * 100) / 100;
  return { codec, calls, 'CPU %': round(percent), 'CPU % a call': round(percent / calls), 'RSS MiB': round(rssMiB) };
}

const talking = (firstPort: number) =>
  sessionConfig({ portRange: [firstPort, firstPort + 999], source: { kind: 'file', file: SPEECH, isLooped: true } });

/** An engine in a process of its own, and which one that is. */
async function openEngine(): Promise<readonly [MediaEngine, number]> {
  const before = new Set(childrenOf(process.pid));
  const audio = { kind: 'null' } as const;
  const engine = await createMediaEngine({ audio, runtime: nodeRuntime(), logger: silentLogger, processFile });
  expectOk(await engine.getAudioStatus());
  const pid = childrenOf(process.pid).find((child) => !before.has(child));
  if (pid === undefined) throw new Error('the media process did not start');
  return [engine, pid];
}
