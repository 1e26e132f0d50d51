// Moves a call to where we are now, and tells its peer. RFC 3261 §12.2, §14.1.
import type { InviteSession } from '../../sip/core/index.ts';
import type { Call } from './call.ts';
import type { CallMedia } from './call-media.ts';

/** New sockets, and a re-INVITE that names them and our new Contact; a peer that refuses keeps the call as it was. */
export async function refreshTarget(call: Call, localAddress: string): Promise<void> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media) return;
  if (!(await media.move(localAddress))) call.logger.warn('the sound of a call could not be moved', { localAddress });
  await offerAnew(call, session, media);
}

/** The peer no longer answers on the way of the sound: who controls the search begins another one. RFC 8445 §9 */
export async function findAnotherWay(call: Call): Promise<void> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media) return;
  if (await media.restartIce()) await offerAnew(call, session, media);
}

async function offerAnew(call: Call, session: InviteSession, media: CallMedia): Promise<void> {
  const outcome = await session.reInvite({ body: () => media.createOffer(call.info.isOnHold) });
  const taken = outcome.kind === 'accepted' && outcome.body && media.takeAnswer(outcome.body);
  if (taken && taken.ok) call.noteStream();
  else media.rollback();
}
