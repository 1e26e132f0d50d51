// message.* : what callers said to the answering machine.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { MessageRecord } from '../../storage/index.ts';
import { toVoiceMessage } from '../message-book.ts';
import { formatOf, newExportFile } from '../message-export.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { changed } from './changed.ts';
import { answer, done } from './reply.ts';

type MessageHandlers = Pick<CommandHandlers, Extract<CommandName, `message.${string}`>>;

export function messageHandlers({ messages, player, media, retentionDesk, sealingDesk }: PhoneParts): MessageHandlers {
  /** Does something to a message that is there. */
  const withMessage = (messageId: string, act: () => void) => {
    if (!messages.get(messageId)) return Promise.resolve(refusal('notFound', `There is no message ${messageId}.`));
    act();
    return Promise.resolve(done);
  };
  const shown = (record: MessageRecord) => toVoiceMessage(record, messages.folder);
  return {
    'message.list': (query) => Promise.resolve(answer(messages.find(query).map(shown))),
    'message.listDeleted': () => Promise.resolve(answer(messages.listDeleted().map(shown))),
    'message.emptyTrash': () => {
      messages.emptyTrash('all');
      return Promise.resolve(done);
    },
    'message.setRetention': (change) => {
      retentionDesk.change(changed(retentionDesk.watch.settings, change));
      return Promise.resolve(done);
    },
    'message.setEncryption': async ({ isOn }) => {
      const set = await sealingDesk.change(isOn);
      return set.ok ? done : refusal('storageFailed', set.error);
    },
    'message.markHeard': ({ messageId, isHeard }) =>
      withMessage(messageId, () => messages.markHeard(messageId, isHeard)),
    'message.setMarked': ({ messageId, isMarked }) =>
      withMessage(messageId, () => messages.setMarked(messageId, isMarked)),
    'message.setNote': ({ messageId, note }) => withMessage(messageId, () => messages.setNote(messageId, note)),
    'message.delete': async ({ messageId }) => {
      if (player.playing?.messageId === messageId) await player.stop();
      return withMessage(messageId, () => messages.delete(messageId));
    },
    'message.restore': ({ messageId }) => withMessage(messageId, () => messages.restore(messageId)),
    'message.export': async ({ messageId, file, format = formatOf(file) }) => {
      const message = messages.get(messageId);
      if (!message) return refusal('notFound', `There is no message ${messageId}.`);
      if (message.wantsCallBack) return refusal('wrongState', 'This caller left no sound.');
      const target = file ?? newExportFile(shown(message), format);
      const exported = await media.exportFile(messages.pathOf(message), target, format);
      return exported.ok ? answer({ file: target }) : refusal('storageFailed', exported.error.message);
    },
    'message.play': async (request) => {
      const played = await player.play(request);
      return played.ok ? done : refusal('mediaFailed', played.error);
    },
    'message.stop': async () => {
      await player.stop();
      return done;
    },
  };
}
