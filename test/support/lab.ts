// The lab of real peers, from tests: its server, its phones, its SIPp scenarios and its judge of speech.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LineProcess, endAllProcesses, runProgram } from './line-process.ts';
import { freePort } from './free-port.ts';
import { commandIn } from './network-namespace.ts';
import { removeFolders, ROOT } from './daemon.ts';

const LAB = join(ROOT, 'test', 'interop', 'lab');
export const SPEECH = join(ROOT, 'assets', 'audio', 'speech.wav');
export const DOMAIN = 'lab.test';

/** For each file's afterAll: nothing is left running, nothing is left lying about. */
export async function leaveLab(): Promise<void> {
  await endAllProcesses();
  removeFolders();
}

export interface LabServer {
  readonly port: number;
  readonly address: string;
  /** For TLS and secure WebSockets. */
  readonly tlsPort: number;
  /** The authority behind its certificate, which is for the domain of the lab and for 127.0.0.1. */
  readonly authorityFile: string;
  /** What Kamailio has written so far. */
  log(): string;
  /** The addresses of record that have a binding now. */
  registered(): Promise<readonly string[]>;
  /** Every binding as the registrar keeps it: contact, Path, instance, reg-id. */
  bindings(): Promise<string>;
  /** The account of a user of the lab, as the config file has it. */
  account(user: string, more?: object): object;
  end(): Promise<unknown>;
}

/** A registrar and proxy of its own for this file, on free ports. */
export async function startServer(...options: readonly string[]): Promise<LabServer> {
  const port = await freePort();
  const tlsPort = await freePort();
  const script = join(LAB, 'kamailio', 'start.sh');
  const ports = ['--port', String(port), '--tls-port', String(tlsPort)];
  const server = new LineProcess('bash', [script, ...ports, ...options]);
  await server.until('READY', () => server.lines.find((line) => line === 'READY'), 20_000);
  const fact = (name: string) => server.lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
  const address = `127.0.0.1:${port}`;
  const bindings = async () => {
    const dump = await runProgram('kamcmd', ['-s', `unixs:${fact('CTL')}`, 'ul.dump']);
    return dump.stdout;
  };
  return {
    port,
    address,
    tlsPort,
    authorityFile: fact('CA'),
    log: () => readFileSync(fact('LOG'), 'utf8'),
    registered: async () => {
      const dump = await bindings();
      return [...dump.matchAll(/AoR: (\S+)/g)].map(([, user]) => user ?? '');
    },
    bindings,
    account: (user, more = {}) => labAccount(user, { port, tlsPort }, more),
    end: () => server.end(),
  };
}

function labAccount(user: string, ports: { port: number; tlsPort: number }, more: object): object {
  const { transport = 'udp' } = more as { transport?: string };
  const address = `127.0.0.1:${transport === 'tls' || transport === 'wss' ? ports.tlsPort : ports.port}`;
  return {
    id: user,
    address: `sip:${user}@${DOMAIN}`,
    password: `${user}-pw`,
    registrar: `sip:${DOMAIN}`,
    outboundProxies: [`sip:${address};transport=${transport};lr`],
    ...more,
  };
}

export interface PeerEvent {
  readonly ev: string;
  readonly at: number;
  readonly [key: string]: unknown;
}

/** One of the lab's phones: takes commands (`dial`, `hangup`, `hold`, `resume`, `dtmf`), says what happens. */
export class Peer extends LineProcess {
  readonly events: PeerEvent[] = [];

  constructor(kind: 'baresip' | 'linphone', options: Readonly<Record<string, string | true>>, namespace?: string) {
    const flags = Object.entries(options).flatMap(([name, value]) =>
      value === true ? [`--${name}`] : [`--${name}`, value],
    );
    super(...commandIn(namespace, process.execPath, [join(LAB, kind, 'peer.mjs'), ...flags]));
  }

  protected override take(line: string): void {
    if (line.startsWith('{')) this.events.push(JSON.parse(line) as PeerEvent);
  }

  /** The event of that name after the first `skip` of them. */
  event(name: string, limitMs?: number, skip = 0): Promise<PeerEvent> {
    return this.until(name, () => this.events.filter(({ ev }) => ev === name)[skip], limitMs);
  }

  /** Ends it in its own way, so that its recording is complete. */
  async quit(): Promise<void> {
    this.write('quit');
    await this.ended;
  }
}

export interface SippResult {
  readonly ok: boolean;
  readonly ms: number;
  readonly errors?: string;
  readonly stderr?: string;
}

/** Runs one scenario of the lab to its end. */
export async function runSipp(name: string, options: Readonly<Record<string, string>>): Promise<SippResult> {
  const flags = Object.entries(options).flatMap(([key, value]) => [`--${key}`, value]);
  const { stdout, stderr } = await runProgram(process.execPath, [join(LAB, 'sipp', 'run.mjs'), name, ...flags]);
  const last = stdout.split('\n').at(-1) ?? '';
  return last.startsWith('{') ? (JSON.parse(last) as SippResult) : { ok: false, ms: 0, stderr };
}

/** What the judge says of a recording; see quality/score.mjs. */
export interface Score {
  readonly aligned: boolean;
  readonly seconds: number;
  readonly delay_ms: number;
  readonly jumps: number;
  readonly gain_db: number;
  readonly dropouts: number;
  readonly dropout_pct: number;
  readonly lsd_db: number;
  readonly cov_pct: number;
}

export async function scoreSpeech(reference: string, received: string, ...options: readonly string[]): Promise<Score> {
  const script = join(LAB, 'quality', 'score.mjs');
  const { stdout, stderr } = await runProgram(process.execPath, [script, reference, received, ...options]);
  if (!stdout.startsWith('{')) throw new Error(`no score of ${received}: ${stderr}`);
  return JSON.parse(stdout) as Score;
}

/** For whoever reads the output of a run. */
export const printScore = (what: string, score: Score): boolean =>
  process.stdout.write(`${what}: ${JSON.stringify(score)}\n`);

export const pause = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs));
