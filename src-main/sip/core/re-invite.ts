// One re-INVITE of ours, and its repetitions after glare. RFC 3261 §14.1.
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { SipResponse } from '../syntax/index.ts';
import { bodyOf, type Body } from './body.ts';
import { glareDelayMs } from './glare.ts';
import type { RequestFailure } from './send-options.ts';
import { askAnswer, type ReInviteOptions, type ReInviteOutcome } from './session-events.ts';

/** What the session does for its re-INVITE. */
export interface ReInvitePort {
  readonly ownsCallId: boolean;
  readonly isConfirmed: () => boolean;
  /** Whether an offer of either side is still unanswered. */
  readonly isOfferPending: () => boolean;
  /** Sends one INVITE; the first final response or the failure. */
  readonly send: (body: Body | undefined) => Promise<SipResponse | RequestFailure>;
  readonly acknowledge: (answer: Promise<Body | undefined> | undefined) => void;
  /** Ends the session where the outcome says that it is gone. */
  readonly judge: (outcome: Result<SipResponse, RequestFailure>) => void;
}

const MAX_ATTEMPTS = 6;

/** Tries until the re-INVITE is answered by something else than 491. */
export async function runReInvite(
  port: ReInvitePort,
  runtime: Runtime,
  options: ReInviteOptions,
): Promise<ReInviteOutcome> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    if (attempt > 0) await wait(runtime, glareDelayMs(port.ownsCallId, runtime));
    if (!port.isConfirmed()) return { kind: 'failed', reason: 'ended' };
    if (port.isOfferPending()) continue;
    const body = typeof options.body === 'function' ? options.body() : options.body;
    const result = await port.send(body);
    if ('statusCode' in result && result.statusCode === 491) continue;
    return conclude(port, options, result);
  }
  return { kind: 'failed', reason: 'glare' };
}

function conclude(port: ReInvitePort, options: ReInviteOptions, result: SipResponse | RequestFailure): ReInviteOutcome {
  if (!('statusCode' in result)) return concludeFailure(port, result);
  const { statusCode, reasonPhrase } = result;
  if (statusCode < 300) {
    const body = bodyOf(result);
    const isOffer = options.body === undefined && body !== undefined;
    port.acknowledge(isOffer ? askAnswer(options.answerOffer, body) : undefined);
    return { kind: 'accepted', body, response: result };
  }
  // RFC 3261 §14.1: any other refusal leaves the session as it was
  port.judge(ok(result));
  return { kind: 'rejected', statusCode, reasonPhrase };
}

function concludeFailure(port: ReInvitePort, failure: RequestFailure): ReInviteOutcome {
  if (failure.response) {
    const { statusCode, reasonPhrase } = failure.response;
    return { kind: 'rejected', statusCode, reasonPhrase };
  }
  port.judge(err(failure));
  return { kind: 'failed', reason: failure.kind === 'timeout' ? 'timeout' : 'transport' };
}

const wait = (runtime: Runtime, delayMs: number): Promise<void> =>
  new Promise((resolve) => void runtime.setTimer(delayMs, resolve, true));
