// A call from outside that takes the place of one of ours: attended transfer, pickup, parking. RFC 3891 §3.
import type { IncomingInvite } from '../../../sip/core/index.ts';
import type { Call } from '../call.ts';
import { CallMedia, type CallMediaOptions } from '../call-media.ts';
import type { RemoteParty } from '../call-info.ts';
import { followSession } from '../session-link.ts';
import type { TransferPolicy } from './transfer-request.ts';

export interface ReplacementFacts {
  /** The account that the INVITE is for. */
  readonly accountId: string | undefined;
  readonly policy: TransferPolicy;
  /** Whether the account's own server says who sends the INVITE. RFC 3325 */
  readonly isAsserted: boolean;
}

/** The status to refuse a replacement with; undefined when it may happen. The dialog's own identifiers are what the sender must know. */
export function refuseReplacement(
  call: Call | undefined,
  { accountId, policy, isAsserted }: ReplacementFacts,
): number | undefined {
  // RFC 3891 §3: a session that is no call of this account is none that may be replaced
  if (!call || call.account.id !== accountId) return 481;
  if (policy === 'never') return 603;
  // RFC 3891 §7: a server that vouches for the peer must vouch for whoever takes its place as well
  if (policy === 'ask' && call.info.remote.isAsserted && !isAsserted) return 403;
  return undefined;
}

/** Answers at once, without ringing: the user has this call already. The old session ends by BYE or CANCEL. */
export async function replaceCall(
  call: Call,
  invite: IncomingInvite,
  remote: RemoteParty,
  options: CallMediaOptions,
): Promise<void> {
  const opened = await CallMedia.open(options);
  if (!opened.ok) {
    invite.reject(500);
    return;
  }
  const media = opened.value;
  const answer = invite.body && media.answerOffer(invite.body, false);
  const statusCode = answer && !answer.ok ? 488 : call.phase === 'ended' ? 603 : undefined;
  if (statusCode !== undefined || invite.isOver) {
    if (statusCode !== undefined) invite.reject(statusCode);
    await media.close();
    return;
  }
  if (answer?.ok) {
    media.apply();
    invite.accept(answer.value);
  } else {
    // RFC 3261 §13.3.1.4: without an offer ours goes in the 2xx
    invite.events.on('confirmed', ({ body }) => {
      if (body && media.takeAnswer(body).ok) call.noteStream();
    });
    invite.accept(media.createOffer(false));
  }
  call.takePlace(invite.session, media, remote);
  followSession(call, invite.session);
  call.noteStream();
}
