// What the long benches of sound share: the lab's scripts with our phone in them, and tables that are kept with date and machine.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { NIGHTJAR, ROOT } from '../../test/support/daemon.ts';
import { runProgram } from '../../test/support/line-process.ts';

export type Row = Readonly<Record<string, string | number>>;

/** A list from the environment, for a run of a part: `QUALITY_CODECS=opus npm run bench -- quality`. */
export function listFrom(name: string, fallback: readonly string[]): readonly string[] {
  const value = process.env[name];
  return value ? value.split(' ') : fallback;
}

/** Runs a script of the lab's bench folder to its end; its lines of JSON. */
export async function runLabBench(
  script: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const file = join(ROOT, 'test', 'interop', 'lab', 'bench', script);
  const phone = { NIGHTJAR: `${process.execPath} ${NIGHTJAR}` };
  const { stdout } = await runProgram(process.execPath, [file, ...args], { ...phone, ...env });
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

export const numberOf = (value: unknown): number => (typeof value === 'number' ? value : NaN);

export function median(values: readonly number[]): number {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? NaN;
}

/** Writes `rows` to bench/results, as JSON and as a table, named after the bench and today. */
export function keepResults(bench: string, rows: readonly Row[]): void {
  const date = new Date().toISOString().slice(0, 10);
  const processors = cpus();
  const machine = `${processors.length} x ${processors[0]?.model ?? 'unknown'}, Node ${process.version}`;
  const folder = join(ROOT, 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly unknown[]) => `| ${cells.join(' | ')} |`;
  const table = [
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => row[column] ?? ''))),
  ];
  writeFileSync(join(folder, `${bench}-${date}.json`), `${JSON.stringify({ bench, date, machine, rows }, null, 2)}\n`);
  writeFileSync(join(folder, `${bench}-${date}.md`), `# ${bench}, ${date}\n\n${machine}\n\n${table.join('\n')}\n`);
}
