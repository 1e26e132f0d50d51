#!/usr/bin/env node
// The command `nightjar`: hands over to the built program and says how to build when there is none.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const [first = 'start'] = process.argv.slice(2);
const isWindow = first === 'start' || (first.startsWith('-') && first !== '--help' && first !== '--version');
const entry = join(root, 'dist', 'main', isWindow ? 'web.js' : 'headless.js');
if (!existsSync(entry)) {
  console.error('nightjar: not built yet; run: npm run build');
  process.exit(1);
}
await import(pathToFileURL(entry).href);
