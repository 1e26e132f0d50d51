// Transfer as we ask for it: hold, REFER, reports, and what becomes of the call. RFC 5589 §6, §7; RFC 3515.
import { err, ok, type Result } from '../../../base/result.ts';
import type { UserAgentCore } from '../../../sip/core/index.ts';
import type { Uri } from '../../../sip/syntax/index.ts';
import { OutgoingRefer, referToReplacing } from '../../../sip/usage/index.ts';
import { plainAddress } from '../../registration/index.ts';
import type { Call } from '../call.ts';
import type { CallFailure } from '../call-info.ts';
import { parseDialTarget } from '../dial-target.ts';
import { setHold } from '../hold.ts';

type Outcome = Promise<Result<{ readonly statusCode: number }, CallFailure>>;

/** How long the other side of a consultation has to end its replaced call before we do. */
const REPLACED_GRACE_MS = 4000;

/** Sends the peer to a number or address that a person typed; resolves when the peer has reported the end of it. */
export async function transferTo(core: UserAgentCore, call: Call, text: string): Outcome {
  const target = parseDialTarget(text, call.account.address);
  if (!target.ok) return err({ code: 'badTarget', message: target.error });
  return transfer(core, call, target.value);
}

/** Joins the peers of two calls of ours, which both end here. RFC 5589 §7.3 */
export async function transferToCall(core: UserAgentCore, call: Call, consultation: Call): Outcome {
  if (consultation === call)
    return err({ code: 'wrongState', message: 'A call cannot be transferred to itself: choose another one.' });
  if (consultation.phase !== 'connected' || !consultation.session)
    return err({ code: 'wrongState', message: 'The call to transfer to is not connected.' });
  // RFC 5589 §7.1: both peers wait while they are brought together.
  const held = await setHold(consultation, true);
  if (!held.ok) return held;
  const outcome = await transfer(core, call, referToReplacing(consultation.session));
  if (outcome.ok && isSuccess(outcome.value.statusCode)) {
    const hangUp = (): void => void consultation.take({ kind: 'transferred' });
    call.runtime.setTimer(REPLACED_GRACE_MS, hangUp, true);
  }
  return outcome;
}

async function transfer(core: UserAgentCore, call: Call, target: Uri): Outcome {
  const { session } = call;
  if (call.phase !== 'connected' || !session)
    return err({ code: 'wrongState', message: 'Only a call that is connected can be transferred.' });
  if (call.info.transfer) return err({ code: 'wrongState', message: 'This call is being transferred already.' });
  const wasOnHold = call.info.isOnHold;
  const progress = { target: plainAddress(target) };
  call.update({ transfer: progress });
  const held = await setHold(call, true);
  const outcome = held.ok ? await refer(new OutgoingRefer(core, session, target), call, progress.target) : held;
  if (call.info.phase !== 'connected') return outcome;
  if (outcome.ok && isSuccess(outcome.value.statusCode)) {
    // RFC 5589 §6.1: the transferor ends its call once the transfer is known to have succeeded.
    call.take({ kind: 'transferred' });
    return outcome;
  }
  call.update({ transfer: undefined });
  if (!wasOnHold) await setHold(call, false);
  return outcome;
}

/** The final status that the peer reports; a refused or unanswered REFER is a failure. */
function refer(outgoing: OutgoingRefer, call: Call, target: string): Outcome {
  return new Promise((resolve) => {
    outgoing.events.on('progress', ({ statusCode, isFinal }) => {
      if (call.phase === 'connected') call.update({ transfer: { target, statusCode } });
      if (isFinal) resolve(ok({ statusCode }));
    });
    outgoing.events.on('failed', ({ statusCode, reason }) => {
      const code = statusCode === 408 ? 'timeout' : 'rejected';
      resolve(err({ code, message: `The other side did not take the transfer: ${statusCode} ${reason}.` }));
    });
  });
}

const isSuccess = (statusCode: number): boolean => statusCode >= 200 && statusCode < 300;
