// Everything that can be said about the code without running it. Exit status 0 when all is clean.
import { spawn } from 'node:child_process';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();

const CHECKS = [
  ['types: shared', 'tsc', '-p', 'src-shared'],
  ['types: main', 'tsc', '-p', 'src-main'],
  ['types: tests', 'tsc', '-p', 'test'],
  ['types: benches', 'tsc', '-p', 'bench'],
  [
    'types: window',
    'svelte-check',
    '--tsconfig',
    'src-renderer/tsconfig.json',
    '--fail-on-warnings',
    '--output',
    'human',
  ],
  ['lint', 'eslint', '.', '--max-warnings', '0'],
  ['format', 'prettier', '--check', '--log-level', 'warn', '.'],
  ['imports', 'depcruise', 'src-main', 'src-shared', 'src-renderer', '--config', '.dependency-cruiser.cjs'],
  ['rfc map', 'node', 'scripts/rfc-map.mjs', '--check'],
];

function run([name, program, ...options]) {
  const args = program === 'node' ? options : [`node_modules/.bin/${program}`, ...options];
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const child = spawn(process.execPath, args, { cwd: ROOT });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += data));
    child.on('close', (code) => {
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

const queue = [...CHECKS];
const results = [];
const worker = async () => {
  for (let check = queue.shift(); check; check = queue.shift()) results.push(await run(check));
};
await Promise.all([worker(), worker()]);
const failed = results.filter((isClean) => !isClean).length;
console.log(failed === 0 ? 'check: clean' : `check: ${failed} of ${CHECKS.length} failed`);
process.exit(failed === 0 ? 0 : 1);
