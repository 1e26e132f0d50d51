// The phone as its users run it: the built `nightjar` command, its daemon, and its control socket.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  readRpc,
  requestText,
  type CallQuality,
  type CallView,
  type CommandName,
  type CommandParams,
  type CommandValue,
  type PhoneView,
  type Reply,
} from '../../src-shared/contract/index.ts';
import { commandIn } from './network-namespace.ts';
import { LineProcess, runProgram, type ProcessEnd } from './line-process.ts';

export const ROOT = join(import.meta.dirname, '..', '..');
export const NIGHTJAR = join(ROOT, 'bin', 'nightjar.mjs');

const folders: string[] = [];

/** A folder that goes when the test file is over, by `removeFolders`. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `nightjar-${name}-`));
  folders.push(folder);
  return folder;
}

export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function configFileOf(config: object): string {
  const file = join(temporaryFolder('config'), 'config.json');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

/** Runs one command of the command line to its end. */
export function nightjar(...args: readonly string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runProgram(process.execPath, [NIGHTJAR, ...args]);
}

export interface DaemonOptions {
  /** As the config file has it; null: no config file, so that what is set is kept. */
  readonly config?: object | null;
  readonly data?: string;
  readonly audio?: string;
  /** The network namespace that it runs in. */
  readonly namespace?: string;
}

interface Listening {
  readonly transport: string;
  readonly address: string;
  readonly port: number;
}

/** A line of the daemon: it is ready, or one of its events. */
interface DaemonLine {
  readonly ready?: boolean;
  readonly control?: string;
  readonly listen?: readonly Listening[];
  readonly event?: string;
  /** Only what has changed. */
  readonly changed?: Partial<PhoneView>;
  readonly callId?: string;
  readonly quality?: CallQuality;
  readonly digit?: string;
  readonly receivedDbov?: number;
}

/** How loud a peer was in a tenth of a second that has just gone by. */
export interface HeardLevel {
  readonly callId: string;
  readonly atMs: number;
  readonly dbov: number;
}

export class Daemon extends LineProcess {
  readonly data: string;
  /** As the phone itself says; the default one, so that other commands find it by the data folder. */
  controlPath = '';
  listen: readonly Listening[] = [];
  view: PhoneView | undefined;
  /** Every call that was seen, as it was seen last. */
  readonly calls = new Map<string, CallView>();
  /** What each call sounds like, by the latest figures. */
  readonly qualities = new Map<string, CallQuality>();
  /** How loud the peers were, in order; `atMs` by `performance.now()`. */
  readonly levels: HeardLevel[] = [];
  /** Every key that a peer pressed, in order. */
  digits = '';
  #socket: Socket | undefined;
  #lastId = 0;
  readonly #waiting = new Map<number, (reply: Reply<unknown>) => void>();

  constructor({ config = {}, data = temporaryFolder('data'), audio = 'null', namespace }: DaemonOptions) {
    const files = ['--data', data, ...(config ? ['--config', configFileOf(config)] : [])];
    const args = [NIGHTJAR, 'daemon', '--json', ...files, '--audio', audio];
    super(...commandIn(namespace, process.execPath, args));
    this.data = data;
  }

  protected override take(line: string): void {
    const event = JSON.parse(line) as DaemonLine;
    if (event.ready === true) {
      this.listen = event.listen ?? [];
      this.controlPath = event.control ?? '';
    }
    if (event.quality && event.callId !== undefined) this.qualities.set(event.callId, event.quality);
    if (event.callId !== undefined && event.receivedDbov !== undefined)
      this.levels.push({ callId: event.callId, atMs: performance.now(), dbov: event.receivedDbov });
    if (event.event === 'call.digitReceived') this.digits += event.digit ?? '';
    if (event.event !== 'phone.changed' || !event.changed) return;
    this.view = { ...this.view, ...event.changed } as PhoneView;
    for (const call of event.changed.calls ?? []) this.calls.set(call.id, call);
  }

  /** Resolves once it listens. */
  async ready(): Promise<this> {
    await this.until('ready line and view', () => (this.view === undefined ? undefined : true), 20_000);
    // Events carry only what changes; what changed meanwhile is newer than the answer.
    this.view = { ...(await this.viewNow()), ...this.view };
    return this;
  }

  /** As the phone has it; `view` comes by another way, and may be older than the answer to a command. */
  viewNow(): Promise<PhoneView> {
    return this.command('phone.getView');
  }

  port(transport = 'udp'): number {
    const place = this.listen.find((listening) => listening.transport === transport);
    if (!place) throw new Error(`the phone does not listen for ${transport}`);
    return place.port;
  }

  async command<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<CommandValue<Name>> {
    const socket = await this.#connect();
    const id = ++this.#lastId;
    const reply = await new Promise<Reply<unknown>>((resolve) => {
      this.#waiting.set(id, resolve);
      socket.write(`${requestText(id, name, params)}\n`);
    });
    if (!reply.ok) throw new Error(`${name}: ${reply.failure.code}: ${reply.failure.message}`);
    return reply.value as CommandValue<Name>;
  }

  /** The account's registration, once it is what is waited for. */
  async registration(state: PhoneView['accounts'][number]['registration'], limitMs?: number) {
    return this.until(
      `account that is ${state}`,
      () => this.view?.accounts.find(({ registration }) => registration === state),
      limitMs,
    );
  }

  /** The call, once it is in this state; a call that is over is as it was at its end. */
  async call(callId: string, state: CallView['state'], limitMs?: number): Promise<CallView> {
    return this.until(
      `call that is ${state}`,
      () => [this.calls.get(callId)].find((call) => call?.state === state),
      limitMs,
    );
  }

  /** The next call that comes in, once it is in this state. */
  async incoming(state: CallView['state'], limitMs?: number, from = ''): Promise<CallView> {
    const fits = (call: CallView) =>
      call.direction === 'incoming' && call.state === state && call.remote.address.includes(from);
    return this.until(`incoming call that is ${state}`, () => this.view?.calls.find(fits), limitMs);
  }

  async dial(target: string, state: CallView['state'] = 'connected', accountId?: string): Promise<string> {
    const { callId } = await this.command('call.dial', { target, ...(accountId !== undefined && { accountId }) });
    await this.call(callId, state);
    return callId;
  }

  /** SIGTERM, as a service manager would: how it ended and how long that took. */
  async terminate(): Promise<ProcessEnd & { readonly tookMs: number }> {
    const startMs = performance.now();
    const end = await this.end();
    return { ...end, tookMs: performance.now() - startMs };
  }

  /** SIP requests and responses that begin so, as the phone's own trace has them. */
  async traced(start: string, direction?: 'incoming' | 'outgoing'): Promise<readonly string[]> {
    const trace = await this.command('diagnostics.getTrace');
    return trace
      .filter((entry) => entry.text.startsWith(start) && (direction === undefined || entry.direction === direction))
      .map(({ text }) => text);
  }

  async #connect(): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed) return this.#socket;
    const socket = connect(this.controlPath);
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    let unread = '';
    socket.on('data', (chunk) => {
      const lines = (unread + chunk.toString()).split('\n');
      unread = lines.pop() ?? '';
      for (const line of lines) this.#settle(line);
    });
    this.#socket = socket;
    return socket;
  }

  #settle(line: string): void {
    const incoming = readRpc(line);
    if (incoming?.kind !== 'reply') return;
    this.#waiting.get(Number(incoming.id))?.(incoming.reply);
    this.#waiting.delete(Number(incoming.id));
  }
}

/** Starts the phone and waits until it listens. */
export function startDaemon(options: DaemonOptions = {}): Promise<Daemon> {
  return new Daemon(options).ready();
}
