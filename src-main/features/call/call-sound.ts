// What a person does to the sound of a call: mute, record, play a file into it.
import { err, ok, type Result } from '../../base/result.ts';
import type { MediaFailure, RecordingConfig, SendSource } from '../../media/index.ts';
import type { Call } from './call.ts';
import type { CallFailure } from './call-info.ts';
import type { CallMedia } from './call-media.ts';

/** Of which kind the file is, and who is told. */
export type RecordingForm = Pick<RecordingConfig, 'format' | 'beep'>;

/** What is played into a call. */
export type PlayedFile = Omit<Extract<SendSource, { kind: 'file' }>, 'kind'>;

type Outcome<T = undefined> = Promise<Result<T, CallFailure>>;

export function setMuted(call: Call, isMuted: boolean): Outcome {
  return withSound(call, async (sessionId) => {
    const done = await call.engine.setMuted(sessionId, isMuted);
    if (!done.ok) return refused(done.error);
    call.update({ isMuted });
    return ok(undefined);
  });
}

export function setVolume(call: Call, percent: number): Outcome {
  return withSound(call, async (sessionId) => {
    const done = await call.engine.setVolume(sessionId, percent / 100);
    if (!done.ok) return refused(done.error);
    call.update({ volumePercent: percent });
    return ok(undefined);
  });
}

/** Two tracks: left what was sent, right what was heard. */
export function startRecording(call: Call, file: string, form: RecordingForm): Outcome {
  return withSound(call, async (sessionId) => {
    const started = await call.engine.startRecording(sessionId, { file, tracks: 'both', ...form });
    if (!started.ok) return refused(started.error);
    call.update({ isRecording: true });
    return ok(undefined);
  });
}

export function stopRecording(call: Call): Outcome<{ readonly file: string }> {
  return withSound(call, async (sessionId) => {
    const stopped = await call.engine.stopRecording(sessionId);
    call.update({ isRecording: false });
    return stopped.ok ? ok({ file: stopped.value.file }) : refused(stopped.error);
  });
}

export function playFile(call: Call, file: PlayedFile): Outcome {
  return withSound(call, async (_, media) => {
    const done = await media.play({ kind: 'file', ...file });
    return done.ok ? ok(undefined) : refused(done.error);
  });
}

async function withSound<T>(call: Call, act: (sessionId: string, media: CallMedia) => Outcome<T>): Outcome<T> {
  if (!call.media || call.phase !== 'connected')
    return err({ code: 'wrongState', message: 'The call is not connected.' });
  return act(call.media.sessionId, call.media);
}

const refused = ({ message }: MediaFailure): Result<never, CallFailure> => err({ code: 'mediaFailed', message });
