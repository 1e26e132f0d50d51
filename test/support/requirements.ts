// What a test needs of the machine that it runs on: a test that cannot run is skipped with its reason, in CI it fails.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The part of vitest's test context that is needed here. */
export interface SkippingContext {
  skip(note?: string): never;
}

/** In CI everything is installed: what is missing there is a fault of the set-up, not a reason to skip. */
export const isContinuousIntegration = process.env['CI'] === 'true';

export function hasProgram(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return [...folders, '/usr/sbin', '/usr/local/sbin'].some((folder) => isExecutable(join(folder, name)));
}

/** Skips the test when the program is not installed here. */
export function requireProgram(context: SkippingContext, ...names: readonly string[]): void {
  const missing = names.filter((name) => !hasProgram(name));
  if (missing.length > 0) requireThat(context, false, `not installed here: ${missing.join(', ')}`);
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
