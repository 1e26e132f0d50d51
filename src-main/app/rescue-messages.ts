// After an end that was not orderly: messages that were being left are completed, those of a lost database are found again.
import type { Database } from '../storage/index.ts';
import type { PhoneParts } from './phone-parts.ts';

const count = (messages: number): string => (messages === 1 ? 'A message was' : `${messages} messages were`);

/** Tells the user what happened; then what has been in the trash for its time goes. */
export async function rescueMessages(parts: PhoneParts, database: Database, beforeMs: number): Promise<void> {
  const { messages, history, away, notices } = parts;
  const { minMessageSec } = away.settings;
  const { delivery } = parts.deliveryDesk;
  delivery.resume();
  const rescued = await messages.rescueAll(minMessageSec, beforeMs);
  for (const messageId of rescued) {
    const message = messages.get(messageId);
    if (message) history.addRescued(message);
    delivery.deliver(messageId);
  }
  if (rescued.length > 0) notices.add(`${count(rescued.length)} saved although Nightjar ended unexpectedly.`);
  // Asked after the database was opened, which the rescue does.
  if (database.putAside !== undefined) {
    const adopted = await messages.adoptAll(minMessageSec);
    const found = adopted > 0 ? ` ${count(adopted)} found again.` : '';
    notices.add(`The history was damaged and could not be read; it was put aside as ${database.putAside}.${found}`);
  }
  messages.emptyTrash();
  parts.retentionDesk.watch.check();
  parts.transcriptDesk.transcripts.catchUp();
  await parts.sealingDesk.sealing.bringInLine();
  await messages.drawAll();
}
