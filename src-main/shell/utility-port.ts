// Starts the media process as one of Electron's utility processes.
import { utilityProcess } from 'electron';
import type { MediaPort } from '../app/index.ts';

/** The sound driver parks pool threads; file and name work needs some as well. */
const POOL_THREADS = '16';

export function openUtilityPort(processFile: string): MediaPort {
  const child = utilityProcess.fork(processFile, [], {
    serviceName: 'Nightjar sound',
    stdio: 'ignore',
    env: { ...process.env, UV_THREADPOOL_SIZE: POOL_THREADS },
  });
  return {
    send: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void child.on('exit', (code) => listener(`status ${code}`)),
    // A stuck driver answers to nothing but SIGKILL, which Electron's own kill() does not send.
    kill: () => {
      if (child.pid !== undefined) process.kill(child.pid, 'SIGKILL');
    },
  };
}
