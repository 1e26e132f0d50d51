// What a test needs of the machine that it runs on: a test that cannot run is skipped with its reason, in CI it fails.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The part of vitest's test context that is needed here. */
export interface SkippingContext {
  skip(note?: string): never;
}

/** In CI everything is installed: what is missing there is a fault of the set-up, not a reason to skip. */
export const isContinuousIntegration = process.env['CI'] === 'true';

/** Programs under the names that systems give them. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  chromium: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'microsoft-edge'],
};

/** The full path of an installed program; undefined when there is none. */
export function findProgram(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const places = (NAMES[name] ?? [name]).flatMap((known) => folders.map((folder) => join(folder, known)));
  return places.find(isExecutable);
}

export const hasProgram = (name: string): boolean => findProgram(name) !== undefined;

/** The path of the first program; the test is skipped when one of them is not installed here. */
export function requireProgram(context: SkippingContext, ...names: readonly [string, ...string[]]): string {
  const missing = names.filter((name) => !hasProgram(name));
  requireThat(context, missing.length === 0, `not installed here: ${missing.join(', ')}`);
  return findProgram(names[0]) ?? names[0];
}

/** Skips the test, with the reason, when something else than a program is not as it has to be. */
export function requireThat(context: SkippingContext, isMet: boolean, reason: string): void {
  if (isMet) return;
  if (isContinuousIntegration) throw new Error(reason);
  context.skip(reason);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
