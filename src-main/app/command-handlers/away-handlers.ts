// away.* : the answering machine, and who speaks to it.
import { refusal, type CommandHandlers, type CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { changed } from './changed.ts';
import { done } from './reply.ts';

type AwayHandlers = Pick<CommandHandlers, Extract<CommandName, `away.${string}`>>;

export function awayHandlers({ away, remotePin, publisher }: PhoneParts): AwayHandlers {
  const toCaller = (isDone: boolean) =>
    Promise.resolve(isDone ? done : refusal('wrongState', 'The answering machine does not have this call.'));
  return {
    'away.set': (change) => {
      away.set(changed(away.settings, change));
      return Promise.resolve(done);
    },
    'away.setPin': async ({ pin }) => {
      await remotePin.set(pin ?? '');
      publisher.touch('away');
      return done;
    },
    'away.pickUp': ({ callId }) => toCaller(away.pickUp(callId)),
    'away.listen': ({ callId, enabled }) => toCaller(away.listen(callId, enabled)),
    'away.reply': ({ callId, replyId }) => {
      if (away.hasReply(replyId)) return toCaller(away.reply(callId, replyId));
      return Promise.resolve(refusal('notFound', `There is no reply ${replyId}.`));
    },
  };
}
