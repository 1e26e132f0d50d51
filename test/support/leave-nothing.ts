// For the tests with real programs: no file leaves one behind, nor a folder, and a try that fails leaves none to the next.
import { afterAll, afterEach, beforeEach } from 'vitest';
import { leaveLab } from './lab.ts';
import { endProcessesSince, runningProcesses } from './line-process.ts';

let before = runningProcesses();

beforeEach(() => {
  before = runningProcesses();
});

afterEach(async ({ task }) => {
  if (task.result?.state !== 'fail') return;
  // In CI there is a second try, and one that passes would hide it.
  process.stdout.write(`a try of "${task.name}" failed: ${task.result.errors?.at(-1)?.message.slice(0, 1000) ?? ''}\n`);
  // What was started since then may belong to a test that runs beside this one and goes on.
  if (task.concurrent !== true) await endProcessesSince(before);
});

// Comes after those of the files themselves.
afterAll(leaveLab);
