// Answers challenges, and remembers them so that later requests carry credentials at once. RFC 3261 §22, RFC 7616 §3.
import { randomToken, type Runtime } from '../../base/runtime.ts';
import { formatUri, Header, type SipRequest, type SipResponse } from '../syntax/index.ts';
import type { AccountIdentity } from './account-identity.ts';
import {
  digestAuthorization,
  expectedResponseAuth,
  isAnswerable,
  readDigestChallenge,
  strongestChallenge,
  type DigestChallenge,
  type DigestUse,
} from './digest.ts';

/** One realm that has challenged us. */
interface Realm {
  readonly challenge: DigestChallenge;
  /** A proxy's challenge concerns every request of the account, a server's only those to its host. */
  readonly host: string | undefined;
  nonceCount: number;
  /** The newest answer, by which a server's word on it is checked. */
  lastUse?: DigestUse;
}

/** What happened to one request so far, kept over its repetitions. */
export interface AuthenticationAttempt {
  /** Answers given to fresh challenges, by realm. */
  readonly answers: Map<string, number>;
  staleAnswers: number;
}

export const newAttempt = (): AuthenticationAttempt => ({ answers: new Map(), staleAnswers: 0 });

const MAX_ACCOUNTS = 64;
const MAX_REALMS = 16;
/** Challenges of one response that are looked at. */
const MAX_CHALLENGES = 32;
const MAX_STALE_ANSWERS = 3;

export class Authenticator {
  readonly #runtime: Runtime;
  readonly #accounts = new Map<string, Map<string, Realm>>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Puts credentials into `request` for every realm that is known to ask for them. */
  authorize(request: SipRequest, account: AccountIdentity): void {
    request.headers.remove('Authorization');
    request.headers.remove('Proxy-Authorization');
    const { credentials } = account;
    if (!credentials) return;
    for (const realm of this.#accounts.get(accountKey(account))?.values() ?? []) {
      const isProxy = realm.host === undefined;
      if (!isProxy && realm.host !== hostOf(request)) continue;
      realm.lastUse = {
        challenge: realm.challenge,
        credentials,
        method: request.method,
        uri: formatUri(request.requestUri),
        // RFC 7616 §3.4: the count grows with every request that uses the nonce
        nonceCount: ++realm.nonceCount,
        cnonce: randomToken(this.#runtime),
        body: request.body,
      };
      request.headers.append(isProxy ? 'Proxy-Authorization' : 'Authorization', digestAuthorization(realm.lastUse));
    }
  }

  /**
   * Takes the challenges of a 401 or 407. `retry`: send the request again, with credentials that have not been refused;
   * `refused`: the same credentials would be sent again, or there are none, or no challenge can be answered.
   */
  learn(
    request: SipRequest,
    response: SipResponse,
    account: AccountIdentity,
    attempt: AuthenticationAttempt,
  ): 'retry' | 'refused' {
    if (!account.credentials) return 'refused';
    const isProxy = response.statusCode === 407;
    const challenges = response.headers
      .all(isProxy ? Header.ProxyAuthenticate : Header.WwwAuthenticate)
      .slice(0, MAX_CHALLENGES)
      .flatMap(({ scheme, parameters }) => readDigestChallenge(scheme, (name) => parameters.get(name)) ?? [])
      .filter((challenge) => isAnswerable(challenge, account.digestPolicy));
    let isRetryUseful = false;
    for (const name of new Set(challenges.map(({ realm }) => realm))) {
      const challenge = strongestChallenge(challenges.filter(({ realm }) => realm === name));
      const key = `${isProxy ? 'proxy' : (hostOf(request) ?? '')} ${name}`;
      if (!challenge || !mayAnswer(key, challenge, attempt)) continue;
      isRetryUseful = true;
      this.#remember(accountKey(account), key, {
        challenge,
        host: isProxy ? undefined : hostOf(request),
        nonceCount: 0,
      });
    }
    if (!isRetryUseful) this.#accounts.delete(accountKey(account));
    return isRetryUseful ? 'retry' : 'refused';
  }

  /**
   * Takes what a server says of credentials that it accepted: the nonce to use next. False when its proof of knowing the
   * password does not hold, so that what it says is not believed.
   */
  noteAccepted(request: SipRequest, response: SipResponse, account: AccountIdentity): boolean {
    const realms = this.#accounts.get(accountKey(account));
    if (!realms) return true;
    let isGenuine = true;
    for (const [key, realm] of realms) {
      const isProxy = realm.host === undefined;
      if (!isProxy && realm.host !== hostOf(request)) continue;
      const info = response.headers.get(isProxy ? Header.ProxyAuthenticationInfo : Header.AuthenticationInfo);
      if (!info) continue;
      const proof = info.get('rspauth');
      const isSameUse = info.get('cnonce') === undefined || info.get('cnonce') === realm.lastUse?.cnonce;
      // RFC 7616 §3.5: rspauth shows that the server knows the password, too
      if (proof !== undefined && isSameUse && realm.lastUse) {
        if (proof.toLowerCase() !== expectedResponseAuth(realm.lastUse, response.body)) {
          isGenuine = false;
          continue;
        }
      }
      const nonce = info.get('nextnonce');
      // RFC 7616 §3.5: the next request uses nextnonce, and counts it from one
      if (nonce) realms.set(key, { host: realm.host, challenge: { ...realm.challenge, nonce }, nonceCount: 0 });
    }
    return isGenuine;
  }

  #remember(account: string, key: string, realm: Realm): void {
    let realms = this.#accounts.get(account);
    if (!realms) {
      dropOldest(this.#accounts, MAX_ACCOUNTS);
      this.#accounts.set(account, (realms = new Map<string, Realm>()));
    }
    const known = realms.get(key);
    realms.delete(key);
    dropOldest(realms, MAX_REALMS);
    // A nonce that is asked for again is counted on, or the server takes the request for a replay.
    const isSameNonce = known?.challenge.nonce === realm.challenge.nonce;
    realms.set(key, { ...realm, nonceCount: isSameNonce ? known.nonceCount : 0 });
  }
}

/** RFC 3261 §22.1, RFC 7616 §3.3: a stale nonce is no refusal; else credentials are offered once to a realm. */
function mayAnswer(key: string, challenge: DigestChallenge, attempt: AuthenticationAttempt): boolean {
  const answers = attempt.answers.get(key) ?? 0;
  if (challenge.isStale && attempt.staleAnswers < MAX_STALE_ANSWERS) {
    attempt.staleAnswers++;
    return true;
  }
  attempt.answers.set(key, answers + 1);
  return answers === 0;
}

function dropOldest(map: Map<string, unknown>, limit: number): void {
  if (map.size < limit) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}

function hostOf({ requestUri }: SipRequest): string | undefined {
  return requestUri.kind === 'sip' ? requestUri.host.toLowerCase() : requestUri.kind;
}

const accountKey = (account: AccountIdentity): string =>
  `${formatUri(account.address)} ${account.credentials?.username ?? ''}`;
