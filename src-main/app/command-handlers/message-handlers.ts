// away.set, recording.set, message.*, history.* : what is kept of calls that nobody took, and of all others.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import { toVoiceMessage } from '../message-book.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { toHistoryEntry } from '../view-model.ts';
import { answer, done } from './reply.ts';

type MessageHandlers = Pick<
  CommandHandlers,
  Extract<CommandName, `away.${string}` | `recording.${string}` | `message.${string}` | `history.${string}`>
>;

export function messageHandlers(parts: PhoneParts): MessageHandlers {
  const { away, messages, player, history, publisher, settings, preferences } = parts;
  /** Does something to a message that is there. */
  const withMessage = (messageId: string, act: () => void) => {
    if (!messages.get(messageId)) return Promise.resolve(refusal('notFound', `There is no message ${messageId}.`));
    act();
    return Promise.resolve(done);
  };
  return {
    'away.set': (change) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      away.set({ ...away.settings, ...given });
      settings.write('away', away.settings);
      publisher.touch('away');
      return Promise.resolve(done);
    },
    'recording.set': (change) => {
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      preferences.recordings = { ...preferences.recordings, ...given };
      settings.write('recordings', preferences.recordings);
      publisher.touch('recordings');
      return Promise.resolve(done);
    },
    'message.list': () =>
      Promise.resolve(answer(messages.list().map((record) => toVoiceMessage(record, messages.folder)))),
    'message.markHeard': ({ messageId }) => withMessage(messageId, () => messages.markHeard(messageId)),
    'message.delete': async ({ messageId }) => {
      if (player.playing?.messageId === messageId) await player.stop();
      return withMessage(messageId, () => messages.delete(messageId));
    },
    'message.restore': ({ messageId }) => withMessage(messageId, () => messages.restore(messageId)),
    'message.play': async ({ messageId, fromMs }) => {
      const played = await player.play(messageId, fromMs);
      return played.ok ? done : refusal('mediaFailed', played.error);
    },
    'message.stop': async () => {
      await player.stop();
      return done;
    },
    'history.list': ({ limit, before, search }) =>
      Promise.resolve(answer(history.list({ limit, beforeMs: before, search }).map(toHistoryEntry))),
    'history.delete': ({ entryId }) => {
      history.delete(entryId);
      return Promise.resolve(done);
    },
  };
}
