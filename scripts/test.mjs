// `npm test`: installs, builds, checks and runs everything that this machine can run, then says what it could not.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const total = { passed: 0, failed: 0, skipped: [], failures: [] };
const run = (args, env = {}) =>
  spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } }).status === 0;
const step = (name, isGood) => {
  if (isGood) total.passed++;
  else fail(name);
};
const fail = (name) => {
  total.failed++;
  total.failures.push(name);
};

/** Fast tests share the processors; those with real sound, sockets and browsers wait until these are done. */
const STAGES = [
  ['unit', 'scenario', 'arch', 'fuzz', 'renderer'],
  ['interop', 'e2e', 'conformance', 'real-time'],
];

step('build', run(['scripts/build.mjs']));
step('check', run(['scripts/check.mjs']));
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
    tally = { passed: 0, failed: 0, skipped: [], failures: [] };
  }
  total.passed += tally.passed;
  total.failed += tally.failed;
  total.failures.push(...tally.failures);
  // A runner that fails without a failed test (a crash, a leak) must not look green.
  if (tally.failed === 0 && !isGood) fail(`the runner of ${projects.join(', ')}`);
  total.skipped.push(...tally.skipped);
}
rmSync(folder, { recursive: true, force: true });
if (total.skipped.length > 0) {
  console.log('\nSkipped on this machine:');
  for (const { name, reason } of total.skipped) console.log(`  ${name}${reason ? `: ${reason}` : ''}`);
}
if (total.failures.length > 0) {
  console.log('\nFailed:');
  for (const failure of total.failures) console.log(`  ${failure}`);
}
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
process.exit(total.failed === 0 ? 0 : 1);
