// How the stream is encrypted: our keys in offer and answer, or a handshake, and which of them is in use. RFC 4568 §5.1, §7.1, RFC 5763 §5.
import {
  CRYPTO_SUITES,
  formatCrypto,
  parseCrypto,
  type CryptoAttribute,
  type CryptoSuite,
} from './crypto-attribute.ts';
import { attributeValues, type MediaDescription } from './session-description.ts';
import { StreamDtls, type NegotiatedDtls } from './stream-dtls.ts';

/**
 * `optional` offers keys and a handshake and does without them; `required` offers keys and does not; `dtls` takes a handshake only.
 */
export type CryptoPolicy = 'off' | 'optional' | 'required' | 'dtls';

export interface LocalCrypto {
  readonly policy: CryptoPolicy;
  /** As many bytes of cryptographic randomness as are asked for. */
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
  /** Of our certificate by SHA-256; without one there is no handshake. RFC 8122 §5 */
  readonly fingerprint?: string;
  /** The peer has refused to do without: the profile says that nothing goes unprotected. */
  readonly isInsisting?: boolean;
}

/** The keys that an exchange has agreed on. */
export interface NegotiatedCrypto {
  readonly suite: CryptoSuite;
  /** Master key and salt in base64: of what we send, and of what we receive. */
  readonly localKey: string;
  readonly remoteKey: string;
  /** Which key it is, as the peer's packets say it, in base64. */
  readonly remoteMki?: string;
}

const SECURE_PROFILE = /^(?:UDP\/TLS\/)?RTP\/SAVPF?$/;
const DTLS_PROFILE = /^UDP\/TLS\/RTP\/SAVPF?$/;
const PLAIN_PROFILE = /^RTP\/AVPF?$/;

export const isSecureProfile = (protocol: string): boolean => SECURE_PROFILE.test(protocol);

const SUITES = Object.keys(CRYPTO_SUITES) as CryptoSuite[];

/** What an exchange makes of it: encrypted, not, or that it cannot be. */
export type CryptoChoice =
  | { readonly kind: 'agreed' | 'plain'; readonly keys: StreamKeys }
  | { readonly kind: 'refused'; readonly message: string };

/** What is said and agreed; each part may be missing. */
interface Said {
  /** Our keys, in the order and with the tags of our last offer or answer. */
  readonly lines?: readonly CryptoAttribute[];
  readonly agreed?: NegotiatedCrypto;
  readonly dtls?: StreamDtls | undefined;
}

/** Unchangeable: an exchange that is refused leaves those before it as they were. */
export class StreamKeys {
  readonly agreed: NegotiatedCrypto | undefined;
  readonly #local: LocalCrypto;
  readonly #lines: readonly CryptoAttribute[];
  readonly #dtls: StreamDtls | undefined;

  constructor(local: LocalCrypto, { lines = [], agreed, dtls }: Said = {}) {
    this.#local = local;
    this.#lines = lines;
    this.agreed = agreed;
    this.#dtls = dtls;
  }

  /** The handshake that was agreed on instead of keys. */
  get agreedDtls(): NegotiatedDtls | undefined {
    return this.#dtls?.agreed;
  }

  /** RFC 4568 §7.1.1: without protection where that is allowed, which every peer can answer; within a session as it was agreed. */
  profileFor(line: MediaDescription | undefined): string {
    const { policy, isInsisting } = this.#local;
    const isAgreed = this.agreed !== undefined || this.agreedDtls !== undefined;
    if (isAgreed && line && isSecureProfile(line.protocol)) return line.protocol;
    if (policy === 'dtls') return 'UDP/TLS/RTP/SAVP';
    return policy === 'required' || isInsisting === true ? 'RTP/SAVP' : 'RTP/AVP';
  }

  /** Those of an offer that does not do without; undefined where that would be nothing new. */
  insisting(): StreamKeys | undefined {
    const { policy, isInsisting } = this.#local;
    if (policy !== 'optional' || isInsisting === true) return undefined;
    return new StreamKeys({ ...this.#local, isInsisting: true });
  }

  /** What an offer or answer says of it. */
  get attributes(): readonly string[] {
    return [...this.#lines.map(formatCrypto), ...(this.#dtls?.attributes ?? [])];
  }

  /** What is agreed is offered again, so that nothing has to change; else all that the account allows. */
  forOffer(): StreamKeys {
    const { policy } = this.#local;
    if (policy === 'off') return this;
    const isShaken = this.agreedDtls !== undefined;
    const hasLines = policy !== 'dtls' && !isShaken;
    const hasDtls = isShaken || policy === 'dtls' || (policy === 'optional' && !this.agreed);
    return this.#with({
      ...(hasLines && { lines: this.#offeredLines() }),
      ...(this.agreed && { agreed: this.agreed }),
      dtls: hasDtls ? this.#ownDtls?.forOffer() : undefined,
    });
  }

  answer(audio: MediaDescription): CryptoChoice {
    // Keys that the signalling carries are known to every server on its way; those of a handshake to nobody else.
    const dtls = this.agreed ? undefined : this.#ownDtls?.answer(audio);
    if (this.#local.policy !== 'off' && dtls) return { kind: 'agreed', keys: this.#with({ dtls }) };
    return this.#answerWithKey(audio);
  }

  takeAnswer(audio: MediaDescription): CryptoChoice {
    const dtls = this.#dtls?.takeAnswer(audio);
    const [remote, ...others] = linesOf(audio);
    if (dtls && !remote) return { kind: 'agreed', keys: this.#with({ dtls }) };
    if (this.#local.policy === 'off' || this.#local.policy === 'dtls' || !remote) {
      return this.#withoutKeys(audio.protocol);
    }
    // RFC 4568 §7.1.3: the answer names one of our lines by tag and suite, or none.
    const line = this.#lines.find(({ tag, suite }) => tag === remote.tag && suite === remote.suite);
    if (!line || others.length > 0) {
      return { kind: 'refused', message: 'the answer chose a way of encryption that was not offered' };
    }
    return { kind: 'agreed', keys: this.#with({ lines: this.#lines, agreed: negotiated(line, remote) }) };
  }

  get #ownDtls(): StreamDtls | undefined {
    const { fingerprint } = this.#local;
    return this.#dtls ?? (fingerprint === undefined ? undefined : new StreamDtls(fingerprint));
  }

  #with(said: Said): StreamKeys {
    return new StreamKeys(this.#local, said);
  }

  /** RFC 4568 §7.1.1: a key for each suite; within a session the same ones again. */
  #offeredLines(): readonly CryptoAttribute[] {
    const inUse = this.agreed?.suite;
    const suites = inUse ? [inUse, ...SUITES.filter((suite) => suite !== inUse)] : SUITES;
    const keyOf = (suite: CryptoSuite): string =>
      (suite === inUse && this.agreed?.localKey) ||
      (this.#lines.find((line) => line.suite === suite)?.key ?? this.#createKey(suite));
    return suites.map((suite, at) => ({ tag: at + 1, suite, key: keyOf(suite) }));
  }

  /** RFC 4568 §7.1.2: one line of the offer, the strongest that we know, answered with a key of ours. */
  #answerWithKey(audio: MediaDescription): CryptoChoice {
    const { policy } = this.#local;
    const offered = linesOf(audio);
    const remote = SUITES.flatMap((suite) => offered.find((line) => line.suite === suite) ?? [])[0];
    if (policy === 'off' || policy === 'dtls' || !remote) return this.#withoutKeys(audio.protocol);
    const { agreed } = this;
    // A key of ours is kept as long as the peer keeps its own: then nothing changes in the stream.
    const isKept = agreed?.suite === remote.suite && agreed.remoteKey === remote.key;
    const key = isKept ? agreed.localKey : this.#createKey(remote.suite);
    const line = { tag: remote.tag, suite: remote.suite, key };
    return { kind: 'agreed', keys: this.#with({ lines: [line], agreed: negotiated(line, remote) }) };
  }

  #withoutKeys(protocol: string): CryptoChoice {
    const { policy, isInsisting } = this.#local;
    if (policy === 'dtls' || (policy === 'required' && DTLS_PROFILE.test(protocol))) {
      return { kind: 'refused', message: 'the other side shows no certificate with which the call could be encrypted' };
    }
    if (policy === 'required' || isInsisting === true) {
      return {
        kind: 'refused',
        message: 'this account takes encrypted calls only, and the other side has no key for it',
      };
    }
    if (isSecureProfile(protocol)) {
      const message =
        policy === 'off'
          ? 'the other side wants an encrypted call, and encryption is off for this account'
          : 'the other side wants an encrypted call in a way that is not known here';
      return { kind: 'refused', message };
    }
    return { kind: 'plain', keys: this.#with({}) };
  }

  #createKey(suite: CryptoSuite): string {
    return Buffer.from(this.#local.randomBytes(CRYPTO_SUITES[suite])).toString('base64');
  }
}

/** Whether a stream of this profile may be ours; the keys are looked at later. */
export const isKnownProfile = (protocol: string): boolean =>
  PLAIN_PROFILE.test(protocol) || SECURE_PROFILE.test(protocol);

const linesOf = (audio: MediaDescription): CryptoAttribute[] =>
  attributeValues(audio, 'crypto').flatMap((value) => parseCrypto(value) ?? []);

function negotiated(local: CryptoAttribute, remote: CryptoAttribute): NegotiatedCrypto {
  const { suite, key: localKey } = local;
  const agreed = { suite, localKey, remoteKey: remote.key };
  return remote.mki === undefined ? agreed : { ...agreed, remoteMki: remote.mki };
}
