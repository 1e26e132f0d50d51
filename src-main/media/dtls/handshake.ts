// What both roles of a handshake share: messages counted and kept for signing, the peer's certificate judged, secrets made. RFC 6347 §4.2.
import { timingSafeEqual, type KeyObject } from 'node:crypto';
import { err, ok, type Result } from '../../base/result.ts';
import { fingerprintOf, privateKeyOf, type DtlsIdentity } from './certificate.ts';
import { SRTP_PROFILES, type CipherSuite, type SrtpProfile } from './cipher-suites.ts';
import { HANDSHAKE_TYPES, wholeMessage, type HandshakeMessage, type HandshakeType } from './handshake-message.ts';
import { publicKeyOf } from './key-exchange.ts';
import {
  extendedMasterSecret,
  masterSecret,
  recordKeys,
  srtpKeys,
  verifyData,
  type Randoms,
  type RecordKeys,
} from './key-schedule.ts';

export type DtlsRole = 'client' | 'server';

/** RFC 8122 §5: the hash's name and the digits, as SDP has them. */
export interface RemoteFingerprint {
  readonly hash: string;
  readonly digits: string;
}

export interface HandshakeOptions {
  readonly identity: DtlsIdentity;
  /** What the signalling says of the peer's certificate; one that is believed has to match. */
  readonly remoteFingerprints: readonly RemoteFingerprint[];
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
}

export interface DtlsFailure {
  readonly kind: 'timedOut' | 'wrongCertificate' | 'wrongProof' | 'nothingInCommon';
  readonly message: string;
}

/** Anybody can have sent it: the handshake stays where it is and waits for the message of the peer. */
export interface PassedOver {
  readonly kind: 'passedOver';
  readonly message: string;
}

/** What SRTP runs with: of what we send and of what we receive, key and salt together, in base64. */
export interface AgreedSrtp {
  readonly suite: SrtpProfile['suite'];
  readonly localKey: string;
  readonly remoteKey: string;
}

/** What goes out together; messages behind `changeCipherSpec` are protected. RFC 6347 §4.2.4 */
export type Flight = readonly (HandshakeMessage | 'changeCipherSpec')[];

/** What a message of the peer leads to: nothing yet, a flight, the end, or both. */
export interface HandshakeStep {
  readonly flight?: Flight;
  readonly agreed?: AgreedSrtp;
}

export type StepResult = Result<HandshakeStep, DtlsFailure | PassedOver>;

export const failed = (kind: DtlsFailure['kind'], message: string): Result<never, DtlsFailure> =>
  err({ kind, message });

/** RFC 6347 §4.1.2.7: what cannot be the peer's is passed over rather than answered with the end of the association. */
export const malformed = (what: string): Result<never, PassedOver> =>
  err({ kind: 'passedOver', message: `a ${what} that cannot be read` });

export const unexpected = ({ type }: HandshakeMessage): Result<never, PassedOver> =>
  err({ kind: 'passedOver', message: `a message of type ${type} out of turn` });

/** `Awaited` names the messages of the peer in the order in which they have to come. */
export abstract class Handshake<Awaited extends string = string> {
  readonly random: Uint8Array;
  readonly #options: HandshakeOptions;
  readonly #privateKey: KeyObject;
  readonly #role: DtlsRole;
  #awaited: Awaited;
  #messages: Buffer[] = [];
  #sequence = 0;
  #remoteRandom: Uint8Array = Buffer.alloc(0);
  #suite: CipherSuite | undefined;
  #profile: SrtpProfile | undefined;
  #master: Buffer | undefined;
  #recordKeys: ReturnType<typeof recordKeys> | undefined;
  #remoteKey: KeyObject | undefined;

  constructor(role: DtlsRole, options: HandshakeOptions, first: Awaited) {
    this.#role = role;
    this.#awaited = first;
    this.#options = options;
    this.#privateKey = privateKeyOf(options.identity);
    this.random = options.randomBytes(32);
  }

  /** The flight with which this side begins, if it does. */
  abstract start(): Flight;

  /** Takes the next message; `isProtected`: it came behind the change of cipher. */
  receive(message: HandshakeMessage, isProtected: boolean): StepResult {
    // RFC 5246 §7.4.9: the first message that is protected is the last one
    if (isProtected !== (message.type === HANDSHAKE_TYPES.finished)) return unexpected(message);
    return this.take(message);
  }

  /** Takes a message that is protected exactly when it should be; one that is passed over has changed nothing. */
  protected abstract take(message: HandshakeMessage): StepResult;

  protected get awaited(): Awaited {
    return this.#awaited;
  }

  /** Keeps what was taken, if it is given, and waits for the next message of the peer. */
  protected await(next: Awaited, message?: HandshakeMessage): StepResult {
    if (message) this.keep(message);
    this.#awaited = next;
    return ok({});
  }

  /** Of the records that are protected; undefined as long as none can be. */
  get recordKeys(): { readonly local: RecordKeys; readonly remote: RecordKeys } | undefined {
    const keys = this.#recordKeys;
    if (!keys) return undefined;
    return this.#role === 'client'
      ? { local: keys.client, remote: keys.server }
      : { local: keys.server, remote: keys.client };
  }

  protected get privateKey(): KeyObject {
    return this.#privateKey;
  }

  protected get certificate(): Buffer {
    return Buffer.from(this.#options.identity.certificate, 'base64');
  }

  /** Undefined before the peer's certificate was judged. */
  protected get remoteKey(): KeyObject | undefined {
    return this.#remoteKey;
  }

  protected get suite(): CipherSuite | undefined {
    return this.#suite;
  }

  protected get randoms(): Randoms {
    return this.#role === 'client'
      ? { client: this.random, server: this.#remoteRandom }
      : { client: this.#remoteRandom, server: this.random };
  }

  protected get transcript(): Buffer {
    return Buffer.concat(this.#messages);
  }

  protected randomBytes(sizeBytes: number): Uint8Array {
    return this.#options.randomBytes(sizeBytes);
  }

  /** RFC 6347 §4.2.6: what was said before the cookie came back counts for nothing. */
  protected forgetMessages(): void {
    this.#messages = [];
  }

  protected keep(message: HandshakeMessage): void {
    this.#messages.push(wholeMessage(message));
  }

  /** A message of ours, numbered and kept. */
  protected say(type: HandshakeType, body: Uint8Array): HandshakeMessage {
    const message = { type, sequence: this.#sequence++, body };
    this.keep(message);
    return message;
  }

  protected choose(suite: CipherSuite, profile: SrtpProfile, remoteRandom: Uint8Array): void {
    this.#suite = suite;
    this.#profile = profile;
    this.#remoteRandom = remoteRandom;
  }

  /** RFC 5763 §5: the certificate has to be the one whose fingerprint came with the signalling. */
  protected takeCertificate(certificate: Uint8Array): Result<void, DtlsFailure> {
    const isKnown = this.#options.remoteFingerprints.some(
      ({ hash, digits }) => fingerprintOf(certificate, hash) === digits.toUpperCase(),
    );
    if (!isKnown) return failed('wrongCertificate', 'the certificate is not the one that the signalling names');
    this.#remoteKey = publicKeyOf(certificate);
    return this.#remoteKey ? ok(undefined) : failed('nothingInCommon', 'a certificate with a key of unknown kind');
  }

  /** RFC 7627 §4: the messages up to the ClientKeyExchange make the secret one of this handshake alone. */
  protected makeSecrets(suite: CipherSuite, shared: Uint8Array, isExtended: boolean): void {
    this.#master = isExtended
      ? extendedMasterSecret(suite.hash, shared, this.transcript)
      : masterSecret(suite.hash, shared, this.randoms);
    this.#recordKeys = recordKeys(suite, this.#master, this.randoms);
  }

  protected finished(): HandshakeMessage {
    return this.say(HANDSHAKE_TYPES.finished, this.#verifyData(this.#role));
  }

  /** RFC 5246 §7.4.9: that both sides have seen the same messages. */
  protected takeFinished(message: HandshakeMessage): Result<AgreedSrtp, DtlsFailure> {
    const expected = this.#verifyData(this.#role === 'client' ? 'server' : 'client');
    const isRight = message.body.length === expected.length && timingSafeEqual(message.body, expected);
    this.keep(message);
    if (!isRight || !this.#suite || !this.#master || !this.#profile) {
      return failed('wrongProof', 'both sides have not seen the same handshake');
    }
    const keys = srtpKeys(this.#suite.hash, this.#master, this.randoms, this.#profile);
    const isClient = this.#role === 'client';
    return ok({
      suite: this.#profile.suite,
      localKey: (isClient ? keys.client : keys.server).toString('base64'),
      remoteKey: (isClient ? keys.server : keys.client).toString('base64'),
    });
  }

  #verifyData(sender: DtlsRole): Buffer {
    const { hash } = this.#suite ?? { hash: 'sha256' };
    return verifyData(hash, this.#master ?? Buffer.alloc(0), sender, this.transcript);
  }
}

export const profileOf = (id: number | undefined): SrtpProfile | undefined =>
  SRTP_PROFILES.find((profile) => profile.id === id);
