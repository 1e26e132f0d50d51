// Requests to a relay with the proof that it asks for. RFC 8489 §9.2, RFC 8656 §5.
import { err, ok, type Result } from '../../base/result.ts';
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import {
  challengeOf,
  mayBelieve,
  readChallenge,
  STALE_NONCE,
  UNAUTHENTICATED,
  type Challenge,
  type LongTermCredential,
  type ServerQuestion,
} from './long-term-credential.ts';
import { alternateServerOf, Attribute, errorCodeOf, textOf } from './stun-attributes.ts';
import { buildStun, TRANSACTION_ID_BYTES, type ReceivedStun, type StunAttribute } from './stun-message.ts';
import { StunTransactions } from './stun-transactions.ts';

/** RFC 8489 §6.2.1 */
const RTO_MS = 500;
/** RFC 8489 §9.2.4: the first challenge, and a nonce that has grown stale meanwhile. */
const MAX_CHALLENGES = 2;
const TRY_ALTERNATE = 300;

/** A name as certificates have it. */
const DOMAIN = /^[a-z\d-]+(?:\.[a-z\d-]+)*$/i;

/** What the person was given for the relay. */
export type TurnCredentials = LongTermCredential;

/** Where the relay wants to be asked instead, and whose certificate is shown there. RFC 8489 §10 */
export interface TurnRedirection {
  readonly alternate: SocketAddress;
  readonly domain?: string;
}

/** The code that the relay refused with, another relay, or that it said nothing. */
export type TurnFailure = number | 'noAnswer' | TurnRedirection;

export interface TurnRequestsOptions {
  readonly runtime: Runtime;
  readonly credentials: TurnCredentials;
  readonly send: (bytes: Uint8Array) => void;
  /** A stream loses nothing: there a request goes out once. RFC 8489 §6.2.2 */
  readonly isReliable: boolean;
  /** What the relay has asked a process before this one. */
  readonly question?: ServerQuestion | undefined;
  /** The relay asks for something else than before. */
  readonly onQuestion: () => void;
}

type Attributes = (transactionId: Uint8Array) => readonly StunAttribute[];

export class TurnRequests {
  readonly #options: TurnRequestsOptions;
  readonly #transactions: StunTransactions;
  #challenge: Challenge | undefined;

  constructor(options: TurnRequestsOptions) {
    this.#options = options;
    this.#transactions = new StunTransactions(options.runtime);
    const { question, credentials } = options;
    this.#challenge = question && challengeOf(question, credentials);
  }

  /** What the relay has asked for last; undefined before it has asked. */
  get question(): ServerQuestion | undefined {
    return this.#challenge?.question;
  }

  /** Asks, and once more where the relay wants to know who asks. Unsettled for ever once this was closed. */
  async ask(method: number, attributes: Attributes): Promise<Result<ReceivedStun, TurnFailure>> {
    for (let challenges = 0; ; challenges++) {
      const challenge = this.#challenge;
      const answer = await this.#exchange(method, attributes, challenge);
      if (!answer) return err('noAnswer');
      if (answer.kind === 'success') return ok(answer);
      const code = errorCodeOf(answer) ?? 500;
      if (code === TRY_ALTERNATE) return err(redirectionOf(answer) ?? code);
      const isAsked = code === STALE_NONCE || (code === UNAUTHENTICATED && challenge === undefined);
      const mayAnswer = isAsked && challenges < MAX_CHALLENGES;
      const next = mayAnswer ? readChallenge(answer, this.#options.credentials) : undefined;
      if (!next) return err(code);
      this.#challenge = next;
      this.#options.onQuestion();
    }
  }

  /** Says something once and awaits no answer. */
  tell(method: number, attributes: Attributes): void {
    const transactionId = this.#options.runtime.randomBytes(TRANSACTION_ID_BYTES);
    this.#options.send(this.#build(method, transactionId, attributes, this.#challenge));
  }

  /** Takes what came from the relay; false when nobody asked for it. */
  receive(message: ReceivedStun, from: SocketAddress): boolean {
    return this.#transactions.receive(message, from);
  }

  close(): void {
    this.#transactions.close();
  }

  #exchange(method: number, attributes: Attributes, challenge?: Challenge): Promise<ReceivedStun | undefined> {
    const { send, isReliable } = this.#options;
    return new Promise((resolve) => {
      this.#transactions.ask({
        build: (transactionId) => this.#build(method, transactionId, attributes, challenge),
        send,
        rtoMs: RTO_MS,
        ...(isReliable && { transmissions: 1 }),
        mayTake: (answer) => mayBelieve(answer, challenge),
        onAnswer: resolve,
        onTimeout: () => resolve(undefined),
      });
    });
  }

  #build(method: number, transactionId: Uint8Array, attributes: Attributes, challenge?: Challenge): Buffer {
    const whole = [...attributes(transactionId), ...(challenge?.attributes ?? [])];
    const message = { kind: 'request', method, transactionId, attributes: whole } as const;
    return buildStun(message, challenge?.key, true, challenge?.hash);
  }
}

/** RFC 8489 §14.15, §14.16 */
function redirectionOf(answer: ReceivedStun): TurnRedirection | undefined {
  const [alternate, domain] = [alternateServerOf(answer), textOf(answer, Attribute.alternateDomain)];
  return alternate && { alternate, ...(domain !== undefined && DOMAIN.test(domain) && { domain }) };
}
