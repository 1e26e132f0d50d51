// Every command of the contract and who serves it; a missing one fails to compile.
import type { CommandHandlers } from '../../../src-shared/contract/index.ts';
import type { PhoneParts } from '../phone-parts.ts';
import { accountHandlers } from './account-handlers.ts';
import { certificateHandlers } from './certificate-handlers.ts';
import { callHandlers } from './call-handlers.ts';
import { messageHandlers } from './message-handlers.ts';
import { phoneHandlers } from './phone-handlers.ts';
import { notYetBuilt } from './reply.ts';

export function createHandlers(parts: PhoneParts): CommandHandlers {
  return {
    ...phoneHandlers(parts),
    ...accountHandlers(parts),
    ...certificateHandlers(parts),
    ...callHandlers(parts),
    ...messageHandlers(parts),
    'contact.list': notYetBuilt('Contacts'),
    'contact.save': notYetBuilt('Contacts'),
    'contact.delete': notYetBuilt('Contacts'),
    'contact.import': notYetBuilt('Contacts'),
    'contact.export': notYetBuilt('Contacts'),
    'presence.subscribe': notYetBuilt('Presence'),
    'presence.setOwn': notYetBuilt('Presence'),
    'text.send': notYetBuilt('Text messages'),
  };
}
