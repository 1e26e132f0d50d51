// The conformance report: the torture messages, the tables of the transaction machines, and the table of rows over real sockets.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const folder = mkdtempSync(join(tmpdir(), 'nightjar-conformance-'));
const tallyFile = join(folder, 'tally.json');
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  ...['--project', 'unit', '--project', 'conformance'],
  ...['--reporter=./scripts/conformance-reporter.mjs', '--reporter=./scripts/tally-reporter.mjs'],
  ...['torture', 'sip/transaction', 'table.conformance'],
];
spawnSync(process.execPath, args, {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, TALLY_FILE: tallyFile },
});
const { passed, failed } = JSON.parse(readFileSync(tallyFile, 'utf8'));
rmSync(folder, { recursive: true, force: true });
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
