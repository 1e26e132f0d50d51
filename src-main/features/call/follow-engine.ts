// What the media engine tells of a session, told to the call that it belongs to.
import type { MediaEngine } from '../../media/index.ts';
import type { LiveCalls } from './live-calls.ts';
import { findAnotherWay } from './refresh-target.ts';
import type { SilentCalls } from './silent-calls.ts';

export interface EngineListener {
  readonly silent: SilentCalls;
  /** The peer pressed a key, which came in the sound. */
  readonly onDigit: (callId: string, digit: string) => void;
}

export function followEngine(
  { events }: Pick<MediaEngine, 'events'>,
  calls: LiveCalls['table'],
  { silent, onDigit }: EngineListener,
): void {
  events.on('statistics', ({ sessionId, statistics }) => {
    const call = calls.byMedia(sessionId);
    call?.update({ statistics });
    if (call) silent.look(call, statistics);
  });
  events.on('encryptionAgreed', ({ sessionId, suite }) => calls.byMedia(sessionId)?.noteHandshake(suite));
  events.on('encryptionFailed', ({ sessionId, message }) => {
    const reason = `The call could not be encrypted: ${message}`;
    calls.byMedia(sessionId)?.take({ kind: 'failed', ending: { by: 'failure', reason } });
  });
  events.on('pathFound', ({ sessionId, ...found }) => calls.byMedia(sessionId)?.media?.noteFound(found));
  events.on('pathLost', ({ sessionId, reason }) => {
    const call = calls.byMedia(sessionId);
    if (call) void findAnotherWay(call, reason);
  });
  events.on('digitReceived', ({ sessionId, digit }) => {
    const call = calls.byMedia(sessionId);
    if (call) onDigit(call.id, digit);
  });
}
