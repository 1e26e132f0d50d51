// Our keys in offer and answer, and which of them are in use. RFC 4568 §5.1, §7.1.
import {
  CRYPTO_SUITES,
  formatCrypto,
  parseCrypto,
  type CryptoAttribute,
  type CryptoSuite,
} from './crypto-attribute.ts';
import { attributeValues, type MediaDescription } from './session-description.ts';

/** `optional` offers keys and does without them; `required` does not. */
export type CryptoPolicy = 'off' | 'optional' | 'required';

export interface LocalCrypto {
  readonly policy: CryptoPolicy;
  /** As many bytes of cryptographic randomness as are asked for. */
  readonly randomBytes: (sizeBytes: number) => Uint8Array;
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

const SECURE_PROFILE = /^RTP\/SAVPF?$/;
const PLAIN_PROFILE = /^RTP\/AVPF?$/;

export const isSecureProfile = (protocol: string): boolean => SECURE_PROFILE.test(protocol);

const SUITES = Object.keys(CRYPTO_SUITES) as CryptoSuite[];

/** What an exchange makes of the crypto lines: keys, none, or that it cannot be. */
export type CryptoChoice =
  | { readonly kind: 'agreed'; readonly keys: StreamKeys; readonly line: CryptoAttribute }
  | { readonly kind: 'plain'; readonly keys: StreamKeys }
  | { readonly kind: 'refused'; readonly message: string };

/** Unchangeable: an exchange that is refused leaves those before it as they were. */
export class StreamKeys {
  readonly agreed: NegotiatedCrypto | undefined;
  readonly #local: LocalCrypto;
  /** Our keys, in the order and with the tags of our last offer or answer. */
  readonly #lines: readonly CryptoAttribute[];

  constructor(local: LocalCrypto, lines: readonly CryptoAttribute[] = [], agreed?: NegotiatedCrypto) {
    this.#local = local;
    this.#lines = lines;
    this.agreed = agreed;
  }

  /** Whether an offer of ours says that nothing goes without protection. */
  get isSecureOnly(): boolean {
    return this.#local.policy === 'required';
  }

  /** The lines of an offer as attributes. */
  get attributes(): readonly string[] {
    return this.#lines.map(formatCrypto);
  }

  /** RFC 4568 §7.1.1: a key for each suite; within a session the same ones again, so that nothing has to change. */
  forOffer(): StreamKeys {
    if (this.#local.policy === 'off') return this;
    const inUse = this.agreed?.suite;
    const suites = inUse ? [inUse, ...SUITES.filter((suite) => suite !== inUse)] : SUITES;
    const keyOf = (suite: CryptoSuite): string =>
      (suite === inUse && this.agreed?.localKey) ||
      (this.#lines.find((line) => line.suite === suite)?.key ?? this.#createKey(suite));
    const lines = suites.map((suite, at) => ({ tag: at + 1, suite, key: keyOf(suite) }));
    return new StreamKeys(this.#local, lines, this.agreed);
  }

  /** RFC 4568 §7.1.2: one line of the offer, the strongest that we know, answered with a key of ours. */
  answer(audio: MediaDescription): CryptoChoice {
    const offered = linesOf(audio);
    const remote = SUITES.flatMap((suite) => offered.find((line) => line.suite === suite) ?? [])[0];
    if (this.#local.policy === 'off' || !remote) return this.#withoutKeys(audio.protocol);
    const { agreed } = this;
    // A key of ours is kept as long as the peer keeps its own: then nothing changes in the stream.
    const isKept = agreed?.suite === remote.suite && agreed.remoteKey === remote.key;
    const key = isKept ? agreed.localKey : this.#createKey(remote.suite);
    const line = { tag: remote.tag, suite: remote.suite, key };
    return { kind: 'agreed', line, keys: new StreamKeys(this.#local, [line], negotiated(line, remote)) };
  }

  /** RFC 4568 §7.1.3: the answer names one of our lines by tag and suite, or none. */
  takeAnswer(audio: MediaDescription): CryptoChoice {
    const [remote, ...others] = linesOf(audio);
    if (this.#local.policy === 'off' || !remote) return this.#withoutKeys(audio.protocol);
    const line = this.#lines.find(({ tag, suite }) => tag === remote.tag && suite === remote.suite);
    if (!line || others.length > 0) {
      return { kind: 'refused', message: 'the answer chose a way of encryption that was not offered' };
    }
    return { kind: 'agreed', line, keys: new StreamKeys(this.#local, this.#lines, negotiated(line, remote)) };
  }

  #withoutKeys(protocol: string): CryptoChoice {
    const { policy } = this.#local;
    if (policy === 'required') {
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
    return { kind: 'plain', keys: new StreamKeys(this.#local) };
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
