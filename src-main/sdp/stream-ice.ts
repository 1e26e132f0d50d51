// Whether both sides of a stream look for their way, and by which names. RFC 8839 §4.
import { formatIce, hasIceMismatch, readIce, type IceAttributes, type IceCandidate } from './ice-attributes.ts';
import type { MediaDescription } from './session-description.ts';

export interface IceNames {
  readonly ufrag: string;
  readonly pwd: string;
}

export interface LocalIce {
  readonly candidates: readonly IceCandidate[];
  /** The names that the first description says. */
  readonly names: IceNames;
  /** Other ones, when the peer begins anew. RFC 8839 §4.4.1.1.1 */
  readonly createNames: () => IceNames;
}

/** What the media path needs to look for its way. */
export interface NegotiatedIce {
  readonly local: IceNames;
  readonly remote: IceNames & { readonly candidates: readonly IceCandidate[]; readonly isLite: boolean };
  readonly isControlling: boolean;
}

/** Unchangeable, like the keys that it stands beside. */
export class StreamIce {
  readonly agreed: NegotiatedIce | undefined;
  readonly attributes: readonly string[];
  readonly #names: IceNames;

  constructor(names: IceNames, agreed?: NegotiatedIce, attributes: readonly string[] = []) {
    this.#names = names;
    this.agreed = agreed;
    this.attributes = attributes;
  }

  forOffer({ candidates }: LocalIce): StreamIce {
    return new StreamIce(this.#names, this.agreed, this.#say(this.#names, candidates));
  }

  /** RFC 8839 §4.2.5, §4.3.1: the answer takes part where the offer does and its addresses fit. */
  answer(audio: MediaDescription, { candidates, createNames }: LocalIce): StreamIce {
    const remote = readIce(audio);
    if (!remote) return new StreamIce(this.#names);
    if (hasIceMismatch(audio, remote)) return new StreamIce(this.#names, undefined, ['ice-mismatch']);
    const isAnew = this.agreed !== undefined && !hasSameNames(this.agreed.remote, remote);
    const names = isAnew && this.#names.ufrag === this.agreed.local.ufrag ? createNames() : this.#names;
    return new StreamIce(names, this.#agree(names, remote, false), this.#say(names, candidates));
  }

  takeAnswer(audio: MediaDescription): StreamIce {
    const remote = this.attributes.length > 0 ? readIce(audio) : undefined;
    const isUsable = remote !== undefined && !hasIceMismatch(audio, remote);
    return new StreamIce(this.#names, isUsable ? this.#agree(this.#names, remote, true) : undefined, this.attributes);
  }

  /** RFC 8839 §4.4.1.1.1: the next offer begins anew. */
  restarted(names: IceNames): StreamIce {
    return new StreamIce(names, this.agreed, this.attributes);
  }

  /** The candidates of a search under way are those that it began with; who offered then controls. RFC 8445 §6.1.1 */
  #agree(local: IceNames, remote: IceAttributes, isOfferer: boolean): NegotiatedIce {
    const { agreed } = this;
    if (agreed?.local.ufrag === local.ufrag && hasSameNames(agreed.remote, remote)) return agreed;
    const { ufrag, pwd, candidates, isLite } = remote;
    const isControlling = agreed?.isControlling ?? isOfferer;
    return { local, remote: { ufrag, pwd, candidates, isLite }, isControlling };
  }

  #say({ ufrag, pwd }: IceNames, candidates: readonly IceCandidate[]): string[] {
    return formatIce(ufrag, pwd, candidates);
  }
}

const hasSameNames = (a: IceNames, b: IceNames): boolean => a.ufrag === b.ufrag && a.pwd === b.pwd;
