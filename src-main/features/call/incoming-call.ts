// A call that comes: the offer is looked at before anybody rings, ports are bound while it rings. RFC 3261 §13.3.
import { err, ok, type Result } from '../../base/result.ts';
import type { SendSource } from '../../media/index.ts';
import type { Body, ExtraHeaders, IncomingInvite } from '../../sip/core/index.ts';
import { Header, NameAddress, type SipRequest, type SipUri } from '../../sip/syntax/index.ts';
import { answerModeHeaders } from './arrival/index.ts';
import type { Call } from './call.ts';
import type { CallFailure } from './call-info.ts';
import { CallMedia, type CallMediaOptions } from './call-media.ts';
import { isFromFocus } from './conference/index.ts';
import { followSession } from './session-link.ts';

export interface AnswerOptions {
  readonly source: SendSource;
  readonly playsToDevice: boolean;
  /** The answering machine takes the call. */
  readonly isAway: boolean;
  /** Nobody pressed anything: a rule or the caller's wish answers. */
  readonly isByItself?: boolean;
}

/** Why a call cannot be taken, as the caller is told. */
export interface Refusal {
  readonly statusCode: number;
  readonly headers: ExtraHeaders;
}

export const ANSWER_IN_PERSON: AnswerOptions = { source: { kind: 'device' }, playsToDevice: true, isAway: false };
export const ANSWER_BY_ITSELF: AnswerOptions = { ...ANSWER_IN_PERSON, isByItself: true };

export class IncomingCall {
  readonly call: Call;
  readonly #invite: IncomingInvite;
  /** The answer to the caller's offer; undefined when the caller left the offer to us. */
  #answer: Body | undefined;
  #redirectTarget: SipUri | undefined;
  #headers: ExtraHeaders = [];

  private constructor(call: Call, invite: IncomingInvite) {
    this.call = call;
    this.#invite = invite;
  }

  /** Binds ports and reads the offer; the failure is what to refuse the call with. */
  static async prepare(
    call: Call,
    invite: IncomingInvite,
    media: CallMediaOptions,
  ): Promise<Result<IncomingCall, Refusal>> {
    const opened = await CallMedia.open(media);
    if (!opened.ok) return err({ statusCode: 500, headers: [] });
    call.isSignallingSecure = invite.flow.isSecure;
    const incoming = new IncomingCall(call, invite);
    if (invite.body) {
      const answer = opened.value.answerOffer(invite.body, false);
      if (!answer.ok) {
        await opened.value.close();
        // RFC 3261 §20.43: a warning says in words what does not suit
        return err({ statusCode: 488, headers: [['Warning', `399 nightjar "${answer.error}"`]] });
      }
      incoming.#answer = answer.value;
    }
    call.media = opened.value;
    incoming.#listen();
    return ok(incoming);
  }

  answer(options: AnswerOptions): Result<undefined, CallFailure> {
    const { call } = this;
    if (call.phase !== 'ringing') return err({ code: 'wrongState', message: 'This call does not ring any more.' });
    call.media?.route(options.source, options.playsToDevice);
    if (options.isAway) call.update({ isAway: true });
    this.#headers = answerModeHeaders(this.#invite.request, options.isAway || options.isByItself === true);
    if (!call.take({ kind: 'answerRequested' })) return err({ code: 'wrongState', message: 'The caller has hung up.' });
    return ok(undefined);
  }

  /**
   * Sends `source` to a caller who still hears the phone ring. RFC 3261 §13.3.1.1: 183 with the answer, which the 2xx repeats.
   * False when there is no offer to answer, or it rings no more.
   */
  sendEarly(source: SendSource): boolean {
    const { call } = this;
    if (call.phase !== 'ringing' || !this.#answer) return false;
    call.media?.route(source, false);
    call.media?.apply();
    this.#invite.progress({ body: this.#answer });
    return true;
  }

  redirect(target: SipUri): boolean {
    this.#redirectTarget = target;
    return this.call.take({ kind: 'redirectRequested' });
  }

  #listen(): void {
    const { call } = this;
    const invite = this.#invite;
    call.session = invite.session;
    call.isFocus = isFromFocus(invite.request);
    call.setControl({
      cancel: () => {},
      accept: () => this.#accept(),
      reject: (statusCode) => invite.reject(statusCode),
      redirect: () => this.#redirectTarget && invite.redirect([new NameAddress({ uri: this.#redirectTarget })]),
    });
    invite.events.on('cancelled', ({ request }) => {
      const wasAnsweredElsewhere = request !== undefined && saysAnsweredElsewhere(request);
      call.update({ wasAnsweredElsewhere });
      call.take({
        kind: 'remoteEnded',
        ending: { by: 'remote', statusCode: 487, reason: wasAnsweredElsewhere ? 'answered elsewhere' : 'cancelled' },
      });
    });
    invite.events.on('failed', ({ reason }) => call.take({ kind: 'failed', ending: { by: 'failure', reason } }));
  }

  #accept(): void {
    const { call } = this;
    followSession(call, this.#invite.session);
    if (this.#answer) {
      call.media?.apply();
      call.noteStream();
      this.#invite.accept(this.#answer, this.#headers);
      return;
    }
    // RFC 3261 §13.3.1.4: without an offer in the INVITE ours goes in the 2xx, and the answer comes in the ACK.
    this.#invite.events.on('confirmed', ({ body }) => this.#takeLateAnswer(body));
    const offer = call.media?.createOffer(false);
    this.#invite.accept(offer, this.#headers);
  }

  #takeLateAnswer(body: Body | undefined): void {
    const taken = body === undefined ? undefined : this.call.media?.takeAnswer(body);
    if (taken?.ok) return this.call.noteStream();
    const reason = taken?.error ?? 'No common way to send sound';
    this.call.take({ kind: 'failed', ending: { by: 'failure', statusCode: 488, reason } });
  }
}

/** RFC 3326 §2: a CANCEL whose Reason is 200 says that another phone answered. */
function saysAnsweredElsewhere(request: SipRequest): boolean {
  return request.headers.all(Header.Reason).some((reason) => {
    const cause = reason.parameters.get('cause');
    return cause === '200' || (reason.token.toLowerCase() === 'q.850' && cause === '26');
  });
}
