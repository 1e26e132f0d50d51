// One call with the test line: its sound lasts as long as its session.
import type { Body, IncomingInvite, InviteSession, OutgoingInvite } from '../../sip/core/index.ts';

import type { CallMedia } from '../call/index.ts';

export class TestCall {
  readonly #media: CallMedia;
  readonly #onGone: () => void;
  #invite: IncomingInvite | undefined;
  #session: InviteSession | undefined;
  #answer: Body | undefined;
  #isClosed = false;

  private constructor(media: CallMedia, onGone: () => void) {
    this.#media = media;
    this.#onGone = onGone;
  }

  static incoming(invite: IncomingInvite, media: CallMedia, onGone: () => void): TestCall {
    const call = new TestCall(media, onGone);
    call.#invite = invite;
    invite.events.on('cancelled', () => void call.close());
    invite.events.on('failed', () => void call.close());
    const answer = invite.body && media.answerOffer(invite.body, false);
    if (answer && !answer.ok) invite.reject(488);
    if (answer?.ok !== true) void call.close();
    else call.#answer = answer.value;
    call.#follow(invite.session);
    return call;
  }

  static outgoing(invite: OutgoingInvite, media: CallMedia, onGone: () => void): TestCall {
    const call = new TestCall(media, onGone);
    invite.events.on('answered', ({ session, body }) => {
      call.#follow(session);
      if (!body || !media.takeAnswer(body).ok) session.bye();
    });
    invite.events.on('redirected', () => void call.close());
    invite.events.on('failed', () => void call.close());
    return call;
  }

  answer(): void {
    if (this.#isClosed || !this.#answer) return;
    this.#media.apply();
    this.#invite?.accept(this.#answer);
  }

  /** RFC 3960 §3.1: sound before the answer. */
  playEarly(): void {
    if (this.#isClosed || !this.#answer) return;
    this.#media.apply();
    this.#invite?.progress({ body: this.#answer });
  }

  hangUp(): void {
    this.#session?.bye();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await this.#media.close();
    this.#onGone();
  }

  #follow(session: InviteSession): void {
    this.#session = session;
    session.events.on('reInvite', (reInvite) => {
      if (!reInvite.body)
        return reInvite.accept(this.#media.createOffer(false), (body) => {
          if (body) this.#media.takeAnswer(body);
        });
      const answer = this.#media.answerOffer(reInvite.body, false);
      if (!answer.ok) return reInvite.reject(488);
      this.#media.apply();
      reInvite.accept(answer.value);
    });
    session.events.on('update', (update) => {
      const answer = update.body && this.#media.answerOffer(update.body, false);
      if (answer?.ok !== true) return update.respond(488);
      this.#media.apply();
      update.respond(200, { body: answer.value });
    });
    session.events.on('info', (info) => info.respond(200));
    session.events.on('refer', (refer) => refer.respond(603));
    session.events.on('notify', (notify) => notify.respond(481));
    session.events.on('message', (message) => message.respond(200));
    session.events.on('ended', () => void this.close());
  }
}
