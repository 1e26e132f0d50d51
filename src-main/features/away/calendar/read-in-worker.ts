// Reads a calendar in a thread that is ended when it takes too long or too much memory.
import { Worker } from 'node:worker_threads';
import { err, type Result } from '../../../base/result.ts';
import type { BusySpan, CalendarQuestion } from './busy-times.ts';

const LIMIT_MS = 10_000;
const LIMIT_MIB = 256;

export type ReadCalendar = (question: CalendarQuestion) => Promise<Result<readonly BusySpan[], string>>;

/** `workerFile` is `worker.ts` as it was built. */
export const readInWorker =
  (workerFile: string, limitMs = LIMIT_MS): ReadCalendar =>
  (question) =>
    new Promise((resolve) => {
      const worker = new Worker(workerFile, {
        workerData: question,
        resourceLimits: { maxOldGenerationSizeMb: LIMIT_MIB },
        // What the library has to say of odd time zones.
        stdout: true,
        stderr: true,
      });
      const finish = (result: Result<readonly BusySpan[], string>): void => {
        clearTimeout(limit);
        void worker.terminate();
        resolve(result);
      };
      const limit = setTimeout(() => finish(err('This calendar takes too long to read.')), limitMs);
      worker.on('message', finish);
      worker.on('error', () => finish(err('This calendar cannot be read.')));
      worker.on('exit', () => finish(err('This calendar cannot be read.')));
    });
