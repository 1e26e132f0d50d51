// The built phone as its own process in a data folder of its own, for tests that look at it from outside.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = join(ROOT, 'bin', 'nightjar.mjs');
const START_LIMIT_MS = 30_000;
const STOP_LIMIT_MS = 10_000;

export interface PhoneProcessOptions {
  /** `--audio`; `auto` leaves the choice to the phone. Without it there is no sound. */
  readonly audio?: string;
  readonly configFile?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export class PhoneProcess {
  readonly dataFolder: string;
  #child: ChildProcess | undefined;
  #url = '';

  readonly #options: PhoneProcessOptions;

  private constructor(dataFolder: string, options: PhoneProcessOptions) {
    this.dataFolder = dataFolder;
    this.#options = options;
  }

  /** A first start: the data folder is new and empty. */
  static async create(options: PhoneProcessOptions = {}): Promise<PhoneProcess> {
    if (!existsSync(join(ROOT, 'dist', 'built'))) throw new Error('the phone is not built: npm run build');
    const phone = new PhoneProcess(mkdtempSync(join(tmpdir(), 'nightjar-e2e-')), options);
    await phone.start();
    return phone;
  }

  /** The address that opens the window once. */
  get url(): string {
    return this.#url;
  }

  /** Where the window is served, without the token. */
  get origin(): string {
    return new URL(this.#url).origin;
  }

  get port(): number {
    return Number(new URL(this.#url).port);
  }

  async start(port = 0): Promise<void> {
    const args = ['start', '--host', 'web', '--no-open', '--data', this.dataFolder];
    const { audio = 'null', configFile, env } = this.#options;
    if (audio !== 'auto') args.push('--audio', audio);
    if (configFile !== undefined) args.push('--config', configFile);
    const child = spawn(process.execPath, [PROGRAM, ...args, '--port', String(port)], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    this.#child = child;
    this.#url = await readUrl(child);
  }

  /** Ends the process as a user's session does. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await gone;
    clearTimeout(timer);
  }

  /** Stops the phone and leaves nothing of it. */
  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }

  /** One command through `nightjar ctl`, as another program on this machine gives it. */
  async command(name: string, params: object = {}): Promise<unknown> {
    const args = [PROGRAM, 'ctl', name, JSON.stringify(params), '--data', this.dataFolder];
    const output = await new Promise<string>((resolve, reject) => {
      execFile(process.execPath, args, (error, stdout) =>
        error ? reject(new Error(`${name}: ${stdout}`)) : resolve(stdout),
      );
    });
    const reply = JSON.parse(output) as { ok: boolean; value?: unknown };
    if (!reply.ok) throw new Error(`${name}: ${output}`);
    return reply.value;
  }
}

function readUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = setTimeout(() => reject(new Error(`the phone did not start: ${output}`)), START_LIMIT_MS);
    const read = (data: Buffer) => {
      output += data.toString('utf8');
      const url = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\da-f]+/.exec(output)?.[0];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', (data: Buffer) => (output += data.toString('utf8')));
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the phone ended with ${code}: ${output}`));
    });
  });
}
