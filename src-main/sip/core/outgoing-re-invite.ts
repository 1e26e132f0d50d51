// Sends a re-INVITE of ours and takes over what its acceptance says. RFC 3261 §14.1, RFC 4028 §7.2.
import type { SipRequest, SipResponse } from '../syntax/index.ts';
import type { Flow } from '../transaction/index.ts';
import { putBody, type Body } from './body.ts';
import { putCapabilities } from './core-context.ts';
import type { DialogUser } from './in-dialog-exchange.ts';
import type { PendingOffers } from './pending-offers.ts';
import { runReInvite, type ReInvitePort } from './re-invite.ts';
import type { RemoteCapabilities } from './remote-capabilities.ts';
import type { RequestFailure } from './send-options.ts';
import type { SessionAcks } from './session-acks.ts';
import type { ReInviteOptions, ReInviteOutcome } from './session-events.ts';
import type { SessionLife } from './session-life.ts';
import { putTimerRequest, readTimerAnswer, type SessionTimer, type SessionTimerWish } from './session-timer.ts';
import { SUPPORTED_OPTIONS } from './user-agent-settings.ts';

/** What of the session a re-INVITE concerns. */
export interface RenegotiatedSession extends DialogUser {
  readonly acks: SessionAcks;
  readonly offers: PendingOffers;
  readonly timer: SessionTimer;
  readonly timerWish: SessionTimerWish;
  readonly remote: RemoteCapabilities;
  readonly life: SessionLife;
  readonly onLocalBody: (body: Body) => void;
}

/** Renegotiates; glare is waited out. Never rejects. */
export function reInvite(session: RenegotiatedSession, options: ReInviteOptions): Promise<ReInviteOutcome> {
  const { context, dialog, acks, offers, life } = session;
  let invite: SipRequest | undefined;
  const port: ReInvitePort = {
    ownsCallId: dialog.isCaller,
    isConfirmed: () => life.state === 'confirmed',
    isOfferPending: () => offers.isAny || acks.isWaiting,
    send: (body) => sendReInvite(session, body, (sent) => (invite = sent)),
    acknowledge: (answer) => {
      if (invite) void acks.send(invite, answer);
    },
    judge: (outcome) => life.judge('INVITE', outcome),
  };
  return runReInvite(port, context.runtime, options);
}

function sendReInvite(
  session: RenegotiatedSession,
  body: Body | undefined,
  onSent: (invite: SipRequest) => void,
): Promise<SipResponse | RequestFailure> {
  const { context, dialog, account, acks, offers } = session;
  const request = buildReInvite(session, body);
  return new Promise((resolve) => {
    let hasFinal = false;
    const settle = (result: SipResponse | RequestFailure): void => {
      hasFinal = true;
      offers.localInvite = undefined;
      resolve(result);
    };
    const sent = context.sender.send({
      request,
      nextHop: dialog.nextHop,
      account,
      hasContact: true,
      nextSequence: () => dialog.nextSequence(),
      user: {
        onFinal: (response, flow) => {
          if (hasFinal) {
            acks.repeat(sent.request.cseq.sequence);
            return;
          }
          onSent(sent.request);
          if (response.statusCode < 300) takeAcceptance(session, response, body, flow);
          settle(response);
        },
        onFailure: settle,
      },
    });
    offers.localInvite = sent;
  });
}

function buildReInvite({ context, dialog, timer, timerWish }: RenegotiatedSession, body: Body | undefined): SipRequest {
  const request = dialog.buildRequest('INVITE');
  putCapabilities(request, context, SUPPORTED_OPTIONS);
  putTimerRequest(request, timerWish, timer.agreement);
  putBody(request, body);
  return request;
}

function takeAcceptance(
  { dialog, events, remote, timer, onLocalBody }: RenegotiatedSession,
  response: SipResponse,
  body: Body | undefined,
  flow: Flow,
): void {
  dialog.refreshTarget(response);
  remote.note(response);
  if (body) onLocalBody(body);
  events.emit('identity', { message: response, flow });
  timer.restart(readTimerAnswer(response));
}
