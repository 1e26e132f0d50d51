// The conformance report: every case of the standard's own tests that runs here. So far: RFC 4475 and the transaction machines' tables.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const tallyFile = join(mkdtempSync(join(tmpdir(), 'nightjar-conformance-')), 'tally.json');
const args = [
  'node_modules/vitest/vitest.mjs',
  'run',
  '--project',
  'unit',
  '--reporter=verbose',
  '--reporter=./scripts/tally-reporter.mjs',
];
spawnSync(process.execPath, [...args, 'torture', 'sip/transaction'], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, TALLY_FILE: tallyFile },
});
const { passed, failed } = JSON.parse(readFileSync(tallyFile, 'utf8'));
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
