// Who we are to a server that asks: the long-term credential, proven by SHA-1 or by SHA-256. RFC 8489 §9.2, §14.11, §14.12.
import { createHash } from 'node:crypto';
import { uintBytes } from '../../base/byte-writer.ts';
import type { IntegrityHash } from './message-integrity.ts';
import { securityFeaturesOf } from './nonce-cookie.ts';
import { Attribute, errorCodeOf, textAttribute, textOf, valueOf } from './stun-attributes.ts';
import { isAuthentic, type ReceivedStun, type StunAttribute } from './stun-message.ts';

/** What the person was given for the server. */
export interface LongTermCredential {
  readonly username: string;
  readonly password: string;
}

/** What the server has asked for, as it can be handed on. */
export interface ServerQuestion {
  readonly realm: string;
  readonly nonce: string;
  /** The list as it came, in base64. RFC 8489 §14.11 */
  readonly algorithms?: string;
}

/** What the server has asked for, and how it is answered. */
export interface Challenge {
  readonly question: ServerQuestion;
  /** The attributes that say who we are, in the server's terms. */
  readonly attributes: readonly StunAttribute[];
  readonly key: Uint8Array;
  /** RFC 8489 §9.2.5: by SHA-256 and nothing else once the server has listed its algorithms. */
  readonly hash: IntegrityHash;
}

export const UNAUTHENTICATED = 401;
export const STALE_NONCE = 438;
const BAD_REQUEST = 400;

/** RFC 8489 §18.5.1 */
const ALGORITHMS: Readonly<Record<number, 'md5' | 'sha256'>> = { 1: 'md5', 2: 'sha256' };

interface PasswordAlgorithm {
  readonly number: number;
  readonly hash: 'md5' | 'sha256';
}

/**
 * RFC 8489 §9.2.5: undefined where the server is not to be answered: it asks for nothing that we can, or somebody has taken
 * away from its words what its nonce says.
 */
export function readChallenge(answer: ReceivedStun, credential: LongTermCredential): Challenge | undefined {
  const [realm, nonce] = [textOf(answer, Attribute.realm), textOf(answer, Attribute.nonce)];
  if (realm === undefined || nonce === undefined) return undefined;
  const listed = valueOf(answer, Attribute.passwordAlgorithms);
  const algorithms = listed && { algorithms: Buffer.from(listed).toString('base64') };
  return challengeOf({ realm, nonce, ...algorithms }, credential);
}

/** As readChallenge, for what was asked before. */
export function challengeOf(question: ServerQuestion, credential: LongTermCredential): Challenge | undefined {
  const { realm, nonce, algorithms } = question;
  const listed = algorithms === undefined ? undefined : Buffer.from(algorithms, 'base64');
  const { passwordAlgorithms, usernameAnonymity } = securityFeaturesOf(nonce);
  if (!listed && passwordAlgorithms) return undefined;
  const algorithm = listed && firstKnown(listed);
  if (listed && !algorithm) return undefined;
  const username = opaque(credential.username);
  const attributes = [
    usernameAnonymity
      ? { type: Attribute.userhash, value: digest('sha256', `${username}:${opaque(realm)}`) }
      : textAttribute(Attribute.username, username),
    textAttribute(Attribute.realm, realm),
    textAttribute(Attribute.nonce, nonce),
    ...(listed && algorithm ? algorithmAttributes(listed, algorithm) : []),
  ];
  const key = digest(algorithm?.hash ?? 'md5', `${username}:${opaque(realm)}:${opaque(credential.password)}`);
  return { question, attributes, key, hash: algorithm ? 'sha256' : 'sha1' };
}

/**
 * RFC 8489 §9.2.5: whether an answer to a request with `challenge` may be believed. Refusals of those who have it by SHA-1 only come
 * without proof from many a server; who knows SHA-256 proves all but its questions who we are, and never forgets its algorithms.
 */
export function mayBelieve(answer: ReceivedStun, challenge: Challenge | undefined): boolean {
  const code = answer.kind === 'error' ? errorCodeOf(answer) : undefined;
  if (code === UNAUTHENTICATED) return true;
  if (code === STALE_NONCE)
    return challenge?.hash !== 'sha256' || valueOf(answer, Attribute.passwordAlgorithms) !== undefined;
  if (hidesAlgorithms(answer)) return false;
  if (!challenge) return true;
  if (answer.kind === 'error' && challenge.hash === 'sha1' && code !== BAD_REQUEST) return true;
  return isAuthentic(answer, challenge.key, challenge.hash);
}

function hidesAlgorithms(answer: ReceivedStun): boolean {
  const nonce = textOf(answer, Attribute.nonce);
  if (nonce === undefined || valueOf(answer, Attribute.passwordAlgorithms)) return false;
  return securityFeaturesOf(nonce).passwordAlgorithms;
}

/** RFC 8489 §14.12: the list as it came, and the one that was taken of it. */
const algorithmAttributes = (listed: Uint8Array, { number }: PasswordAlgorithm): StunAttribute[] => [
  { type: Attribute.passwordAlgorithms, value: Uint8Array.from(listed) },
  // RFC 8489 §18.5.1: neither of them has parameters
  { type: Attribute.passwordAlgorithm, value: Buffer.concat([uintBytes(number, 2), uintBytes(0, 2)]) },
];

/** RFC 8489 §14.11: number, length of the parameters, and these, padded to four bytes. The first that we can is taken. */
function firstKnown(listed: Uint8Array): PasswordAlgorithm | undefined {
  const bytes = Buffer.from(listed);
  for (let at = 0; at + 4 <= bytes.length;) {
    const [number, parameterBytes] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 2)];
    const hash = ALGORITHMS[number];
    if (hash && parameterBytes === 0) return { number, hash };
    at += 4 + Math.ceil(parameterBytes / 4) * 4;
  }
  return undefined;
}

/** RFC 8265 §4.2.2: one kind of space, and one way to write each letter. */
const opaque = (text: string): string => text.replaceAll(/\p{Zs}/gu, ' ').normalize('NFC');

const digest = (hash: 'md5' | 'sha256', text: string): Buffer => createHash(hash).update(text).digest();
