// What the peer does within a call: re-INVITE, UPDATE, INFO, BYE. RFC 3261 §14.2, §15; RFC 3311 §5.2; RFC 6086.
import type { Body, IncomingRequest, InviteSession } from '../../sip/core/index.ts';
import type { Call } from './call.ts';
import { parseInfoDigit } from './info-digit.ts';

/** Ties a session's events to its call until the session ends. */
export function followSession(call: Call, session: InviteSession): void {
  session.events.on('reInvite', (reInvite) => {
    if (reInvite.body) {
      const answer = answerOffer(call, reInvite.body);
      if (answer) reInvite.accept(answer);
      else reInvite.reject(488);
      return;
    }
    // RFC 3261 §14.2: a re-INVITE without an offer asks for ours; the answer comes in the ACK.
    reInvite.accept(call.media?.createOffer(call.info.isOnHold), (body) => {
      if (body && call.media?.takeAnswer(body).ok === true) call.noteStream();
      else call.media?.rollback();
    });
  });
  session.events.on('update', (update) => {
    const answer = update.body && answerOffer(call, update.body);
    if (answer) update.respond(200, { body: answer });
    else update.respond(488);
  });
  session.events.on('info', (info) => takeInfo(call, info));
  session.events.on('refer', (refer) => call.events.emit('refer', { refer, session }));
  // RFC 6665 §4.1.3: a NOTIFY that no listener has answered belongs to no subscription
  session.events.on('notify', (notify) => queueMicrotask(() => notify.respond(481)));
  session.events.on('message', (message) => call.events.emit('message', message));
  session.events.on('identity', (identity) => call.noteIdentity(identity));
  session.events.on('ended', ({ by, reason }) => {
    // RFC 3891 §3: the session that another has replaced ends without the call
    if (call.session !== session) return;
    const ending =
      by === 'timeout'
        ? ({ by: 'failure', statusCode: 408, reason } as const)
        : ({ by: 'remote', reason: 'hung up' } as const);
    call.take({ kind: 'remoteEnded', ending });
  });
}

/** Agrees and lets sound follow; undefined when nothing suits: what was agreed before stays. */
function answerOffer(call: Call, offer: Body): Body | undefined {
  const answer = call.media?.answerOffer(offer, call.info.isOnHold);
  if (!answer?.ok) return undefined;
  call.media?.apply();
  call.noteStream();
  return answer.value;
}

function takeInfo(call: Call, info: IncomingRequest): void {
  const digit = info.body && parseInfoDigit(info.body);
  if (digit !== undefined) call.events.emit('digit', { digit });
  // RFC 6086 §4.2.2, §5.2.2: Recv-Info without a value says that we want none; a package that we did not ask for is 469; INFO without one is answered as of old.
  if (info.request.headers.has('Info-Package')) info.respond(469, { headers: [['Recv-Info', '']] });
  else info.respond(200);
}
