// history.*, recording.set : the calls that were, and how calls are recorded.
import type { CommandHandlers, CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { toHistoryEntry } from '../view-model.ts';
import { changed } from './changed.ts';
import { answer, done } from './reply.ts';

type HistoryHandlers = Pick<CommandHandlers, Extract<CommandName, `history.${string}` | `recording.${string}`>>;

export function historyHandlers({ history, preferences, settings, publisher }: PhoneParts): HistoryHandlers {
  return {
    'recording.set': (change) => {
      preferences.recordings = changed(preferences.recordings, change);
      settings.write('recordings', preferences.recordings);
      publisher.touch('recordings');
      return Promise.resolve(done);
    },
    'history.list': ({ limit, before, search }) =>
      Promise.resolve(answer(history.list({ limit, beforeMs: before, search }).map(toHistoryEntry))),
    'history.delete': ({ entryId }) => {
      history.delete(entryId);
      return Promise.resolve(done);
    },
  };
}
