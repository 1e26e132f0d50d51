// The handshake that an exchange agrees on: whose certificates, and which side begins. RFC 5763 §5, §6.6, RFC 8842 §5.
import { formatDtls, readDtls, type DtlsAttributes, type Fingerprint, type Setup } from './dtls-attributes.ts';
import type { MediaDescription } from './session-description.ts';

/** What the media path needs to shake hands. */
export interface NegotiatedDtls {
  readonly role: 'client' | 'server';
  readonly remoteFingerprints: readonly Fingerprint[];
}

/** Unchangeable, like the keys that it stands beside. */
export class StreamDtls {
  readonly agreed: NegotiatedDtls | undefined;
  readonly attributes: readonly string[];
  readonly #fingerprint: string;

  constructor(fingerprint: string, agreed?: NegotiatedDtls, attributes: readonly string[] = []) {
    this.#fingerprint = fingerprint;
    this.agreed = agreed;
    this.attributes = attributes;
  }

  /** RFC 5763 §5: who offers is ready for either part. */
  forOffer(): StreamDtls {
    return new StreamDtls(this.#fingerprint, this.agreed, formatDtls(this.#fingerprint, 'actpass'));
  }

  /** RFC 5763 §5: who answers begins, so that the handshake need not wait for the answer; undefined when the line has no DTLS. */
  answer(audio: MediaDescription): StreamDtls | undefined {
    const remote = readDtls(audio);
    if (!remote) return undefined;
    const agreed = this.#kept(remote) ?? this.#agree(remote, remote.setup === 'active' ? 'server' : 'client');
    const setup: Setup = agreed.role === 'client' ? 'active' : 'passive';
    return new StreamDtls(this.#fingerprint, agreed, formatDtls(this.#fingerprint, setup));
  }

  takeAnswer(audio: MediaDescription): StreamDtls | undefined {
    const remote = this.attributes.length > 0 ? readDtls(audio) : undefined;
    // RFC 4145 §4.1: an answer takes one part
    if (!remote || remote.setup === 'actpass') return undefined;
    const agreed = this.#kept(remote) ?? this.#agree(remote, remote.setup === 'active' ? 'server' : 'client');
    return new StreamDtls(this.#fingerprint, agreed, this.attributes);
  }

  /** RFC 5763 §6.6: while the certificates stay, so does the association, whatever the setup says. */
  #kept({ fingerprints }: DtlsAttributes): NegotiatedDtls | undefined {
    const known = this.agreed?.remoteFingerprints;
    const isSame =
      known?.length === fingerprints.length &&
      fingerprints.every(({ hash, digits }, at) => known[at]?.hash === hash && known[at].digits === digits);
    return isSame ? this.agreed : undefined;
  }

  #agree({ fingerprints }: DtlsAttributes, role: 'client' | 'server'): NegotiatedDtls {
    return { role, remoteFingerprints: fingerprints };
  }
}
