// The long run of every fuzz target. `npm run fuzz -- --runs 1000000 [NAME …]`
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '200000' } },
  allowPositionals: true,
});
const tallyFile = join(mkdtempSync(join(tmpdir(), 'nightjar-fuzz-')), 'tally.json');
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'fuzz',
  '--reporter=default',
  '--reporter=./scripts/tally-reporter.mjs',
  '--testTimeout=7200000',
];
spawnSync(process.execPath, [...args, ...positionals], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, FUZZ_RUNS: values.runs, TALLY_FILE: tallyFile },
});
const { passed, failed } = JSON.parse(readFileSync(tallyFile, 'utf8'));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
