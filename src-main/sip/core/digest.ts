// Digest access authentication: from a challenge to the value of an Authorization header. RFC 7616, RFC 8760, RFC 3261 §22.4.
import { createHash } from 'node:crypto';

/** Algorithms from the weakest to the strongest. RFC 8760 §2.1 */
const HASHES = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' } as const;
const STRENGTH = ['MD5', 'SHA-256', 'SHA-512-256'] as const;
type HashName = keyof typeof HASHES;
/** WHY: `auth` first; proxies change bodies now and then, which `auth-int` would take for an attack. */
const QOPS = ['auth', 'auth-int'] as const;

export interface DigestChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque?: string;
  /** As the challenge spells it; absent means MD5. */
  readonly algorithm?: string;
  readonly hash: HashName;
  /** The hash covers nonce and cnonce (`MD5-sess` and the like). */
  readonly isSession: boolean;
  /** What is protected; undefined for challenges in the manner of RFC 2069, without qop. */
  readonly qop: 'auth' | 'auth-int' | undefined;
  readonly isStale: boolean;
  /** The user's name is to be sent as a hash. RFC 7616 §3.4.4 */
  readonly isUserHashed: boolean;
}

/** What the user of an account proves to be. */
export interface Credentials {
  /** The user name for authentication, which may differ from the address. */
  readonly username: string;
  readonly password: string;
}

/** What an account puts up with. */
export interface DigestPolicy {
  /** False: challenges that know only MD5 are not answered. RFC 8760 §2.4 */
  readonly allowMd5: boolean;
  /** True: challenges without qop, which RFC 2069 knew, are not answered. */
  readonly requireQop: boolean;
}

/** Reads one parameter of a challenge, without its quotes. */
export type ParameterReader = (name: string) => string | undefined;

/** The digest challenge in `scheme` and its parameters; undefined when it is none, or asks for what we cannot do. */
export function readDigestChallenge(scheme: string, parameter: ParameterReader): DigestChallenge | undefined {
  const realm = parameter('realm');
  const nonce = parameter('nonce');
  if (scheme.toLowerCase() !== 'digest' || realm === undefined || nonce === undefined) return undefined;
  const algorithm = parameter('algorithm');
  const name = (algorithm ?? 'MD5').toUpperCase();
  const isSession = name.endsWith('-SESS');
  const hash = STRENGTH.find((known) => known === (isSession ? name.slice(0, -5) : name));
  if (!hash) return undefined;
  const qop = parameter('qop');
  const options = (qop ?? '').split(',').map((option) => option.trim().toLowerCase());
  const chosen = QOPS.find((known) => options.includes(known));
  // RFC 7616 §3.3: unknown qop options are ignored, and a challenge with no known one is not answered
  if (qop !== undefined && qop.trim() !== '' && !chosen) return undefined;
  const opaque = parameter('opaque');
  return {
    realm,
    nonce,
    ...(opaque !== undefined && { opaque }),
    ...(algorithm !== undefined && { algorithm }),
    hash,
    isSession,
    qop: chosen,
    isStale: parameter('stale')?.toLowerCase() === 'true',
    isUserHashed: parameter('userhash')?.toLowerCase() === 'true',
  };
}

/** The strongest of several challenges for one realm; on a tie the first. RFC 8760 §2.4 */
export function strongestChallenge(challenges: readonly DigestChallenge[]): DigestChallenge | undefined {
  const rank = (challenge: DigestChallenge): number => STRENGTH.indexOf(challenge.hash);
  return challenges.reduce<DigestChallenge | undefined>(
    (best, next) => (best && rank(best) >= rank(next) ? best : next),
    undefined,
  );
}

export interface DigestUse {
  readonly challenge: DigestChallenge;
  readonly credentials: Credentials;
  readonly method: string;
  /** The Request-URI exactly as it is sent. */
  readonly uri: string;
  /** How often this nonce has been used, this time included. */
  readonly nonceCount: number;
  readonly cnonce: string;
  /** What `auth-int` covers. */
  readonly body?: Uint8Array;
}

/** Whether an account with this policy answers the challenge at all. */
export function isAnswerable(challenge: DigestChallenge, policy: DigestPolicy | undefined): boolean {
  if (policy?.allowMd5 === false && challenge.hash === 'MD5') return false;
  return policy?.requireQop !== true || challenge.qop !== undefined;
}

/** The value of the Authorization or Proxy-Authorization header that answers a challenge. */
export function digestAuthorization(use: DigestUse): string {
  const { challenge, credentials, uri, cnonce } = use;
  const nc = use.nonceCount.toString(16).padStart(8, '0');
  const username = challenge.isUserHashed
    ? hashText(challenge.hash, `${credentials.username}:${challenge.realm}`)
    : credentials.username;
  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(challenge.realm)}`,
    `nonce=${quote(challenge.nonce)}`,
    `uri=${quote(uri)}`,
    `response="${digestResponse(use, nc)}"`,
  ];
  if (challenge.algorithm !== undefined) fields.push(`algorithm=${challenge.algorithm}`);
  if (challenge.qop || challenge.isSession) fields.push(`cnonce=${quote(cnonce)}`);
  if (challenge.opaque !== undefined) fields.push(`opaque=${quote(challenge.opaque)}`);
  if (challenge.qop) fields.push(`qop=${challenge.qop}`, `nc=${nc}`);
  if (challenge.isUserHashed) fields.push('userhash=true');
  return `Digest ${fields.join(', ')}`;
}

/** RFC 7616 §3.5: what a server that knows the password says of its own response; the method is left out of it. */
export function expectedResponseAuth(use: DigestUse, body: Uint8Array): string {
  return digestResponse({ ...use, method: '', body }, use.nonceCount.toString(16).padStart(8, '0'));
}

/** The `response` value of RFC 7616 §3.4.1; without qop that of RFC 2069. */
function digestResponse({ challenge, credentials, method, uri, cnonce, body }: DigestUse, nc: string): string {
  const hash = (text: string): string => hashText(challenge.hash, text);
  const secret = hash(`${credentials.username}:${challenge.realm}:${credentials.password}`);
  const ha1 = challenge.isSession ? hash(`${secret}:${challenge.nonce}:${cnonce}`) : secret;
  // RFC 7616 §3.4.3: auth-int covers the body too
  const content = challenge.qop === 'auth-int' ? `:${hashText(challenge.hash, body ?? '')}` : '';
  const ha2 = hash(`${method}:${uri}${content}`);
  if (!challenge.qop) return hash(`${ha1}:${challenge.nonce}:${ha2}`);
  return hash(`${ha1}:${challenge.nonce}:${nc}:${cnonce}:${challenge.qop}:${ha2}`);
}

function hashText(name: HashName, content: string | Uint8Array): string {
  return createHash(HASHES[name]).update(content).digest('hex');
}

const quote = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
