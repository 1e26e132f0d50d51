// transcript.* : what callers said, written down on this machine.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { changed } from './changed.ts';
import { done } from './reply.ts';

type TranscriptHandlers = Pick<CommandHandlers, Extract<CommandName, `transcript.${string}`>>;

export function transcriptHandlers({ messages, transcriptDesk }: PhoneParts): TranscriptHandlers {
  const { transcripts, change } = transcriptDesk;
  return {
    'transcript.set': (given) => {
      const set = change(changed(transcripts.settings, given));
      return Promise.resolve(set.ok ? done : refusal('badParams', set.error));
    },
    'transcript.write': ({ messageId }) => {
      if (!messages.get(messageId)) return Promise.resolve(refusal('notFound', `There is no message ${messageId}.`));
      const begun = transcripts.write(messageId);
      return Promise.resolve(begun.ok ? done : refusal('wrongState', begun.error));
    },
    'transcript.cancel': ({ messageId }) => {
      transcripts.cancel(messageId);
      return Promise.resolve(done);
    },
  };
}
