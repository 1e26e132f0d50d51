// A call whose other end is a conference: who is in it, and adding or removing somebody. RFC 4579 §5, RFC 4575.
import { err, ok, type Result } from '../../../base/result.ts';
import { bodyText, type UserAgentCore } from '../../../sip/core/index.ts';
import { Header, type SipMessage, type SipUri } from '../../../sip/syntax/index.ts';
import {
  CONFERENCE_INFO_TYPE,
  ConferenceRoster,
  OutgoingRefer,
  parseConferenceInfo,
  Subscription,
} from '../../../sip/usage/index.ts';
import type { Call } from '../call.ts';
import type { CallFailure } from '../call-info.ts';
import { parseDialTarget } from '../dial-target.ts';

/** RFC 4579 §5.1: a focus says so in its Contact. */
export const isFromFocus = (message: SipMessage): boolean =>
  message.headers.get(Header.Contact)?.parameters.has('isfocus') === true;

/** Watches the conference at the other end until the call is over; call it once the call is connected. */
export function followConference(core: UserAgentCore, call: Call): void {
  const { session } = call;
  if (!session) return;
  const roster = new ConferenceRoster();
  const subscription = new Subscription({
    ...{ core, account: call.account.identity, target: session.dialog.remoteTarget },
    ...{ event: 'conference', accept: [CONFERENCE_INFO_TYPE] },
  });
  call.update({ conference: { subject: '', participants: [] } });
  subscription.events.on('notified', ({ body }) => {
    const info = body && parseConferenceInfo(bodyText(body));
    if (!info || call.phase === 'ended') return;
    // RFC 4575 §4.4: changes were missed: ask for the whole
    if (!roster.take(info)) subscription.refresh();
    call.update({ conference: { subject: roster.subject, participants: roster.participants } });
  });
  call.events.on('ended', () => subscription.unsubscribe());
  subscription.subscribe();
}

/** RFC 4579 §5.5, §5.11: the focus is asked to call somebody, or to hang up on a participant. */
export async function changeParticipant(
  core: UserAgentCore,
  call: Call,
  text: string,
  change: 'add' | 'remove',
): Promise<Result<{ readonly statusCode: number }, CallFailure>> {
  const { session } = call;
  const target = parseDialTarget(text, call.account.address);
  if (!target.ok) return err({ code: 'badTarget', message: target.error });
  if (call.phase !== 'connected' || !session || !call.info.conference)
    return err({ code: 'wrongState', message: 'This call is no conference.' });
  const uri: SipUri = change === 'add' ? target.value : target.value.withParameter('method', 'BYE');
  return new Promise((resolve) => {
    const refer = new OutgoingRefer(core, session, uri);
    refer.events.on('progress', ({ statusCode, isFinal }) => {
      if (isFinal) resolve(ok({ statusCode }));
    });
    refer.events.on('failed', ({ statusCode, reason }) => {
      resolve(err({ code: 'rejected', message: `The conference did not agree: ${statusCode} ${reason}.` }));
    });
  });
}
