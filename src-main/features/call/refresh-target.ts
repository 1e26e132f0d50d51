// Moves a call to where we are now, and tells its peer. RFC 3261 §12.2, §14.1.
import type { PathLoss } from '../../media/index.ts';
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

/** The way of the sound is lost: who controls the search begins another one, or who knows of a loss that the peer cannot know. RFC 8445 §9 */
export async function findAnotherWay(call: Call, reason: PathLoss): Promise<void> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media) return;
  if (await media.restartIce(reason)) await offerAnew(call, session, media);
}

async function offerAnew(call: Call, session: InviteSession, media: CallMedia): Promise<void> {
  const outcome = await session.reInvite({ body: () => media.createOffer(call.info.isOnHold) });
  const taken = outcome.kind === 'accepted' && outcome.body && media.takeAnswer(outcome.body);
  if (taken && taken.ok) call.noteStream();
  else media.rollback();
}
