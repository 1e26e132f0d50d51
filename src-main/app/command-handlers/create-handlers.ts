// Every command of the contract and who serves it; a missing one fails to compile.
import type { CommandHandlers } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { accountHandlers } from './account-handlers.ts';
import { awayHandlers, callerChoiceHandlers } from './away-handlers.ts';
import { certificateHandlers } from './certificate-handlers.ts';
import { deliveryHandlers } from './delivery-handlers.ts';
import { greetingHandlers } from './greeting-handlers.ts';
import { deviceHandlers } from './device-handlers.ts';
import { callHandlers } from './call-handlers.ts';
import { historyHandlers } from './history-handlers.ts';
import { messageHandlers } from './message-handlers.ts';
import { phoneHandlers } from './phone-handlers.ts';
import { transcriptHandlers } from './transcript-handlers.ts';
import { peopleHandlers } from './people-handlers.ts';

export function createHandlers(parts: PhoneParts): CommandHandlers {
  const handlers: CommandHandlers = {
    ...phoneHandlers(parts),
    ...deviceHandlers(parts),
    ...accountHandlers(parts),
    ...certificateHandlers(parts),
    ...callHandlers(parts),
    ...awayHandlers(parts),
    ...greetingHandlers(parts),
    ...callerChoiceHandlers(parts),
    ...deliveryHandlers(parts),
    ...messageHandlers(parts),
    ...transcriptHandlers(parts),
    ...historyHandlers(parts),
    ...peopleHandlers(parts),
  };
  return pushedFirst(handlers, () => parts.publisher.flush());
}

type AnyHandler = (params: never) => Promise<unknown>;

/** Who gets an answer has seen what the command changed: the view is pushed before. */
function pushedFirst(handlers: CommandHandlers, push: () => void): CommandHandlers {
  const entries = Object.entries(handlers as Readonly<Record<string, AnyHandler>>);
  const pushing = entries.map(([name, handler]) => [
    name,
    async (params: never) => {
      const reply = await handler(params);
      push();
      return reply;
    },
  ]);
  return Object.fromEntries(pushing) as CommandHandlers;
}
