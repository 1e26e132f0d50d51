// Whether both sides of a stream look for their way, and by which names. RFC 8839 §4.
import {
  namedCandidates,
  placeOf,
  remoteCandidatesAttribute,
  wayOf,
  type DefaultPlace,
  type FoundWay,
} from './found-way.ts';
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
  /** What the line names as the place where we receive; undefined: our own sockets. */
  readonly place: DefaultPlace | undefined;
  readonly #names: IceNames;

  constructor(names: IceNames, agreed?: NegotiatedIce, attributes: readonly string[] = [], place?: DefaultPlace) {
    this.#names = names;
    this.agreed = agreed;
    this.attributes = attributes;
    this.place = place;
  }

  /** RFC 8839 §4.4.1.2.2: once a way is `found`, that one only; who controls says where it ends. */
  forOffer({ candidates }: LocalIce, found?: FoundWay): StreamIce {
    const way = this.#names.ufrag === this.agreed?.local.ufrag ? wayOf(found, this.agreed) : undefined;
    if (!way) return this.#saying(this.#names, this.agreed, candidates);
    const ends = way.isControlling ? [remoteCandidatesAttribute(way)] : [];
    return this.#saying(this.#names, this.agreed, localsOf(way), ends, true);
  }

  /**
   * RFC 8839 §4.2.5, §4.3.1: the answer takes part where the offer does and its addresses fit. §4.4.2: once a way is
   * found it says that one only; the peer's word of it may be here before the check that chooses it.
   */
  answer(audio: MediaDescription, { candidates, createNames }: LocalIce, found?: FoundWay): StreamIce {
    const remote = readIce(audio);
    if (!remote) return new StreamIce(this.#names);
    if (hasIceMismatch(audio, remote)) return new StreamIce(this.#names, undefined, ['ice-mismatch']);
    const isAnew = this.agreed !== undefined && !hasSameNames(this.agreed.remote, remote);
    const names = this.#namesToAnswer(isAnew, createNames);
    const agreed = this.#agree(names, remote, false);
    const way = wayOf(found, agreed);
    const known = way ? [...localsOf(way), ...candidates] : candidates;
    const chosen = agreed === this.agreed ? (namedCandidates(remote, known) ?? (way && localsOf(way))) : undefined;
    const answer = this.#saying(names, agreed, chosen ?? candidates, [], chosen !== undefined);
    return isAnew ? answer : new StreamIce(this.#names, agreed, answer.attributes, answer.place);
  }

  /** RFC 8839 §4.4.1.1.1: a restart of ours that was refused goes on waiting for an offer: the peer's own does not ask for it. */
  #namesToAnswer(isAnew: boolean, createNames: () => IceNames): IceNames {
    const before = this.agreed?.local;
    if (!isAnew) return before ?? this.#names;
    return this.#names.ufrag === before?.ufrag ? createNames() : this.#names;
  }

  takeAnswer(audio: MediaDescription): StreamIce {
    const remote = this.attributes.length > 0 ? readIce(audio) : undefined;
    const isUsable = remote !== undefined && !hasIceMismatch(audio, remote);
    const agreed = isUsable ? this.#agree(this.#names, remote, true) : undefined;
    return new StreamIce(this.#names, agreed, this.attributes, this.place);
  }

  /** RFC 8839 §4.4.1.1.1: the next offer begins anew. */
  restarted(names: IceNames): StreamIce {
    return new StreamIce(names, this.agreed, this.attributes, this.place);
  }

  /** The candidates of a search under way are those that it began with; who offered then controls. RFC 8445 §6.1.1 */
  #agree(local: IceNames, remote: IceAttributes, isOfferer: boolean): NegotiatedIce {
    const { agreed } = this;
    if (agreed?.local.ufrag === local.ufrag && hasSameNames(agreed.remote, remote)) return agreed;
    const { ufrag, pwd, candidates, isLite } = remote;
    const isControlling = agreed?.isControlling ?? isOfferer;
    return { local, remote: { ufrag, pwd, candidates, isLite }, isControlling };
  }

  #saying(
    { ufrag, pwd }: IceNames,
    agreed: NegotiatedIce | undefined,
    candidates: readonly IceCandidate[],
    more: readonly string[] = [],
    isChosen = false,
  ): StreamIce {
    const attributes = [...formatIce(ufrag, pwd, candidates), ...more];
    return new StreamIce({ ufrag, pwd }, agreed, attributes, isChosen ? placeOf(candidates) : undefined);
  }
}

const localsOf = ({ pairs }: FoundWay): IceCandidate[] => pairs.map(({ local }) => local);

const hasSameNames = (a: IceNames, b: IceNames): boolean => a.ufrag === b.ufrag && a.pwd === b.pwd;
