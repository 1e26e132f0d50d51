// How many INVITEs a second are read, looked at and answered, beside the SIP stacks that npm has; and what the garbage collector costs.
import { PerformanceObserver } from 'node:perf_hooks';
import { type Contestant, loadDrachtio, loadJsSip, loadSip, loadSipJs, nightjar } from './support/parse-contestants.ts';
import { TYPICAL_INVITE } from './support/typical-invite.ts';

const PEERS = ['sip', 'drachtio-srf', 'jssip', 'sip.js'];
const ROUNDS = 9;
const ROUND_MS = 250;
const GC_MESSAGES = 400_000;

interface Figures {
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  readonly gcMicrosecondsPerMessage: number;
}

/** The higher the better. Rounds alternate, so that a busy machine is busy for all. */
export async function run(): Promise<Figures> {
  const contestants: Readonly<Record<string, Contestant>> = {
    nightjar,
    sip: loadSip(),
    'drachtio-srf': loadDrachtio(),
    jssip: loadJsSip(),
    'sip.js': await loadSipJs(),
  };
  const rates = new Map<string, number[]>();
  for (const contestant of Object.values(contestants)) measure(contestant);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, contestant] of Object.entries(contestants)) {
      rates.set(name, [...(rates.get(name) ?? []), measure(contestant)]);
    }
  }
  const median = (name: string): number => {
    const sorted = [...(rates.get(name) ?? [])].sort((a, b) => a - b);
    return Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0);
  };
  return {
    unit: 'INVITEs with SDP read and answered per second',
    ours: median('nightjar'),
    peers: Object.fromEntries(PEERS.map((name) => [name, median(name)])),
    gcMicrosecondsPerMessage: await collectorCost(nightjar),
  };
}

function measure(contestant: Contestant): number {
  const startedMs = performance.now();
  let count = 0;
  let elapsedMs = 0;
  while (elapsedMs < ROUND_MS) {
    for (let turn = 0; turn < 20; turn++) contestant(TYPICAL_INVITE);
    count += 20;
    elapsedMs = performance.now() - startedMs;
  }
  return (count / elapsedMs) * 1000;
}

async function collectorCost(contestant: Contestant): Promise<number> {
  let pausedMs = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) pausedMs += duration;
  });
  observer.observe({ entryTypes: ['gc'] });
  for (let count = 0; count < GC_MESSAGES; count++) {
    contestant(TYPICAL_INVITE);
    // The observer is told between turns of the event loop.
    if (count % 10_000 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await new Promise((resolve) => setTimeout(resolve, 50));
  observer.disconnect();
  return Math.round(((pausedMs * 1000) / GC_MESSAGES) * 100) / 100;
}
