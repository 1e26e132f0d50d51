// Inputs that once broke a target, kept for ever: each target runs them before anything new.
import { existsSync, readFileSync, readdirSync } from 'node:fs';

const FOLDER = new URL('../fixtures/crashers/', import.meta.url);

/** The texts of `test/fixtures/crashers/<target>/`, byte for byte as Latin-1. */
export function crashersOf(target: string): readonly string[] {
  const folder = new URL(`${target}/`, FOLDER);
  if (!existsSync(folder)) return [];
  return readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'latin1'));
}

/** As fast-check wants examples of a property with one argument. */
export const examplesOf = (target: string): [string][] => crashersOf(target).map((text) => [text]);
