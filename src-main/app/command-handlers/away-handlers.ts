// away.set : the answering machine.
import type { CommandHandlers, CommandName } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { changed } from './changed.ts';
import { done } from './reply.ts';

type AwayHandlers = Pick<CommandHandlers, Extract<CommandName, `away.${string}`>>;

export function awayHandlers({ away, settings, publisher }: PhoneParts): AwayHandlers {
  return {
    'away.set': (change) => {
      away.set(changed(away.settings, change));
      settings.write('away', away.settings);
      publisher.touch('away');
      return Promise.resolve(done);
    },
  };
}
