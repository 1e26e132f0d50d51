// A phone as a server keeps it: started again whenever it fails, driven by its command line, on a wall clock that the test sets.
import { existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandName, CommandParams, CommandValue, Reply } from '../../src-shared/contract/index.ts';
import { configFileOf, NIGHTJAR, nightjar, temporaryFolder } from './daemon.ts';
import { LineProcess } from './line-process.ts';

/** All that a supervisor does: what ends well is over, what fails begins anew. */
const SUPERVISOR = 'until "$@"; do sleep 0.2; done';

/** Debian's libfaketime: the wall clock of a process from a file; timers and sound go by the real one. */
export function findClockLibrary(): string | undefined {
  const places = readdirSync('/usr/lib').map((name) => join('/usr/lib', name, 'faketime', 'libfaketimeMT.so.1'));
  return places.find((file) => existsSync(file));
}

export interface SupervisedOptions {
  readonly data?: string;
  readonly config: object;
  readonly clockLibrary: string;
  readonly timeZone: string;
  readonly startAt: Date;
}

export class SupervisedPhone extends LineProcess {
  readonly data: string;
  /** Of each start. */
  readonly pids: number[] = [];
  readonly #clockFile: string;

  constructor({ config, clockLibrary, timeZone, startAt, data = temporaryFolder('data') }: SupervisedOptions) {
    const clockFile = join(temporaryFolder('clock'), 'clock');
    writeClock(clockFile, startAt);
    const faked = [
      ...[`LD_PRELOAD=${clockLibrary}`, `FAKETIME_TIMESTAMP_FILE=${clockFile}`, 'NO_FAKE_STAT=1'],
      ...['FAKETIME_DONT_FAKE_MONOTONIC=1', 'FAKETIME_NO_CACHE=1', `TZ=${timeZone}`],
    ];
    const phone = [process.execPath, NIGHTJAR, 'daemon', '--json', '--audio', 'null', '--data', data];
    super('bash', ['-c', SUPERVISOR, 'supervisor', 'env', ...faked, ...phone, '--config', configFileOf(config)]);
    this.data = data;
    this.#clockFile = clockFile;
  }

  protected override take(line: string): void {
    const event = JSON.parse(line) as { ready?: boolean; pid?: number };
    if (event.ready === true) this.pids.push(event.pid ?? 0);
  }

  /** Resolves when it listens for the `count`th time. */
  starts(count: number): Promise<number> {
    return this.until(`start ${count}`, () => this.pids[count - 1], 20_000);
  }

  /** The phone's wall clock jumps there, as that of a machine that slept, and goes on from there. */
  setClock(moment: Date): void {
    writeClock(this.#clockFile, moment);
  }

  async command<Name extends CommandName>(name: Name, params?: CommandParams<Name>): Promise<CommandValue<Name>> {
    const more = params === undefined ? [] : [JSON.stringify(params)];
    const { stdout, stderr } = await nightjar('ctl', '--data', this.data, name, ...more);
    if (stdout === '') throw new Error(`${name}: ${stderr}`);
    const reply = JSON.parse(stdout) as Reply<CommandValue<Name>>;
    if (!reply.ok) throw new Error(`${name}: ${reply.failure.message}`);
    return reply.value;
  }

  signalPhone(name: NodeJS.Signals): void {
    process.kill(this.pids.at(-1) ?? 0, name);
  }

  /** The supervisor is over when the phone has ended well. */
  override async end(): Promise<Awaited<LineProcess['ended']>> {
    if (this.finished === undefined && this.pids.length > 0) this.signalPhone('SIGTERM');
    else this.signal('SIGTERM');
    return this.ended;
  }
}

const writeClock = (file: string, moment: Date): void => {
  const aheadSec = Math.ceil((moment.getTime() - Date.now()) / 1000);
  const next = `${file}.next`;
  writeFileSync(next, `${aheadSec < 0 ? '' : '+'}${aheadSec}\n`);
  renameSync(next, file);
};
