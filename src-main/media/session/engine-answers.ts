// What the engine answers where there is nothing to tell, and where something cannot be done.
import { err, ok, type Result } from '../../base/result.ts';
import type { MediaFailure, MediaFailureKind } from './media-engine.ts';
import type { PortPlace } from './session-config.ts';

export type Answer<T = void> = Promise<Result<T, MediaFailure>>;

interface Failed {
  readonly ok: false;
  readonly error: MediaFailure;
}

export const done = ok(undefined);

export const fail = (kind: MediaFailureKind, message: string): Failed => err({ kind, message });

export const noFreePort = ({ localAddress, portRange }: PortPlace): Failed =>
  fail('noFreePort', `no free port pair in ${portRange.join('-')} at ${localAddress}`);

export const noSuchSession = (sessionId: string): Failed => fail('noSuchSession', `there is no session ${sessionId}`);

export const unreadable = (why: 'noSuchFile' | 'badFile' | 'locked', file: string): Failed =>
  fail(why, why === 'locked' ? 'this recording is encrypted, and its key is not here' : `cannot read ${file}`);
