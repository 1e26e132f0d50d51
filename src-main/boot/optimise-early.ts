// Lets V8 optimise the code of a call within seconds instead of a minute.
import { setFlagsFromString } from 'node:v8';
import { CODE_CACHE_VARIABLE } from './run-bundle.ts';

/**
 * WHY: a call runs each of its functions fifty to a hundred times a second, which V8 takes for seldom: it collects no types for
 * the first eight runs and optimises after 66 KB of bytecode. Flags that a later V8 does not know it only complains about.
 */
const FLAGS = ['--interrupt-budget=8000', '--no-lazy-feedback-allocation'];

/** Call it when the program has been read: code that was kept fits the flags of the start only, and is written under them. */
export function optimiseEarly(): void {
  if (process.env[CODE_CACHE_VARIABLE] === 'write') return;
  for (const flag of FLAGS) setFlagsFromString(flag);
}
