// `npm test`: installs, builds, checks and runs everything that this machine can run, then says what it could not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const total = { passed: 0, failed: 0, skipped: [] };
const run = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;
const step = (isGood) => (isGood ? total.passed++ : total.failed++);

/** Fast tests share the processors; those with real sound, sockets and browsers have them to themselves. */
const STAGES = [
  ['unit', 'scenario', 'arch', 'fuzz', 'renderer'],
  ['interop', 'e2e'],
];

step(run(['scripts/build.mjs']));
step(run(['scripts/check.mjs']));
const folder = mkdtempSync(join(tmpdir(), 'nightjar-tally-'));
for (const [index, projects] of STAGES.entries()) {
  const tallyFile = join(folder, `${index}.json`);
  const args = [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=./scripts/tally-reporter.mjs',
  ];
  const isGood = run([...args, ...projects.flatMap((name) => ['--project', name]), ...process.argv.slice(2)], {
    TALLY_FILE: tallyFile,
  });
  let tally;
  try {
    tally = JSON.parse(readFileSync(tallyFile, 'utf8'));
  } catch {
    tally = { passed: 0, failed: 1, skipped: [] };
  }
  total.passed += tally.passed;
  // A runner that fails without a failed test (a crash, a leak) must not look green.
  total.failed += tally.failed === 0 && !isGood ? 1 : tally.failed;
  total.skipped.push(...tally.skipped);
}
rmSync(folder, { recursive: true, force: true });
if (total.skipped.length > 0) {
  console.log('\nSkipped on this machine:');
  for (const { name, reason } of total.skipped) console.log(`  ${name}${reason ? `: ${reason}` : ''}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
