// Puts together what is around the answering machine: greetings, who hears of messages while they are left, what becomes of those that are kept.
import type { BegunMessage, MessageStore } from '../features/away/index.ts';
import { composeDelivery, type DeliveryPieces } from './compose-delivery.ts';
import { composeGreetings } from './compose-greetings.ts';
import { composeRetention } from './compose-retention.ts';
import { composeSealing } from './compose-sealing.ts';
import { composeTranscripts } from './compose-transcripts.ts';
import type { QuietTime } from './quiet-time.ts';

export function composeDesks(pieces: DeliveryPieces & { readonly quietTime: QuietTime }) {
  const transcriptDesk = composeTranscripts(pieces);
  const deliveryDesk = composeDelivery(pieces, (messageId) => transcriptDesk.transcripts.settled(messageId));
  const retentionDesk = composeRetention(pieces);
  const sealingDesk = composeSealing(pieces);
  const greetings = composeGreetings(pieces.ports, pieces.publisher, pieces.quietTime);
  return { greetings, deliveryDesk, retentionDesk, transcriptDesk, sealingDesk };
}

/** Who has to know of a message while it is left, and when it was kept. */
export function messageHooks(
  { deliveryDesk, transcriptDesk, sealingDesk }: ReturnType<typeof composeDesks>,
  messages: MessageStore,
) {
  const { transcripts } = transcriptDesk;
  return {
    isSealing: () => sealingDesk.sealing.isOn,
    onMessageBegun: (message: BegunMessage) => transcripts.listen(message),
    onMessageEnded: (messageId: string) => transcripts.ended(messageId),
    onKept: (messageId: string) => {
      const hasSound = messages.get(messageId)?.wantsCallBack === false;
      if (hasSound) transcripts.take(messageId);
      // With the words, where they are being written down.
      deliveryDesk.delivery.deliver(messageId);
      if (hasSound) void sealingDesk.sealing.check(messageId);
    },
  };
}
