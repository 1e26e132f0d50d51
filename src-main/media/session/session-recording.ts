// Starts and stops the recording of a session; its frames go to the session's recorder.
import { ok } from '../../base/result.ts';
import { done, fail, noSuchSession, type Answer } from './engine-answers.ts';
import type { RecordingConfig, RecordingSummary } from './session-config.ts';
import { SessionRecorder, type SessionRecorderOptions } from './session-recorder.ts';
import type { SessionTable } from './session-table.ts';

export interface SessionRecordingOptions extends Omit<SessionRecorderOptions, 'config' | 'onEnded'> {
  readonly sessions: SessionTable;
  /** A recording is over, whoever ended it. */
  readonly onEnded: (sessionId: string, recording: RecordingSummary) => void;
}

export class SessionRecording {
  readonly #options: SessionRecordingOptions;

  constructor(options: SessionRecordingOptions) {
    this.#options = options;
  }

  async start(sessionId: string, config: RecordingConfig): Answer {
    const { sessions, onEnded } = this.#options;
    const session = sessions.get(sessionId);
    if (!session) return noSuchSession(sessionId);
    if (session.recorder) return fail('invalid', 'this session is being recorded already');
    const recorder = await SessionRecorder.open({
      ...this.#options,
      config,
      onEnded: (recording) => {
        if (session.recorder === recorder) session.recorder = undefined;
        sessions.update();
        onEnded(sessionId, recording);
      },
    });
    if (!recorder) return fail('badFile', `cannot write ${config.file}`);
    if (sessions.get(sessionId) !== session || !session.setRecorder(recorder)) {
      await recorder.stop('sessionClosed');
      return noSuchSession(sessionId);
    }
    sessions.update();
    return done;
  }

  async stop(sessionId: string): Answer<RecordingSummary> {
    const { sessions } = this.#options;
    const session = sessions.get(sessionId);
    if (!session) return noSuchSession(sessionId);
    const summary = await session.stopRecording('stopped');
    sessions.update();
    return summary ? ok(summary) : fail('invalid', 'this session is not being recorded');
  }
}
