// A program that tests run beside themselves: read line by line, waited for by what it says, ended by its own pid.
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { createInterface } from 'node:readline';

const running = new Set<LineProcess>();
const END_LIMIT_MS = 8000;

/** Ends whatever a test file has started and not ended itself; for its afterAll. */
export async function endAllProcesses(): Promise<void> {
  await Promise.all([...running].map((process) => process.end()));
}

/** Ends those that were started after `mark` was taken, so that a second try of a test does not meet the phones of the first. */
export async function endProcessesSince(mark: ReadonlySet<LineProcess>): Promise<void> {
  await Promise.all([...running].filter((process) => !mark.has(process)).map((process) => process.end()));
}

export const runningProcesses = (): ReadonlySet<LineProcess> => new Set(running);

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

interface Waiter {
  readonly isMet: () => boolean;
  readonly settle: () => void;
}

export class LineProcess {
  readonly lines: string[] = [];
  readonly ended: Promise<ProcessEnd>;
  stderr = '';
  #end: ProcessEnd | undefined;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #waiters = new Set<Waiter>();
  readonly #name: string;

  constructor(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#name = [program, ...args].join(' ').slice(-120);
    this.#child = spawn(program, args, { env: { ...process.env, ...env } });
    running.add(this);
    this.#child.stdin.on('error', () => {});
    this.#child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.lines.push(line);
      this.take?.(line);
      this.look();
    });
    this.ended = new Promise((resolve) => {
      this.#child.on('error', (error) => (this.stderr += error.message));
      this.#child.on('close', (code, signal) => {
        running.delete(this);
        this.#end = { code, signal };
        this.look();
        resolve(this.#end);
      });
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get finished(): ProcessEnd | undefined {
    return this.#end;
  }

  /** For those who make something of each line. */
  protected take?(line: string): void;

  /** Wakes those who wait for something that has come true. */
  protected look(): void {
    for (const waiter of [...this.#waiters]) if (waiter.isMet()) waiter.settle();
  }

  /** Resolves with the first value that is not undefined; rejects after the limit, or when the program has ended. */
  async until<T>(what: string, read: () => T | undefined, limitMs = 10_000): Promise<T> {
    let value = read();
    if (value !== undefined) return value;
    await new Promise<void>((resolve, reject) => {
      const waiter = {
        isMet: () => (value = read()) !== undefined || this.#end !== undefined,
        settle: () => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(waiter);
        reject(new Error(`no ${what} within ${limitMs} ms of ${this.#name}\n${this.#tail()}`));
      }, limitMs);
      this.#waiters.add(waiter);
    });
    if (value === undefined) throw new Error(`${this.#name} ended before ${what}\n${this.#tail()}`);
    return value;
  }

  write(line: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${line}\n`);
  }

  signal(name: NodeJS.Signals): void {
    if (this.#end === undefined) this.#child.kill(name);
  }

  /** Asks the program to go, and makes it go when it does not. */
  async end(): Promise<ProcessEnd> {
    this.signal('SIGTERM');
    const timer = setTimeout(() => this.signal('SIGKILL'), END_LIMIT_MS);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }

  #tail(): string {
    return [...this.lines.slice(-6), this.stderr.slice(-600)].join('\n').slice(-1500);
  }
}

/** Runs a program to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = new LineProcess(program, args, env);
  const { code } = await child.ended;
  return { code, stdout: child.lines.join('\n'), stderr: child.stderr };
}
