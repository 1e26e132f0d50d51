// Inputs that once broke a target, kept for ever: each target runs them before anything new.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { it } from 'vitest';

const FOLDER = new URL('../fixtures/crashers/', import.meta.url);

/** The texts of `test/fixtures/crashers/<target>/`, byte for byte as Latin-1. */
export function crashersOf(target: string): readonly string[] {
  const folder = new URL(`${target}/`, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'latin1'));
}

/** Tries what once broke the target, in a test of its own. */
export function itHasGotOver(target: string, check: (text: string) => void): void {
  it('has got over what once broke it', () => {
    for (const text of crashersOf(target)) check(text);
  });
}

/** The same for targets that read bytes. */
export const itHasGotOverBytes = (target: string, check: (bytes: Uint8Array) => void): void =>
  itHasGotOver(target, (text) => check(Buffer.from(text, 'latin1')));
