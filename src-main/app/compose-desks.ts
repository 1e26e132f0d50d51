// Puts together what becomes of messages: who hears of them while they are left, and what is done with those that are kept.
import type { BegunMessage } from '../features/away/index.ts';
import { composeDelivery, type DeliveryPieces } from './compose-delivery.ts';
import { composeRetention } from './compose-retention.ts';
import { composeSealing } from './compose-sealing.ts';
import { composeTranscripts } from './compose-transcripts.ts';

/** What becomes of messages that were kept. */
export function composeDesks(pieces: DeliveryPieces) {
  const transcriptDesk = composeTranscripts(pieces);
  const deliveryDesk = composeDelivery(pieces, (messageId) => transcriptDesk.transcripts.settled(messageId));
  const retentionDesk = composeRetention(pieces);
  const sealingDesk = composeSealing(pieces);
  return { deliveryDesk, retentionDesk, transcriptDesk, sealingDesk };
}

/** Who has to know of a message while it is left, and when it was kept. */
export function messageHooks({ deliveryDesk, transcriptDesk, sealingDesk }: ReturnType<typeof composeDesks>) {
  const { transcripts } = transcriptDesk;
  return {
    isSealing: () => sealingDesk.sealing.isOn,
    onMessageBegun: (message: BegunMessage) => transcripts.listen(message),
    onMessageEnded: (messageId: string) => transcripts.ended(messageId),
    onKept: (messageId: string) => {
      transcripts.take(messageId);
      // With the words, where they are being written down.
      deliveryDesk.delivery.deliver(messageId);
      void sealingDesk.sealing.check(messageId);
    },
  };
}
