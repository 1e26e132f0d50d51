// Builds the entry file of the media process, so that tests can fork it as the phone does.
import { build } from 'esbuild';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The built file and how to remove it; it lies inside the project, so that packages are found from it. */
export async function buildMediaProcess(): Promise<{ readonly file: string; readonly remove: () => void }> {
  mkdirSync(join(root, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(root, 'dist', 'test-media-'));
  const file = join(folder, 'media-process.js');
  await build({
    entryPoints: [join(root, 'src-main/media/process/main.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  });
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
