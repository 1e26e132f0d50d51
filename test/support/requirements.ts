// Programs that a test needs and a machine may not have: the test is skipped with its reason, except in CI, where it fails.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** What of vitest's test context is used here. */
export interface SkippableContext {
  skip(note?: string): never;
}

/** One program under the names that systems give it. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
};

/** The full path of an installed program; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = (NAMES[name] ?? [name]).flatMap((known) => folders.map((folder) => join(folder, known)));
  return places.find(isExecutable);
}

/** The program's path, or the end of the test: skipped with a reason, and failed where CI=true. */
export function requireProgram(ctx: SkippableContext, name: string): string {
  const program = findProgram(name);
  if (program !== undefined) return program;
  const reason = `${name} is not installed`;
  if (process.env['CI'] === 'true') throw new Error(`${reason}, and CI runs every test`);
  return ctx.skip(reason);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
