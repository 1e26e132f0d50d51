// Requests within a session that leave its media alone: the timer's refresh, and who we are now. RFC 4028 §7.2, §7.3, §10; RFC 4916 §4.4.
import type { Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { SipRequest, SipResponse, Uri } from '../syntax/index.ts';
import type { Dialog } from './dialog.ts';
import { glareDelayMs } from './glare.ts';
import type { RequestFailure } from './send-options.ts';
import type { ReInviteOutcome } from './session-events.ts';
import {
  putTimerRequest,
  raisedWish,
  readTimerAnswer,
  type SessionTimer,
  type SessionTimerWish,
} from './session-timer.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

/** What of a session its refreshes need. */
export interface RefreshedSession {
  readonly dialog: Dialog;
  readonly timer: SessionTimer;
  readonly timerWish: SessionTimerWish;
  readonly state: 'early' | 'confirmed' | 'ended';
  readonly remoteAllow: readonly string[];
  readonly remoteSupported: readonly string[];
  /** Sends a request with our Contact; ends the session where the answer says that it is gone. */
  readonly exchange: (request: SipRequest) => Promise<Result<SipResponse, RequestFailure>>;
  /** A re-INVITE with what was last agreed. */
  readonly reInviteAsAgreed: () => Promise<ReInviteOutcome>;
}

/** As whom we speak from now on. */
export interface AnnouncedIdentity {
  readonly displayName?: string;
  readonly uri: Uri;
}

/** `notSupported`: the peer has not said that it can bear a change of From, so that none was made. */
export type AnnouncementOutcome = 'announced' | 'notSupported' | 'failed';

const MAX_ATTEMPTS = 4;

/** RFC 4028 §7.2, §10: UPDATE where the peer knows it; where that is refused or unknown a re-INVITE. */
export async function refreshSession(session: RefreshedSession, runtime: Runtime): Promise<boolean> {
  let wish = session.timerWish;
  for (let attempt = 0; attempt < MAX_ATTEMPTS && session.state === 'confirmed'; attempt++) {
    if (!session.remoteAllow.includes('UPDATE')) break;
    const result = await session.exchange(buildUpdate(session, wish));
    const response = result.ok ? result.value : undefined;
    if (!response) return false;
    if (response.statusCode < 300) {
      session.dialog.refreshTarget(response);
      session.timer.restart(readTimerAnswer(response));
      return true;
    }
    // RFC 4028 §7.3: a 422 names the shortest interval that will do; RFC 3311 §5.2: what crossed is tried again later
    const raised = response.statusCode === 422 ? raisedWish(response, wish) : undefined;
    if (raised) wish = raised;
    else if (response.statusCode === 491) await wait(runtime, glareDelayMs(session.dialog.isCaller, runtime));
    else break;
  }
  if (session.state !== 'confirmed') return false;
  const outcome = await session.reInviteAsAgreed();
  return outcome.kind === 'accepted';
}

/**
 * Tells the peer by UPDATE or re-INVITE that somebody else, or somebody of another name, speaks to it now.
 * RFC 4916 §4.4: only to a peer that has sent `from-change` in Supported.
 */
export async function announceIdentity(
  session: RefreshedSession,
  { displayName, uri }: AnnouncedIdentity,
  runtime: Runtime,
): Promise<AnnouncementOutcome> {
  if (session.state !== 'confirmed' || !session.remoteSupported.includes('from-change')) return 'notSupported';
  session.dialog.renameLocal(displayName, uri);
  return (await refreshSession(session, runtime)) ? 'announced' : 'failed';
}

function buildUpdate({ dialog, timer }: RefreshedSession, wish: SessionTimerWish): SipRequest {
  const request = dialog.buildRequest('UPDATE');
  request.headers.set('Supported', SUPPORTED_OPTIONS.join(', '));
  const { agreement } = timer;
  const agreed = agreement && { ...agreement, expiresSec: Math.max(agreement.expiresSec, wish.minSec) };
  putTimerRequest(request, wish, agreed);
  return request;
}

const wait = (runtime: Runtime, delayMs: number): Promise<void> =>
  new Promise((resolve) => void runtime.setTimer(delayMs, resolve, true));
