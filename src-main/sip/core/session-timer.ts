// Session timers: what both sides agree on, and when to refresh or to give up. RFC 4028.
import type { Runtime, Timer } from '../../base/runtime.ts';
import { Header, type SipMessage, type SipRequest, type SipResponse } from '../syntax/index.ts';

/** What this side wants. */
export interface SessionTimerWish {
  /** Asked for in requests; 0 asks for none. */
  readonly expiresSec: number;
  /** Shorter intervals are refused with 422. */
  readonly minSec: number;
}

export interface SessionTimerAgreement {
  readonly expiresSec: number;
  /** Whether this side refreshes. */
  readonly isLocalRefresher: boolean;
}

/** RFC 4028 §5: no interval is shorter than 90 seconds. */
const SMALLEST_SEC = 90;
/** A Min-SE beyond a day is not followed. */
const LARGEST_SEC = 86_400;

const supportsTimer = (message: SipMessage): boolean =>
  [...message.headers.all(Header.Supported), ...message.headers.all(Header.Require)].includes('timer');

/** RFC 4028 §7.1: Session-Expires and Min-SE of a request; within a dialog the refresher stays who it was. */
export function putTimerRequest(request: SipRequest, wish: SessionTimerWish, agreed?: SessionTimerAgreement): void {
  const deltaSec = agreed?.expiresSec ?? wish.expiresSec;
  if (deltaSec === 0) return;
  const refresher = agreed?.isLocalRefresher === false ? 'uas' : 'uac';
  request.headers.put(Header.SessionExpires, agreed ? { deltaSec, refresher } : { deltaSec });
  request.headers.put(Header.MinSe, { deltaSec: Math.min(wish.minSec, deltaSec) });
}

/** RFC 4028 §7.3: the wish to ask again with after a 422; undefined when its Min-SE is no reason to. */
export function raisedWish(response: SipResponse, wish: SessionTimerWish): SessionTimerWish | undefined {
  const minSec = response.headers.get(Header.MinSe)?.deltaSec ?? 0;
  if (minSec <= wish.expiresSec || minSec > LARGEST_SEC) return undefined;
  return { expiresSec: minSec, minSec };
}

/** RFC 4028 §9: whether a request's interval is shorter than we accept, so that it is answered 422. */
export function isIntervalTooSmall(request: SipRequest, wish: SessionTimerWish): boolean {
  const asked = request.headers.get(Header.SessionExpires);
  return asked !== undefined && supportsTimer(request) && asked.deltaSec < Math.max(SMALLEST_SEC, wish.minSec);
}

/** RFC 4028 §9: what the callee agrees to, written into its 2xx; undefined when there is no timer. */
export function answerTimer(
  request: SipRequest,
  response: SipResponse,
  wish: SessionTimerWish,
): SessionTimerAgreement | undefined {
  const asked = request.headers.get(Header.SessionExpires);
  const isSupported = supportsTimer(request);
  if (!asked && (wish.expiresSec === 0 || !isSupported)) return undefined;
  const floorSec = Math.max(SMALLEST_SEC, wish.minSec, request.headers.get(Header.MinSe)?.deltaSec ?? 0);
  const expiresSec = Math.min(LARGEST_SEC, Math.max(floorSec, asked?.deltaSec ?? wish.expiresSec));
  // RFC 4028 §9 Table 2: a caller without the extension cannot refresh; else its own choice stands
  const refresher = isSupported ? (asked?.refresher ?? (asked ? 'uac' : 'uas')) : 'uas';
  response.headers.put(Header.SessionExpires, { deltaSec: expiresSec, refresher });
  if (refresher === 'uac') response.headers.append('Require', 'timer');
  return { expiresSec, isLocalRefresher: refresher === 'uas' };
}

/** RFC 4028 §7.2: what the 2xx to our request says; undefined when it has no timer. */
export function readTimerAnswer(response: SipResponse): SessionTimerAgreement | undefined {
  const answer = response.headers.get(Header.SessionExpires);
  if (!answer || answer.deltaSec < SMALLEST_SEC / 3) return undefined;
  return { expiresSec: Math.min(LARGEST_SEC, answer.deltaSec), isLocalRefresher: answer.refresher !== 'uas' };
}

export interface SessionTimerUser {
  /** It is our turn to send an UPDATE or re-INVITE. */
  onRefreshDue(): void;
  /** No refresh came: the session is to be ended. */
  onSessionExpired(): void;
}

/** Runs the agreed interval; every refresh of either side starts it anew. */
export class SessionTimer {
  readonly #runtime: Runtime;
  readonly #user: SessionTimerUser;
  #agreement: SessionTimerAgreement | undefined;
  #refresh: Timer | undefined;
  #expiry: Timer | undefined;
  #isClosed = false;

  constructor(runtime: Runtime, user: SessionTimerUser) {
    this.#runtime = runtime;
    this.#user = user;
  }

  get agreement(): SessionTimerAgreement | undefined {
    return this.#agreement;
  }

  /** Starts with a new agreement; undefined stops it. */
  restart(agreement: SessionTimerAgreement | undefined): void {
    this.#stop();
    this.#agreement = agreement;
    if (!agreement || this.#isClosed) return;
    const { expiresSec, isLocalRefresher } = agreement;
    // RFC 4028 §7.2: the refresher refreshes when half of the interval has passed
    if (isLocalRefresher) {
      this.#refresh = this.#runtime.setTimer(expiresSec * 500, () => this.#user.onRefreshDue());
    }
    // RFC 4028 §10: the session ends a third of the interval, at most 32 s, before it expires
    const untilEndSec = expiresSec - Math.min(32, expiresSec / 3);
    this.#expiry = this.#runtime.setTimer(untilEndSec * 1000, () => this.#user.onSessionExpired());
  }

  /** The session is over: an agreement that comes late starts nothing any more. */
  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  #stop(): void {
    this.#refresh?.cancel();
    this.#expiry?.cancel();
    this.#agreement = undefined;
  }
}
