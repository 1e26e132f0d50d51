// Entry file of the media process.
import { constants, setPriority } from 'node:os';
import { lineSink, Logger } from '../../base/logger.ts';
import { nodeRuntime } from '../../base/runtime.ts';
import { serveMedia } from '../control/index.ts';
import { createLocalEngine } from '../session/index.ts';
import { parentPort } from './parent-port.ts';

/** Sound goes before what can wait, where the system lets a user say so (Windows; elsewhere it takes a privilege). */
function goFirst(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // Without the privilege the usual priority has to do.
  }
}

const port = parentPort();
if (port) {
  goFirst();
  serveMedia({
    port,
    runtime: nodeRuntime(),
    logger: new Logger(
      lineSink((line) => void process.stderr.write(line), 'info'),
      'media',
    ),
    createEngine: createLocalEngine,
    onClosed: () => process.exit(0),
  });
  // A phone that has died needs no sound.
  process.on('disconnect', () => process.exit(0));
  // Signals of the terminal are the phone's business: it ends calls first.
  process.on('SIGINT', () => {});
} else {
  process.stderr.write('this file is started by the phone\n');
  process.exitCode = 2;
}
