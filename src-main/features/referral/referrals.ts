// Click to dial: a program or phone of the user asks this phone, outside any call, to call somebody. RFC 5359 §2.18, RFC 3515 §2.4.2.
import { err, ok, type Result } from '../../base/result.ts';
import { randomToken, type Timer } from '../../base/runtime.ts';
import { isSips, type Flow, type IncomingRequest, type UserAgentCore } from '../../sip/core/index.ts';
import { formatUri, isSameHost, Parameters, SipUri, type SipRequest, type Uri } from '../../sip/syntax/index.ts';
import { IncomingRefer } from '../../sip/usage/index.ts';
import {
  isListed,
  parseDialTarget,
  remotePartyOf,
  type CallFailure,
  type CallManager,
  type RemoteParty,
} from '../call/index.ts';
import { plainAddress, type Account } from '../registration/index.ts';
import { ReferredCalls } from './referred-calls.ts';
import { judgeReferral, type ReferralPolicy } from './referral-policy.ts';

export interface ReferralSettings {
  readonly acceptReferrals: ReferralPolicy;
  /** Addresses that may have this phone dial without being asked about. */
  readonly trustedReferrers: readonly string[];
}

export interface ReferralsOptions {
  readonly core: UserAgentCore;
  readonly calls: CallManager;
  readonly settings: ReferralSettings;
  readonly accountOf: (request: SipRequest, flow: Flow) => Account | undefined;
  /** Whether what comes over a flow comes from the server that the account is registered with. */
  readonly isOwnServer: (accountId: string, flow: Flow) => boolean;
  readonly onChanged: () => void;
}

/** Somebody wants this phone to call; the user is to say yes or no. */
export interface ReferralQuestion {
  readonly id: string;
  readonly accountId: string;
  readonly target: string;
  /** Who asks. */
  readonly referredBy: string;
  /** The own server says that it is them. */
  readonly isAsserted: boolean;
}

interface Wish {
  readonly account: Account;
  readonly refer: IncomingRefer;
  readonly target: SipUri;
}

interface Asked extends Wish {
  readonly question: ReferralQuestion;
  readonly limit: Timer;
}

type Outcome<T = undefined> = Result<T, CallFailure>;

/** As long as a transfer may wait for its answer. */
const QUESTION_LIMIT_MS = 90_000;

export class Referrals {
  readonly #options: ReferralsOptions;
  readonly #placed: ReferredCalls;
  readonly #asked = new Map<string, Asked>();

  constructor(options: ReferralsOptions) {
    this.#options = options;
    this.#placed = new ReferredCalls(options.calls);
    options.core.onRequest('REFER', (request) => this.#take(request));
  }

  list(): readonly ReferralQuestion[] {
    return [...this.#asked.values()].map(({ question }) => question);
  }

  accept(id: string): Outcome<{ readonly callId: string }> {
    const asked = this.#settle(id);
    return asked ? this.#dial(asked) : NO_QUESTION;
  }

  decline(id: string): Outcome {
    const asked = this.#settle(id);
    if (!asked) return NO_QUESTION;
    asked.refer.report(603, 'Decline');
    return ok(undefined);
  }

  close(): void {
    for (const id of [...this.#asked.keys()]) this.decline(id);
  }

  #take(request: IncomingRequest): void {
    const { core, accountOf, settings } = this.#options;
    const account = accountOf(request.request, request.flow);
    if (!account) return request.respond(404);
    // RFC 3515 §5.2: with neither a rule nor questions nobody learns what we would have thought of the target
    if (settings.acceptReferrals === 'never' && settings.trustedReferrers.length === 0) return request.respond(403);
    const refer = IncomingRefer.takeOutside(request, core, account.identity);
    if (!refer) return;
    const target = targetOf(refer.referTo.uri, account.address);
    if (!target.ok) return refer.reject(target.error);
    const sender = this.#senderOf(request, account);
    const verdict = judgeReferral({
      policy: settings.acceptReferrals,
      isTrusted: sender.isVouchedFor && isListed(settings.trustedReferrers, sender.party.address),
      isDowngrade: isSips(request.request.requestUri) && !target.value.isSecure,
      isAskedAlready: this.list().some(
        ({ referredBy, target: asked }) => referredBy === sender.party.address && asked === plainAddress(target.value),
      ),
      openQuestions: this.#asked.size,
    });
    if (typeof verdict === 'object') return refer.reject(verdict.refuseWith);
    if (!refer.accept()) return;
    const wish = { account, refer, target: target.value };
    if (verdict === 'dial') this.#dial(wish);
    else this.#ask(wish, sender.party);
  }

  /** RFC 3515 §5.2: a name counts when the own server asserts it, or when it is of the domain whose server sends it. */
  #senderOf({ request, flow }: IncomingRequest, account: Account): { party: RemoteParty; isVouchedFor: boolean } {
    const isOwnServer = this.#options.isOwnServer(account.id, flow);
    const party = remotePartyOf(request, isOwnServer);
    const { uri } = request.from;
    const isOfOwnDomain = uri.kind === 'sip' && isSameHost(uri.host, account.address.host);
    const isVouchedFor = isOwnServer && party.isAnonymous !== true && (party.isAsserted || isOfOwnDomain);
    return { party, isVouchedFor };
  }

  #ask(wish: Wish, { address, isAsserted }: RemoteParty): void {
    const { core, onChanged } = this.#options;
    const id = randomToken(core.runtime);
    const question = {
      ...{ id, accountId: wish.account.id, target: plainAddress(wish.target) },
      ...{ referredBy: address, isAsserted },
    };
    const limit = core.runtime.setTimer(QUESTION_LIMIT_MS, () => void this.decline(id), true);
    this.#asked.set(id, { ...wish, question, limit });
    onChanged();
  }

  #settle(id: string): Asked | undefined {
    const asked = this.#asked.get(id);
    if (!asked) return undefined;
    asked.limit.cancel();
    this.#asked.delete(id);
    this.#options.onChanged();
    return asked;
  }

  #dial({ account, refer, target }: Wish): Outcome<{ readonly callId: string }> {
    const placed = this.#options.calls.callFor(account, target, refer.inviteHeaders);
    if (placed.ok) this.#placed.follow(placed.value.callId, refer);
    else refer.report(486, 'Busy Here');
    return placed;
  }
}

/** RFC 3515 §2.4.2: what we can call, by the same rules as what a person types; else the status to refuse with. */
function targetOf(uri: Uri, own: SipUri): Result<SipUri, number> {
  if (uri.kind === 'other') return err(416);
  const method = uri.kind === 'sip' ? uri.parameters.get('method') : undefined;
  if (method !== undefined && method.toUpperCase() !== 'INVITE') return err(603);
  const bare = uri instanceof SipUri ? uri.with({ headers: Parameters.none }) : uri;
  const target = parseDialTarget(formatUri(bare), own);
  return target.ok ? target : err(416);
}

const NO_QUESTION = err({
  code: 'notFound',
  message: 'Nobody asks for this call any more.',
} as const satisfies CallFailure);
