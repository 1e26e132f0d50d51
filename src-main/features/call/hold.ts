// Hold and resume by re-INVITE, and what the peer hears meanwhile. RFC 3264 §8.4, RFC 3261 §14.1, RFC 5359 §2.3.
import { err, ok, type Result } from '../../base/result.ts';
import type { ReInviteOutcome } from '../../sip/core/index.ts';
import type { Call } from './call.ts';
import type { CallFailure } from './call-info.ts';

export async function setHold(call: Call, isOnHold: boolean): Promise<Result<undefined, CallFailure>> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media)
    return err({ code: 'wrongState', message: 'Only a call that is connected can be put on hold.' });
  if (call.info.isOnHold === isOnHold) return ok(undefined);
  call.update({ isOnHold });
  // WHY: who waits must not hear what is said here from this moment on, whatever becomes of the re-INVITE.
  if (isOnHold) await media.setWaiting(call.holdSound);
  const outcome = await session.reInvite({ body: () => media.createOffer(isOnHold) });
  const isAgreed = outcome.kind === 'accepted' && outcome.body && media.takeAnswer(outcome.body).ok;
  if (!isAgreed) media.rollback();
  // RFC 5359 §2.3: music, or nothing, until the peer is taken back
  if (call.info.phase === 'connected' && isOnHold !== isAgreed) await media.setWaiting(undefined);
  if (isAgreed) {
    call.noteStream();
    return ok(undefined);
  }
  if (call.info.phase === 'connected') call.update({ isOnHold: !isOnHold });
  return err({ code: 'rejected', message: `The other side did not agree: ${reasonOf(outcome)}` });
}

function reasonOf(outcome: ReInviteOutcome): string {
  if (outcome.kind === 'rejected') return `${outcome.statusCode} ${outcome.reasonPhrase}`;
  return outcome.kind === 'failed' ? outcome.reason : 'no usable answer';
}
