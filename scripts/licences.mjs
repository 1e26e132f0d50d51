// Lists the licences of everything that is shipped, and fails on one that the app must not carry.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();

const ALLOWED =
  /^(MIT|MIT-0|ISC|0BSD|BSD-2-Clause|BSD-3-Clause|Apache-2\.0|BlueOak-1\.0\.0|Unlicense|CC0-1\.0|Python-2\.0)$/;
/** Where package.json says less than the package's own licence file. */
const KNOWN = {
  '@echogarden/speex-resampler-wasm': 'BSD-3-Clause',
  // Its own code is MIT; the WebAssembly inside is LAME.
  'wasm-media-encoders': 'MIT AND LGPL-2.0-or-later',
};
/** LGPL that is loaded as a file of its own, which whoever likes can replace by another build. */
const LOADED_APART = ['wasm-media-encoders'];

const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
const shipped = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && !entry.dev);

function licenceOf(path, entry) {
  const name = path.replace(/^.*node_modules\//, '');
  let { license } = entry;
  try {
    license = JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')).license ?? license;
  } catch {
    // An optional package that is not installed here: the lock file knows.
  }
  return {
    name,
    version: entry.version,
    licence: KNOWN[name] ?? (typeof license === 'object' ? license.type : license) ?? 'unknown',
  };
}

/** `(MIT OR GPL)` is fine when one of the choices is; `A AND B` when all are. */
const isAllowed = (licence) =>
  licence
    .replace(/[()]/g, '')
    .split(/ OR /i)
    .some((choice) => choice.split(/ AND /i).every((part) => ALLOWED.test(part.trim())));

const rows = shipped.map(([path, entry]) => licenceOf(path, entry)).sort((a, b) => a.name.localeCompare(b.name));
for (const { name, version, licence } of rows) console.log(`${licence.padEnd(14)} ${name} ${version}`);
const withoutLgpl = (licence) => licence.replace(/ AND LGPL-\S+/, '');
const refused = rows.filter(
  ({ name, licence }) => !isAllowed(LOADED_APART.includes(name) ? withoutLgpl(licence) : licence),
);
for (const { name, licence } of refused) console.log(`NOT ALLOWED: ${name} (${licence})`);
console.log(`${rows.length - refused.length} passed, ${refused.length} failed`);
process.exit(refused.length === 0 ? 0 : 1);
