// What became of one call that the answering machine took: what its entry in the history says.

/** What counts most comes last. */
const OUTCOMES = ['noMessage', 'sentAway', 'message', 'replied', 'callBackWanted', 'remoteAccess'] as const;

export type CallOutcome = (typeof OUTCOMES)[number];

export interface CallResult {
  readonly outcome: CallOutcome;
  /** What was kept of it. */
  readonly messageId: string | undefined;
}

export class CallRecord {
  #outcome: CallOutcome = 'noMessage';
  #messageId: string | undefined;
  #settling: Promise<void> = Promise.resolve();

  note(outcome: CallOutcome): void {
    if (OUTCOMES.indexOf(outcome) > OUTCOMES.indexOf(this.#outcome)) this.#outcome = outcome;
  }

  noteMessage(outcome: 'message' | 'callBackWanted', messageId: string): void {
    this.note(outcome);
    this.#messageId = messageId;
  }

  /** Whether a message stays is known only then. */
  settleAfter(work: Promise<void>): void {
    this.#settling = work;
  }

  async result(): Promise<CallResult> {
    await this.#settling;
    return { outcome: this.#outcome, messageId: this.#messageId };
  }
}
