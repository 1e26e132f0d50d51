// What the user can have a caller told in his place, with one click.

export interface Reply {
  readonly id: string;
  readonly text: string;
  /** Its file among the phrases. */
  readonly phrase: string;
}

export const REPLIES: readonly Reply[] = [
  { id: 'tenMinutes', text: 'I will call you back in ten minutes.', phrase: 'replyTenMinutes' },
  { id: 'later', text: 'I will call you back later today.', phrase: 'replyLater' },
  { id: 'text', text: 'Please send me a text message.', phrase: 'replyText' },
];
