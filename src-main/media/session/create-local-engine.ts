// Starts the media engine: codecs and sound first, then whoever answers.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { CodecLibrary } from '../codec/index.ts';
import { Pacer, WindowLine, type loadPortAudio } from '../device/index.ts';
import { loadResamplerFactory } from '../dsp/index.ts';
import type { Network } from '../rtp/index.ts';
import { AudioHub } from './audio-hub.ts';
import { LocalEngine } from './local-engine.ts';
import type { AudioSpec, MediaEngine, MediaEvents } from './media-engine.ts';
import type { KeptPlaces, SessionResume } from './session-config.ts';
import { SessionTable } from './session-table.ts';

export interface LocalEngineOptions {
  readonly audio: AudioSpec;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly network?: Network;
  /** Another sound driver than this machine's, for tests. */
  readonly loadDriver?: typeof loadPortAudio;
  /** Once a second and session: what a successor of this process would need. */
  readonly onPosition?: (resume: SessionResume) => void;
  /** Whenever it changes: which places at a relay such a successor would go on with. */
  readonly onKept?: (kept: KeptPlaces) => void;
  /** The sound card hangs; whoever supervises this process should replace it. */
  readonly onDeviceStuck?: (reason: string) => void;
}

const WARM_UP_DELAY_MS = 100;

/** Starts an engine; resolves when codecs and sound are ready. */
export async function createLocalEngine(options: LocalEngineOptions): Promise<MediaEngine> {
  const [resamplers, codecs] = await Promise.all([
    loadResamplerFactory(),
    CodecLibrary.load(() => options.runtime.nowMs()),
  ]);
  // WHY: after the engine is ready, so that its start does not wait, and before a call can have come.
  options.runtime.setTimer(WARM_UP_DELAY_MS, () => codecs.warmUp(), true);
  const events = new TypedEmitter<MediaEvents>(options.logger);
  const pacer = new Pacer(options.runtime);
  const window = new WindowLine((message) => events.emit('window', message));
  const hub = await AudioHub.open({
    spec: options.audio,
    window,
    pacer,
    runtime: options.runtime,
    logger: options.logger,
    resamplers,
    ...(options.loadDriver && { loadDriver: options.loadDriver }),
    onChanged: (status) => events.emit('audioChanged', status),
    onDeviceStuck: (reason) => options.onDeviceStuck?.(reason),
    onMicrophone: (sessionId, event) => events.emit('microphone', { sessionId, event }),
  });
  const sessions = new SessionTable(pacer, hub);
  return new LocalEngine({ ...options, events, codecs, resamplers, hub, window, sessions });
}
