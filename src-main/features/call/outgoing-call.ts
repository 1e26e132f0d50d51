// A call that we make: INVITE, early media, the answer, redirection. RFC 3261 §13.2, §8.1.3.4; RFC 3960.
import {
  isSips,
  type AccountIdentity,
  type Body,
  type ExtraHeaders,
  type InviteFailure,
  type InviteSession,
  type OutgoingInvite,
  type UserAgentCore,
} from '../../sip/core/index.ts';
import { formatUri, type NameAddress, type SipUri, type Uri } from '../../sip/syntax/index.ts';
import type { Call } from './call.ts';
import { CallMedia, type CallMediaOptions } from './call-media.ts';
import type { CallEnding } from './call-state.ts';
import { isFromFocus } from './conference/index.ts';
import { endingOf } from './invite-ending.ts';
import { hiddenIdentity, hidingHeaders } from './identity/index.ts';
import { followSession } from './session-link.ts';

/** RFC 3261 §8.1.3.4: redirections are followed, but not for ever. */
const REDIRECTION_LIMIT = 5;

export interface OutgoingCallOptions {
  readonly core: UserAgentCore;
  readonly target: SipUri;
  readonly media: CallMediaOptions;
  /** What the INVITE carries on from a REFER. */
  readonly headers?: ExtraHeaders;
  /** The callee shall not learn who calls. */
  readonly isAnonymous: boolean;
  /** A Contact that does not say whose it is, if the registrar gave one. */
  readonly anonymousContact: SipUri | undefined;
}

/** Places the call; how it goes is told by the call's events. */
export async function placeCall(call: Call, options: OutgoingCallOptions): Promise<void> {
  const { target, media } = options;
  const opened = await CallMedia.open(media);
  if (!opened.ok) {
    call.take({ kind: 'failed', ending: { by: 'failure', reason: opened.error.message } });
    return;
  }
  if (call.phase === 'ended') return void opened.value.close();
  call.media = opened.value;
  new OutgoingAttempt(call, options).send(target);
}

class OutgoingAttempt {
  readonly #call: Call;
  readonly #core: UserAgentCore;
  readonly #identity: AccountIdentity;
  readonly #headers: ExtraHeaders;
  readonly #tried = new Set<string>();
  #isGivenUp = false;
  /** Why an answer did not suit. */
  #problem = 'No common way to send sound';

  constructor(call: Call, { core, isAnonymous, anonymousContact, headers = [] }: OutgoingCallOptions) {
    this.#call = call;
    this.#core = core;
    const { identity } = call.account;
    this.#identity = isAnonymous ? hiddenIdentity(identity, anonymousContact) : identity;
    this.#headers = isAnonymous ? [...hidingHeaders(identity), ...headers] : headers;
  }

  send(target: Uri, redirectedFrom?: OutgoingInvite): void {
    const { media } = this.#call;
    if (!media) return;
    this.#tried.add(formatUri(target));
    const offer = media.createOffer(false);
    const invite = this.#core.invite({
      target,
      account: this.#identity,
      offer,
      headers: this.#headers,
      ...(redirectedFrom && { redirectedFrom }),
    });
    const cancel = (): void => {
      this.#isGivenUp = true;
      invite.cancel();
    };
    this.#call.setControl({ cancel, accept: () => {}, reject: () => {}, redirect: () => {} });
    this.#listen(invite);
  }

  #listen(invite: OutgoingInvite): void {
    const call = this.#call;
    invite.events.on('progress', ({ response, session, body, flow }) => {
      if (this.#isGivenUp) return;
      if (session) call.earlySessions.add(session);
      call.noteIdentity({ message: response, flow });
      const hasEarlyMedia = body !== undefined && this.#takeAnswer(body);
      call.take({ kind: 'progressed', hasEarlyMedia, isRinging: response.statusCode === 180 });
    });
    invite.events.on('answered', ({ session, response, body, flow }) => {
      call.isFocus = isFromFocus(response);
      if (!this.#isGivenUp) call.noteIdentity({ message: response, flow });
      this.#answered(session, body);
    });
    invite.events.on('redirected', ({ contacts, statusCode }) => this.#redirect(invite, contacts, statusCode));
    invite.events.on('failed', (failure) => {
      if (this.#isGivenUp) return;
      // INTEROP: who insists on encryption refuses an offer that would do without it, whatever keys it has. RFC 4568 §7.1.1
      if (failure.statusCode === 488 && call.media?.insistOnEncryption() === true) {
        return this.send(invite.request.requestUri);
      }
      call.take({ kind: 'failed', ending: this.#endingOf(failure) });
    });
  }

  /** A bare 488 says nothing to people; where encryption was a must, that is what most likely did not suit. */
  #endingOf(failure: InviteFailure): CallEnding {
    const ending = endingOf(failure);
    const { srtp } = this.#call.account.settings;
    const isBare = failure.statusCode === 488 && ending.reason === failure.reasonPhrase;
    if (!isBare || srtp === 'off' || srtp === 'optional') return ending;
    return { ...ending, reason: `${ending.reason}: perhaps the other side takes no encrypted calls` };
  }

  #answered(session: InviteSession, body: Body | undefined): void {
    const call = this.#call;
    // RFC 3261 §9.1: a 2xx that crossed our CANCEL made a session that nobody wants
    if (this.#isGivenUp) return session.bye();
    call.session = session;
    followSession(call, session);
    const isUsable = body === undefined ? call.media?.stream !== undefined : this.#takeAnswer(body);
    if (!call.take({ kind: 'answered' })) return session.bye();
    if (!isUsable) call.take({ kind: 'failed', ending: { by: 'failure', statusCode: 488, reason: this.#problem } });
  }

  /** An answer that repeats the one in a provisional response changes nothing. */
  #takeAnswer(body: Body): boolean {
    const taken = this.#call.media?.takeAnswer(body);
    if (taken?.ok) this.#call.noteStream();
    else if (taken) this.#problem = taken.error;
    return taken?.ok === true || this.#call.media?.stream !== undefined;
  }

  #redirect(invite: OutgoingInvite, contacts: readonly NameAddress[], statusCode: number): void {
    if (this.#isGivenUp) return;
    // RFC 3261 §8.1.3.4: of several contacts the one that is preferred most is tried first
    const preferred = [...contacts].sort((one, other) => preferenceOf(other) - preferenceOf(one));
    const untried = preferred.map(({ uri }) => uri).filter((uri) => !this.#tried.has(formatUri(uri)));
    // RFC 5630 §5.1.1.3: a secured call is not led on by an unsecured way behind the caller's back
    const next = untried.find((uri) => !isSips(invite.request.requestUri) || isSips(uri));
    if (next && this.#tried.size <= REDIRECTION_LIMIT) {
      this.#call.media?.rollback();
      this.send(next, invite);
      return;
    }
    const reason = untried.length === 0 || next ? 'Redirected too often' : 'Redirected to where no secured way leads';
    this.#call.take({ kind: 'failed', ending: { by: 'remote', statusCode, reason } });
  }
}

/** RFC 3261 §20.10: `q` from 0 to 1; without one a contact is as good as any. */
function preferenceOf({ parameters }: NameAddress): number {
  const q = Number(parameters.get('q') ?? 1);
  return q >= 0 && q <= 1 ? q : 1;
}
