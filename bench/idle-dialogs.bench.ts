// What ten thousand calls that stand and say nothing cost in memory: the SIP stack in a process of its own, over real UDP.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createSipStack } from '../src-main/app/sip-stack.ts';
import { Logger } from '../src-main/base/logger.ts';
import { nodeRuntime } from '../src-main/base/runtime.ts';
import { SipUri } from '../src-main/sip/syntax/index.ts';
import { nodeNetwork } from '../src-main/sip/transport/index.ts';
import { placeCalls } from './support/load-caller.ts';

const DIALOGS = 10_000;
const CALLS_PER_SECOND = 500;
/** Transactions linger for 64*T1 (RFC 3261 §17.2.1, RFC 6026 §7.1). */
const SETTLE_MS = 34_000;
const ROLE = 'NIGHTJAR_BENCH_ROLE';
const ANSWER =
  'v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\n';

interface Figures {
  readonly unit: string;
  readonly ours: number;
  readonly peers: Readonly<Record<string, number>>;
  readonly answered: number;
  readonly rssMib: number;
  readonly rssMibWithout: number;
}

/** The higher the better; the goal is 10,000 in 400 MiB. No peer of the lab takes as many. */
export async function run(): Promise<Figures> {
  const callee = spawn(process.execPath, ['--expose-gc', fileURLToPath(import.meta.url)], {
    env: { ...process.env, [ROLE]: 'callee' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise<number>((resolve) => callee.stdout.once('data', (text) => resolve(Number(text))));
    const rssMibWithout = residentMib(callee.pid);
    const calls = { targetPort: port, callsPerSecond: CALLS_PER_SECOND, calls: DIALOGS, holdMs: undefined };
    const { answerMs, close } = await placeCalls(calls);
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    callee.stdin.write('collect\n');
    await new Promise((resolve) => callee.stdout.once('data', resolve));
    const rssMib = residentMib(callee.pid);
    close();
    return {
      unit: 'idle dialogs per MiB of resident memory',
      ours: Math.round(answerMs.length / rssMib),
      peers: { goal: DIALOGS / 400 },
      answered: answerMs.length,
      rssMib,
      rssMibWithout,
    };
  } finally {
    callee.kill();
  }
}

function residentMib(pid: number | undefined): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 102.4) / 10;
}

async function serve(): Promise<void> {
  const runtime = nodeRuntime();
  const account = {
    address: new SipUri({ scheme: 'sip', user: 'bob', host: '127.0.0.1' }),
    contactUser: 'bob',
    outboundProxies: [],
  };
  const { core, transport } = createSipStack({
    ...{ network: nodeNetwork(), runtime, logger: new Logger(() => {}) },
    accountFor: () => account,
    maxSessions: DIALOGS * 2,
  });
  core.events.on('invite', (invite) => invite.accept({ contentType: 'application/sdp', bytes: Buffer.from(ANSWER) }));
  const opened = await transport.listen({ protocol: 'udp', address: '127.0.0.1', port: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  process.stdin.on('data', () => {
    (globalThis as { gc?: () => void }).gc?.();
    process.stdout.write('collected\n');
  });
  process.stdout.write(`${transport.listeningPoints[0]?.local.port}\n`);
}

if (process.env[ROLE] === 'callee') await serve();
