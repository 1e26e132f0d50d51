// Hold and resume by re-INVITE. RFC 3264 §8.4, RFC 3261 §14.1.
import { err, ok, type Result } from '../../base/result.ts';
import type { Call } from './call.ts';
import type { CallFailure } from './call-info.ts';

export async function setHold(call: Call, isOnHold: boolean): Promise<Result<undefined, CallFailure>> {
  const { session, media } = call;
  if (call.phase !== 'connected' || !session || !media)
    return err({ code: 'wrongState', message: 'Only a call that is connected can be put on hold.' });
  if (call.info.isOnHold === isOnHold) return ok(undefined);
  call.update({ isOnHold });
  const outcome = await session.reInvite({ body: () => media.createOffer(isOnHold) });
  if (outcome.kind === 'accepted') {
    const taken = outcome.body && media.takeAnswer(outcome.body);
    if (taken?.ok) {
      call.noteStream();
      return ok(undefined);
    }
  }
  media.rollback();
  if (call.info.phase === 'connected') call.update({ isOnHold: !isOnHold });
  const reason =
    outcome.kind === 'rejected'
      ? `${outcome.statusCode} ${outcome.reasonPhrase}`
      : outcome.kind === 'failed'
        ? outcome.reason
        : 'no usable answer';
  return err({ code: 'rejected', message: `The other side did not agree: ${reason}` });
}
