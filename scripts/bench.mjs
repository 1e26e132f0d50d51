// `npm run bench -- NAME [--json]`: one figure beside the peers' figure of the same run. Without a name: what there is.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const names = readdirSync(join(ROOT, 'bench'))
  .filter((file) => file.endsWith('.bench.ts'))
  .map((file) => file.replace(/\.bench\.ts$/, ''));
const [name] = positionals;
if (name === undefined || !names.includes(name)) {
  console.log(`benches: ${names.join(', ')}`);
  process.exit(name === undefined ? 0 : 2);
}
// Measured as it ships: bundled, without a type stripper between.
const outfile = join(ROOT, 'dist', 'bench', `${name}.mjs`);
await build({
  absWorkingDir: ROOT,
  entryPoints: [`bench/${name}.bench.ts`],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'warning',
});
if (!existsSync(outfile)) process.exit(1);
const { run } = await import(outfile);
const { unit, ours, peers, ...more } = await run();
const best = Math.max(...Object.values(peers));
const result = {
  name,
  unit,
  ours,
  peers,
  ratio: Object.keys(peers).length === 0 ? null : Math.round((ours / best) * 100) / 100,
  ...more,
};
console.log(values.json ? JSON.stringify(result) : result);
process.exit(0);
