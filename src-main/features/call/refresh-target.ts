// Tells the peer of a call that we are reached another way now. RFC 3261 §12.2, §14.1.
import type { Call } from './call.ts';

/** A re-INVITE names our new Contact and offers what was agreed; a peer that refuses keeps the call as it was. */
export async function refreshTarget(call: Call): Promise<void> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media) return;
  const outcome = await session.reInvite({ body: () => media.createOffer(call.info.isOnHold) });
  const taken = outcome.kind === 'accepted' && outcome.body && media.takeAnswer(outcome.body);
  if (taken && taken.ok) call.noteStream();
  else media.rollback();
}
