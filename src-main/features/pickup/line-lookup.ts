// Asks once which calls a line has now. RFC 4235 §3, RFC 6665 §4.1.
import { err, ok, type Result } from '../../base/result.ts';
import { bodyText, type AccountIdentity, type UserAgentCore } from '../../sip/core/index.ts';
import type { Uri } from '../../sip/syntax/index.ts';
import { DIALOG_INFO_TYPE, parseDialogInfo, Subscription, type WatchedDialog } from '../../sip/usage/index.ts';
import type { CallFailure } from '../call/index.ts';

/** How long the line may take to say anything, and its other phones after the first. */
const FIRST_ANSWER_MS = 5000;
const FURTHER_ANSWER_MS = 300;

export interface LineLookup {
  readonly core: UserAgentCore;
  readonly account: AccountIdentity;
  readonly target: Uri;
  readonly isWanted: (dialog: WatchedDialog) => boolean;
  /** For the person who asked: what it means that there is none. */
  readonly nothing: string;
}

/** The first call of the line that is wanted. */
export function lookUpLine(lookup: LineLookup): Promise<Result<WatchedDialog, CallFailure>> {
  const { core, account, target, isWanted, nothing } = lookup;
  const subscription = new Subscription({
    ...{ core, account, target, event: 'dialog', accept: [DIALOG_INFO_TYPE] },
  });
  return new Promise((resolve) => {
    const settle = (outcome: Result<WatchedDialog, CallFailure>): void => {
      timer.cancel();
      subscription.events.removeAll();
      subscription.unsubscribe();
      resolve(outcome);
    };
    const giveUp = (): void => settle(err({ code: 'notFound', message: nothing }));
    let timer = core.runtime.setTimer(FIRST_ANSWER_MS, () =>
      settle(err({ code: 'timeout', message: 'The line does not say which calls it has.' })),
    );
    subscription.events.on('notified', ({ body }) => {
      const info = body && parseDialogInfo(bodyText(body));
      if (!info) return;
      const found = info.dialogs.find(isWanted);
      if (found) return settle(ok(found));
      timer.cancel();
      // RFC 6665 §4.4.1: a forked SUBSCRIBE reaches several phones of the line
      timer = core.runtime.setTimer(FURTHER_ANSWER_MS, giveUp);
    });
    subscription.events.on('changed', ({ state, statusCode, reason }) => {
      if (state !== 'refused' && state !== 'waiting') return;
      const why = [statusCode, reason].filter(Boolean).join(' ');
      settle(err({ code: 'rejected', message: `The line does not let us see its calls: ${why}.` }));
    });
    subscription.subscribe();
  });
}
