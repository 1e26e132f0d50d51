// Chooses how the engine runs: in a process of its own, or here.
import type { Logger } from '../base/logger.ts';
import type { Runtime } from '../base/runtime.ts';
import { createInProcessPort, createMediaClient, serveMedia, type MediaPort } from './control/index.ts';
import { forkMediaPort } from './process/index.ts';
import type { AudioSpec, LocalEngineOptions, MediaEngine } from './session/index.ts';
import type { Network } from './rtp/index.ts';

export interface MediaEngineOptions {
  readonly audio: AudioSpec;
  readonly runtime: Runtime;
  readonly logger: Logger;
  /** The built entry file of the media process; it is forked, supervised and replaced when it dies. */
  readonly processFile?: string;
  /** Another way to start that process, such as Electron's utility process. */
  readonly openPort?: () => MediaPort;
  /** Another network than this machine's; only for an engine in this process. */
  readonly network?: Network;
}

/** Codecs and devices are loaded only where they run. */
async function createHere(options: LocalEngineOptions): Promise<MediaEngine> {
  const { createLocalEngine } = await import('./session/index.ts');
  return createLocalEngine(options);
}

/** An engine in its own process when `processFile` or `openPort` is given, else in this one. */
export async function createMediaEngine(options: MediaEngineOptions): Promise<MediaEngine> {
  const { audio, runtime, logger, processFile, openPort, network } = options;
  if (openPort) return createMediaClient({ openPort, audio, runtime, logger });
  if (processFile !== undefined) {
    return createMediaClient({ openPort: () => forkMediaPort(processFile, logger), audio, runtime, logger });
  }
  return createHere({ audio, runtime, logger, ...(network ? { network } : {}) });
}

/** A media "process" without a process: the supervision and its messages, for tests. */
export function openInProcessPort(
  options: Pick<MediaEngineOptions, 'runtime' | 'logger' | 'network'> & Pick<LocalEngineOptions, 'loadDriver'>,
): MediaPort {
  const { runtime, logger, network, loadDriver } = options;
  return createInProcessPort((port) =>
    serveMedia({
      port,
      runtime,
      logger,
      createEngine: (local) =>
        createHere({ ...local, ...(network ? { network } : {}), ...(loadDriver && { loadDriver }) }),
      onClosed: () => {},
    }),
  );
}
