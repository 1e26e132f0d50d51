// One side of offer and answer for one audio stream. RFC 3264, RFC 4568 §7.1, RFC 5763 §5.
import { type Result, err, ok } from '../base/result.ts';
import { type LocalMedia, answeredPayloads, audioLine, refused } from './audio-line.ts';
import { type ChosenAudio, chooseAudio } from './choose-audio.ts';
import { isComfortNoise, type SdpCodecName } from './codecs.ts';
import { DescriptionWriter } from './description-writer.ts';
import { type MediaDirection, toSdpDirection } from './direction.ts';
import { OWN_REPORTS } from './extended-reports.ts';
import type { FoundWay } from './found-way.ts';
import { type NegotiatedStream, commonCodecs, telephoneEvents } from './negotiated-stream.ts';
import { parseSdp } from './parse-sdp.ts';
import { PayloadTypes, codecKey, telephoneEventKey } from './payload-types.ts';
import type { MediaDescription } from './session-description.ts';
import { agreedStream, protectedStream, withOfferedNames } from './stream-agreement.ts';
import { type IceNames, type LocalIce, StreamIce } from './stream-ice.ts';
import { type LocalCrypto, StreamKeys } from './stream-keys.ts';

export interface OfferAnswerFailure {
  readonly kind: 'malformed' | 'noCommonCodec' | 'noAudio' | 'notSecure' | 'noOfferPending';
  readonly message: string;
}

interface Exchanged {
  readonly stream: NegotiatedStream | undefined;
  /** The m-lines of the session; ours is at `audioIndex`, the others are refused ones of the peer. */
  readonly lines: readonly MediaDescription[];
  readonly audioIndex: number;
  readonly payloadTypes: PayloadTypes;
  readonly keys: StreamKeys;
  readonly ice: StreamIce | undefined;
}

const failed = (kind: OfferAnswerFailure['kind'], message: string): Result<never, OfferAnswerFailure> =>
  err({ kind, message });

const NO_CRYPTO: LocalCrypto = { policy: 'off', randomBytes: (sizeBytes) => new Uint8Array(sizeBytes) };

export class OfferAnswer {
  #local: LocalMedia;
  readonly #names: readonly SdpCodecName[];
  #writer: DescriptionWriter;
  #state: Exchanged;
  /** What to return to when the exchange under way is refused. */
  #before: Exchanged | undefined;
  #offeredDirection: MediaDirection | undefined;
  #found: FoundWay | undefined;

  constructor(local: LocalMedia) {
    this.#local = local;
    this.#names = local.codecs.map(({ name }) => name);
    this.#writer = new DescriptionWriter(local.version ?? 1);
    const keys = new StreamKeys(local.crypto ?? NO_CRYPTO);
    this.#state = {
      stream: undefined,
      lines: [],
      audioIndex: 0,
      payloadTypes: new PayloadTypes(),
      keys,
      ice: local.ice && new StreamIce(local.ice.names),
    };
  }

  /** Sound is received elsewhere from now on; the next offer says so. RFC 3264 §8.3.1: a stream may get a new address and port. */
  moveTo(place: Pick<LocalMedia, 'address' | 'rtpPort' | 'rtcpPort'>): void {
    const { originAddress = this.#local.address } = this.#local;
    this.#local = { ...this.#local, ...place, originAddress };
  }

  /** The next offer looks for a way anew. RFC 8839 §4.4.1.1.1 */
  restartIce(names: IceNames, candidates: LocalIce['candidates']): void {
    if (!this.#local.ice) return;
    this.#local = { ...this.#local, ice: { ...this.#local.ice, candidates } };
    this.#state = { ...this.#state, ice: this.#state.ice?.restarted(names) };
  }

  /** Where a search has ended; later descriptions say no more than that. RFC 8839 §4.4.1.2.2 */
  noteFound(found: FoundWay): void {
    this.#found = found;
  }

  /** What was agreed last. */
  current(): NegotiatedStream | undefined {
    return this.#state.stream;
  }

  /** Whether an offer of ours waits for its answer. */
  get isOfferPending(): boolean {
    return this.#offeredDirection !== undefined;
  }

  /** One of the same state: each early dialog of a forked INVITE has its own answer. RFC 3261 §13.2.2.4. */
  clone(): OfferAnswer {
    const copy = new OfferAnswer(this.#local);
    copy.#writer = this.#writer.clone();
    copy.#state = { ...this.#state, payloadTypes: this.#state.payloadTypes.clone() };
    copy.#before = this.#before;
    copy.#offeredDirection = this.#offeredDirection;
    copy.#found = this.#found;
    return copy;
  }

  /** An offer, or a new one within the session: the same lines, the same payload types. RFC 3264 §5, §8. */
  createOffer({ direction }: { readonly direction: MediaDirection }): string {
    const payloadTypes = this.#state.payloadTypes.clone();
    const { audioIndex } = this.#state;
    const keys = this.#state.keys.forOffer();
    const ice = this.#local.ice && this.#state.ice?.forOffer(this.#local.ice, this.#found);
    const payloads = payloadTypes.offered(this.#names, this.#local);
    const audio = audioLine(
      { ...this.#local, ...ice?.place },
      {
        protocol: keys.profileFor(this.#state.lines[audioIndex]),
        payloads,
        direction: toSdpDirection(direction),
        ptimeMs: this.#local.ptimeMs,
        isRtcpMux: true,
        attributes: [...keys.attributes, OWN_REPORTS, ...(ice?.attributes ?? [])],
      },
    );
    // RFC 3264 §8: every m-line stays in its place; those without a stream keep port 0.
    const lines = this.#state.lines.map((line, index) => (index === audioIndex ? audio : line));
    this.#before ??= this.#state;
    this.#state = { ...this.#state, lines: lines.length > 0 ? lines : [audio], payloadTypes, keys, ice };
    this.#offeredDirection = direction;
    return this.#writer.write(this.#local, this.#state.lines);
  }

  /** The answer to `text` if we do no more than `direction`. Nothing changes on failure. RFC 3264 §6. */
  receiveOffer(
    text: string | Uint8Array,
    { direction }: { readonly direction: MediaDirection },
  ): Result<{ readonly answer: string; readonly stream: NegotiatedStream }, OfferAnswerFailure> {
    const offer = parseSdp(text);
    if (!offer.ok) return failed('malformed', offer.error.message);
    const { stream: before, audioIndex: placedAt, keys } = this.#state;
    const chosen = chooseAudio(offer.value, this.#names, keys, before && placedAt);
    if (!chosen.ok) return chosen;
    const { audio, audioIndex, crypto } = chosen.value;
    const agreed = agreedStream({ local: this.#local, ...chosen.value, direction, offered: this.#offeredLine() });
    if (!agreed) return failed('malformed', 'the offer has no numeric address');
    const ice = this.#answerIce(audio);
    const stream = protectedStream(agreed, crypto.keys, ice);
    const payloadTypes = this.#state.payloadTypes.clone();
    const answered = this.#answeredLine(chosen.value, stream, payloadTypes, ice);
    const lines = offer.value.media.map((line, index) => (index === audioIndex ? answered : refused(line)));
    this.#before = this.#state;
    this.#offeredDirection = undefined;
    this.#state = { stream, lines, audioIndex, payloadTypes, keys: crypto.keys, ice };
    return ok({ answer: this.#writer.write(this.#local, lines), stream });
  }

  /** RFC 3264 §6.1: the answer uses the numbers of the offer. */
  #answeredLine(
    { audio, common, crypto }: ChosenAudio,
    stream: NegotiatedStream,
    payloadTypes: PayloadTypes,
    ice: StreamIce | undefined,
  ): MediaDescription {
    for (const { name, payload } of common) payloadTypes.adopt(codecKey(name), payload.payloadType);
    const events = this.#local.telephoneEvent ? telephoneEvents(audio, stream.codecs[0].clockRateHz) : [];
    for (const event of events) payloadTypes.adopt(telephoneEventKey(event.clockRateHz), event.payloadType);
    // RFC 3389 §5.1: whoever offers noise may send it, and what we send in return is our own affair
    const noise = stream.comfortNoise ? audio.payloads.filter(isComfortNoise).slice(0, 1) : [];
    return audioLine(
      { ...this.#local, ...ice?.place },
      {
        protocol: audio.protocol,
        payloads: answeredPayloads(audio, common, [...events, ...noise], payloadTypes),
        direction: toSdpDirection(stream.direction),
        ptimeMs: stream.codecs[0].packetMs,
        isRtcpMux: audio.isRtcpMux,
        attributes: [
          ...(crypto.kind === 'agreed' ? crypto.keys.attributes : []),
          // RFC 3611 §5.2: who does not know them is not bothered
          ...(stream.extendedReports ? [OWN_REPORTS] : []),
          ...(ice?.attributes ?? []),
        ],
      },
    );
  }

  #answerIce(audio: MediaDescription): StreamIce | undefined {
    return this.#local.ice && this.#state.ice?.answer(audio, this.#local.ice, this.#found);
  }

  /** Ends an exchange that createOffer began. On failure the offer stays pending. RFC 3264 §7. */
  receiveAnswer(text: string | Uint8Array): Result<NegotiatedStream, OfferAnswerFailure> {
    const offered = this.#offeredDirection;
    if (offered === undefined) return failed('noOfferPending', 'there is no offer to answer');
    const answer = parseSdp(text);
    if (!answer.ok) return failed('malformed', answer.error.message);
    // RFC 3264 §6: the answer has as many m-lines as the offer. INTEROP: refused ones at the end are left out by some.
    const line = answer.value.media[this.#state.audioIndex];
    if (line?.kind !== 'audio') return failed('malformed', 'the answer lacks the audio line of the offer');
    if (line.port === 0) return failed('noAudio', 'the audio stream was refused');
    const offer = this.#offeredLine();
    const audio = withOfferedNames(line, offer);
    const common = commonCodecs(audio, this.#names);
    if (common.length === 0) return failed('noCommonCodec', 'the answer has no codec of the offer');
    const crypto = this.#state.keys.takeAnswer(audio);
    if (crypto.kind === 'refused') return failed('notSecure', crypto.message);
    const agreed = agreedStream({ local: this.#local, audio, common, direction: offered, offered: offer });
    if (!agreed) return failed('malformed', 'the answer has no numeric address');
    const ice = this.#state.ice?.takeAnswer(audio);
    const stream = protectedStream(agreed, crypto.keys, ice);
    this.#state = { ...this.#state, stream, keys: crypto.keys, ice };
    this.#before = undefined;
    this.#offeredDirection = undefined;
    return ok(stream);
  }

  /** The peer has refused an offer that would do without encryption: the next one does not. False when that is nothing new. */
  insistOnEncryption(): boolean {
    const keys = this.#state.stream ? undefined : this.#state.keys.insisting();
    if (keys) this.#state = { ...this.#state, keys };
    return keys !== undefined;
  }

  /** Returns to what was agreed before an offer that was refused. RFC 3264 §8. */
  rollback(): void {
    if (this.#before) this.#state = this.#before;
    this.#before = undefined;
    this.#offeredDirection = undefined;
  }

  /** Our line of the offer that waits for its answer. */
  #offeredLine(): MediaDescription | undefined {
    return this.isOfferPending ? this.#state.lines[this.#state.audioIndex] : undefined;
  }
}
