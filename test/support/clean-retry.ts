// For the tests that get a second try: a try that fails leaves no program behind, and says so, because one that passes later hides it.
import { afterEach, beforeEach } from 'vitest';
import { endProcessesSince, runningProcesses } from './line-process.ts';

let before = runningProcesses();

beforeEach(() => {
  before = runningProcesses();
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  process.stdout.write(`a try of "${task.name}" failed: ${task.result.errors?.at(-1)?.message.slice(0, 1000) ?? ''}\n`);
  // What was started since then may belong to a test that runs beside this one and goes on.
  if (task.concurrent !== true) await endProcessesSince(before);
});
