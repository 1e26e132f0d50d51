// What the worst messages cost beside the typical one: the torture set of RFC 4475, and messages of doubled size that invite slow readers to slow down.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkKnownHeaders, parseMessage } from '../src-main/sip/syntax/index.ts';
import { ROOT } from '../test/support/daemon.ts';
import { TYPICAL_INVITE } from './support/typical-invite.ts';

const TORTURE = join(ROOT, 'test', 'fixtures', 'torture');
const ROUNDS = 15;
const ROUND_MS = 6;

interface Figures {
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  readonly slowestFile: string;
  /** How many times as long the doubled message takes, for each shape: 2 is linear, 4 would be quadratic. */
  readonly doubling: Readonly<Record<string, number>>;
}

/** A typical message over the slowest of the torture set: 1 is as quick, above a third is asked for. */
export function run(): Figures {
  const typicalUs = readUs(TYPICAL_INVITE);
  const torture = readdirSync(TORTURE)
    .filter((file) => file.endsWith('.dat'))
    .map((file) => ({ file, us: readUs(readFileSync(join(TORTURE, file))) }));
  const slowest = torture.reduce((worst, one) => (one.us > worst.us ? one : worst));
  return {
    unit: 'time of a typical message over that of the slowest torture message',
    ours: rounded(typicalUs / slowest.us),
    peers: { 'a third': 0.33 },
    slowestFile: slowest.file,
    doubling: Object.fromEntries(SHAPES.map(([name, shape]) => [name, doubled(shape)])),
  };
}

/** Each invites its own kind of slowness: long runs, many parts, and shapes that fail only at their very end. */
const SHAPES: readonly (readonly [name: string, shape: (size: number) => string])[] = [
  ['long name', (size) => `From: ${'a'.repeat(size)}<`],
  ['long quoted name', (size) => `From: "${'\\"'.repeat(size / 2)}`],
  ['long user', (size) => `From: <sip:${'a'.repeat(size)}`],
  ['dotted host', (size) => `From: <sip:${'a.'.repeat(size / 2)}!>`],
  ['many parameters', (size) => `From: <sip:a@b>${';a=b'.repeat(size / 4)}\\`],
  ['many URI parameters', (size) => `From: <sip:a@b${';a=b'.repeat(size / 4)}\\>`],
  ['many commas', (size) => `Contact: ${'<sip:a@b>,'.repeat(size / 10)}`],
  ['Via parameters', (size) => `Via: SIP/2.0/UDP a${';b=c'.repeat(size / 4)}\\`],
  ['Call-ID of words', (size) => `Call-ID: ${'a'.repeat(size)}@@`],
  ['folded', (size) => `Subject: a${'\r\n b'.repeat(size / 4)}`],
  ['comments', (size) => `Retry-After: 1 ${'('.repeat(size)}`],
  ['words', (size) => `Warning: ${'1 '.repeat(size / 2)}`],
];
const SIZE = 4_000;

function doubled(shape: (size: number) => string): number {
  const [half, whole] = [SIZE, SIZE * 2 - 200].map((size) => readUs(messageWith(shape(size))));
  return rounded((whole ?? 0) / (half ?? 1));
}

function messageWith(header: string): Buffer {
  const name = header.slice(0, header.indexOf(':') + 1);
  const lines = TYPICAL_INVITE.toString('latin1').split('\r\n');
  return Buffer.from([lines[0], header, ...lines.slice(1).filter((line) => !line.startsWith(name))].join('\r\n'));
}

/** The median time to read a message and look at every header that is known. */
function readUs(bytes: Buffer): number {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const startedMs = performance.now();
    let count = 0;
    let elapsedMs = 0;
    for (; elapsedMs < ROUND_MS; count++) {
      const parsed = parseMessage(bytes);
      const headers = parsed.ok ? parsed.value.headers : parsed.error.request?.headers;
      if (headers) checkKnownHeaders(headers);
      elapsedMs = performance.now() - startedMs;
    }
    times.push((elapsedMs / count) * 1000);
  }
  return times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? 0;
}

const rounded = (value: number): number => Math.round(value * 100) / 100;
