// Makes docs/rfc-map.md from the references in code and tests. `--check` fails when the file is stale or a section has no test.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './ensure-installed.mjs';

const REFERENCE = /RFC (\d{4})((?:,? (?:and )?§[\dA-Z]+(?:\.\d+)*)*)/g;
const OUTPUT = join(ROOT, 'docs', 'rfc-map.md');

function listFiles() {
  const args = [
    'ls-files',
    '--cached',
    '--others',
    '--exclude-standard',
    'src-main',
    'src-shared',
    'src-renderer',
    'test',
  ];
  const all = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).split('\n');
  return all
    .filter(
      (file) => /\.(ts|svelte)$/.test(file) && !file.startsWith('test/interop/lab') && existsSync(join(ROOT, file)),
    )
    .sort();
}

/** `3261 §17.2.1` → {code: files, tests: files}. */
function collect() {
  const map = new Map();
  for (const file of listFiles()) {
    const side = file.startsWith('test/') ? 'tests' : 'code';
    // A reference may break over a comment's lines.
    const text = readFileSync(join(ROOT, file), 'utf8').replace(/\s*\n\s*(?:\/\/|\*)?\s*/g, ' ');
    for (const [, number, sections] of text.matchAll(REFERENCE)) {
      const named = [...sections.matchAll(/§([\dA-Z]+(?:\.\d+)*)/g)].map((match) => match[1]);
      for (const section of named.length > 0 ? named : ['']) {
        const key = `${number} §${section}`;
        if (!map.has(key)) map.set(key, { number, section, code: new Set(), tests: new Set() });
        map.get(key)[side].add(file);
      }
    }
  }
  return map;
}

const bySection = (a, b) => a.number - b.number || a.section.localeCompare(b.section, 'en', { numeric: true });
const cell = (files) => [...files].map((file) => `\`${file}\``).join('<br>') || '–';
const rows = [...collect().values()].sort(bySection);
const lines = rows.map(
  ({ number, section, code, tests }) =>
    `| RFC ${number}${section ? ` §${section}` : ''} | ${cell(code)} | ${cell(tests)} |`,
);
const text = `# RFC map\n\nMade by \`npm run rfc-map\` from the references in code and tests; do not edit.\n\n| Section | Code | Tests |\n| --- | --- | --- |\n${lines.join('\n')}\n`;

if (process.argv.includes('--check')) {
  const isStale = !existsSync(OUTPUT) || readFileSync(OUTPUT, 'utf8') !== text;
  // A heading is tested when one of its subsections is.
  const tested = rows.filter(({ tests }) => tests.size > 0);
  const isTested = ({ number, section }) =>
    tested.some((row) => row.number === number && `${row.section}.`.startsWith(`${section}.`));
  const untested = rows.filter((row) => row.section && row.code.size > 0 && !isTested(row));
  if (isStale) console.log('docs/rfc-map.md is stale: npm run rfc-map');
  if (untested.length > 0)
    console.log(
      `sections that the code names and no test does:\n${untested.map((row) => `  RFC ${row.number} §${row.section}: ${[...row.code].join(' ')}`).join('\n')}`,
    );
  process.exit(isStale || untested.length > 0 ? 1 : 0);
}
writeFileSync(OUTPUT, text);
console.log(`${rows.length} sections`);
