// Moves a call to where we are now, and tells its peer. RFC 3261 §12.2, §14.1.
import type { Call } from './call.ts';

/** New sockets, and a re-INVITE that names them and our new Contact; a peer that refuses keeps the call as it was. */
export async function refreshTarget(call: Call, localAddress: string): Promise<void> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media) return;
  if (!(await media.move(localAddress))) call.logger.warn('the sound of a call could not be moved', { localAddress });
  const outcome = await session.reInvite({ body: () => media.createOffer(call.info.isOnHold) });
  const taken = outcome.kind === 'accepted' && outcome.body && media.takeAnswer(outcome.body);
  if (taken && taken.ok) call.noteStream();
  else media.rollback();
}
