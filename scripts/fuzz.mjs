// The long run of the fuzz targets, one after the other, a line for each. `npm run fuzz -- --runs 1000000 [NAME …]`
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const { values, positionals } = parseArgs({
  options: { runs: { type: 'string', default: '200000' } },
  allowPositionals: true,
});
const SUFFIX = '.fuzz.ts';
const DAY_MS = 86_400_000;

const targets = readdirSync(join(ROOT, 'test/fuzz'))
  .filter((file) => file.endsWith(SUFFIX))
  .map((file) => file.slice(0, -SUFFIX.length))
  .filter((name) => positionals.length === 0 || positionals.some((wanted) => name.includes(wanted)));

const folder = mkdtempSync(join(tmpdir(), 'nightjar-fuzz-'));

/** Runs one target; what it says is shown only when it fails. */
function run(name) {
  const tallyFile = join(folder, `${name}.json`);
  const startedMs = performance.now();
  const options = [
    '--project=fuzz',
    '--reporter=default',
    '--reporter=./scripts/tally-reporter.mjs',
    `--testTimeout=${DAY_MS}`,
  ];
  const args = ['node_modules/vitest/vitest.mjs', 'run', `test/fuzz/${name}${SUFFIX}`, ...options];
  const env = { ...process.env, FUZZ_RUNS: values.runs, TALLY_FILE: tallyFile };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, env, maxBuffer: 1 << 28 });
  let tally = { passed: 0, failed: 0 };
  try {
    tally = JSON.parse(readFileSync(tallyFile, 'utf8'));
  } catch {
    // The runner broke before it could count: its status says so.
  }
  const failed = status === 0 ? tally.failed : Math.max(1, tally.failed);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  console.log(
    `${failed === 0 ? 'ok  ' : 'FAIL'} ${name}: ${tally.passed} properties of ${values.runs} inputs, ${seconds} s`,
  );
  if (failed > 0) console.log(`${stdout}${stderr}`);
  return { passed: tally.passed, failed };
}

const total = { passed: 0, failed: 0 };
for (const name of targets) {
  const { passed, failed } = run(name);
  total.passed += passed;
  total.failed += failed;
}
rmSync(folder, { recursive: true, force: true });
if (targets.length === 0) console.log('no such target');
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && targets.length > 0 ? 0 : 1);
