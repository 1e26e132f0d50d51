// message.* : what callers said to the answering machine.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import { toVoiceMessage } from '../message-book.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { answer, done } from './reply.ts';

type MessageHandlers = Pick<CommandHandlers, Extract<CommandName, `message.${string}`>>;

export function messageHandlers({ messages, player }: PhoneParts): MessageHandlers {
  /** Does something to a message that is there. */
  const withMessage = (messageId: string, act: () => void) => {
    if (!messages.get(messageId)) return Promise.resolve(refusal('notFound', `There is no message ${messageId}.`));
    act();
    return Promise.resolve(done);
  };
  return {
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
  };
}
