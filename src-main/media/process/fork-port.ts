// Forks the media process under plain Node.
import { fork } from 'node:child_process';
import type { Logger } from '../../base/logger.ts';
import type { MediaPort } from '../control/index.ts';

/** The sound driver parks pool threads; file and name work needs some as well. */
const POOL_THREADS = '16';

/** Starts `processFile` with a channel; its standard error goes to `logger`, its output (the driver prints) nowhere. */
export function forkMediaPort(processFile: string, logger: Logger): MediaPort {
  const child = fork(processFile, [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, UV_THREADPOOL_SIZE: POOL_THREADS },
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    for (const line of bytes.toString('utf8').split('\n')) if (line !== '') logger.debug(line.slice(0, 300));
  });
  const exits = new Set<(reason: string) => void>();
  let hasExited = false;
  const exit = (reason: string): void => {
    if (hasExited) return;
    hasExited = true;
    for (const listener of exits) listener(reason);
  };
  child.on('exit', (status, signal) => exit(signal ?? `status ${status ?? 'unknown'}`));
  child.on('error', (error) => exit(error.message));
  return {
    send: (message) => {
      if (child.connected) child.send(message as object, () => {});
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void exits.add(listener),
    kill: () => void child.kill('SIGKILL'),
  };
}
