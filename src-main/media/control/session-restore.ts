// Opens the sessions of a lost process in the next one; the peer sees a short gap in the same stream.
import type { Logger } from '../../base/logger.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type { MediaEvents } from '../session/index.ts';
import type { MediaSupervisor } from './media-supervisor.ts';
import { hasLostRelay, resumedConfig, type RememberedSession } from './session-memory.ts';

export interface SessionRestoreOptions {
  readonly process: Pick<MediaSupervisor, 'call'>;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly events: TypedEmitter<MediaEvents>;
}

/** Opens a session again where it was, as loud and as silent as it was. */
export async function restoreSession(
  sessionId: string,
  session: RememberedSession,
  { process, runtime, logger, events }: SessionRestoreOptions,
): Promise<void> {
  const opened = await process.call('openSession', resumedConfig(sessionId, session, runtime.nowMs()));
  if (!opened.ok) {
    logger.error('a session could not be opened again', { sessionId, ...opened.error });
    return;
  }
  if (session.isMuted) await process.call('setMuted', sessionId, true);
  if (session.volume !== 1) await process.call('setVolume', sessionId, session.volume);
  if (session.sendLossFraction > 0) await process.call('setSendLoss', sessionId, session.sendLossFraction);
  if (session.stream) await process.call('setStream', sessionId, session.stream);
  // RFC 8656 §3.1: a stream to the relay has ended with the process; another one gets another place, of which the peer has to be told.
  if (hasLostRelay(session)) {
    session.way = [];
    events.emit('pathLost', { sessionId, reason: 'relayLost' });
  }
  if (session.recordingFile === undefined) return;
  // WHY: the old file is whole up to its last second; writing over it would lose that.
  const recording = { file: session.recordingFile, durationMs: 0, activeMs: 0, end: 'writeFailed' as const };
  session.recordingFile = undefined;
  events.emit('recordingEnded', { sessionId, recording });
}
