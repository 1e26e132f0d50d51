// The sound of one call: its media session and its offer/answer exchange, kept in step. RFC 3264.
import { err, ok, type Result } from '../../base/result.ts';
import {
  localCandidates,
  type DtlsIdentity,
  type FoundPath,
  type IceCandidate,
  type IceCredentials,
  type IceServers,
  type JitterConfig,
  type MediaEngine,
  type MediaFailure,
  type PathLoss,
  type SendSource,
  type SessionOpened,
  type SessionStatistics,
  type SessionStream,
} from '../../media/index.ts';
import { OfferAnswer, type LocalCrypto, type NegotiatedStream, type OfferAnswerFailure } from '../../sdp/index.ts';
import { bodyText, textBody, type Body } from '../../sip/core/index.ts';
import type { CodecPreference } from '../registration/index.ts';

const SDP_TYPE = 'application/sdp';
/** RFC 3551 §4.2: the packet time that every phone takes. */
const PACKET_MS = 20;
/** How often a relay is asked by which the sound has come. */
const RELAY_TRIES = 3;

export interface CallCrypto extends LocalCrypto {
  /** What a handshake is made with. RFC 5763 §5 */
  readonly identity: DtlsIdentity;
}

export interface CallMediaOptions {
  readonly engine: MediaEngine;
  readonly localAddress: string;
  readonly portRange: readonly [first: number, last: number];
  readonly codecs: readonly CodecPreference[];
  readonly cname: string;
  /** Digits for the o= line. RFC 8866 §5.2 */
  readonly sdpSessionId: string;
  readonly source: SendSource;
  readonly playsToDevice: boolean;
  /** Whether sound is encrypted; not at all without it. */
  readonly crypto?: CallCrypto;
  /** Names for a search of the way to the peer; no way is looked for without it. RFC 8445 §5.3 */
  readonly createIceNames?: () => IceCredentials;
  /** Who tells where else we can be reached; asked where a way is looked for. RFC 8445 §5.1.1.2 */
  readonly iceServers?: IceServers;
  /** False: digits go as sound both ways, and no events are negotiated. */
  readonly hasTelephoneEvents?: boolean;
  /** Nothing is sent while nobody speaks, where the peer understands that. RFC 3389, RFC 7587 §3.1.3 */
  readonly silenceSuppression?: boolean;
  /** How patient the receive side is. */
  readonly jitter?: JitterConfig;
}

export class CallMedia {
  readonly sessionId: string;
  readonly #engine: MediaEngine;
  readonly #identity: DtlsIdentity | undefined;
  readonly #silenceSuppression: boolean;
  #offerAnswer: OfferAnswer;
  /** Our last offer, unanswered: RFC 3261 §13.2.2.4: each branch of a forked INVITE answers it for itself. */
  #offered: OfferAnswer | undefined;
  #applied = '';
  /** What is sent while nobody waits. */
  #source: SendSource;
  #isClosed = false;
  #opened: SessionOpened;
  readonly #createIceNames: (() => IceCredentials) | undefined;
  readonly #iceServers: IceServers;

  private constructor(
    { engine, source, crypto, silenceSuppression, createIceNames, iceServers = {} }: CallMediaOptions,
    opened: SessionOpened,
    offerAnswer: OfferAnswer,
  ) {
    this.#engine = engine;
    this.#source = source;
    this.#identity = crypto?.identity;
    this.#silenceSuppression = silenceSuppression === true;
    this.#createIceNames = createIceNames;
    this.#iceServers = iceServers;
    this.#opened = opened;
    this.sessionId = opened.sessionId;
    this.#offerAnswer = offerAnswer;
  }

  /** Binds the ports; nothing is sent before an answer is known. */
  static async open(options: CallMediaOptions): Promise<Result<CallMedia, MediaFailure>> {
    const { engine, localAddress, portRange, cname, source, playsToDevice, codecs, jitter } = options;
    const ice = options.createIceNames?.();
    const place = { localAddress, portRange, ...(ice && { ice }) };
    const opened = await engine.openSession({ ...place, cname, source, playsToDevice, ...(jitter && { jitter }) });
    if (!opened.ok) return opened;
    const { rtp, rtcp } = opened.value;
    const candidates = ice ? await findCandidates(opened.value, options.engine, options.iceServers) : [];
    const offerAnswer = new OfferAnswer({
      address: rtp.address,
      rtpPort: rtp.port,
      rtcpPort: rtcp.port,
      codecs: codecs.map((name) => ({ name })),
      telephoneEvent: options.hasTelephoneEvents !== false,
      silenceSuppression: options.silenceSuppression === true,
      sessionId: options.sdpSessionId,
      ptimeMs: PACKET_MS,
      ...(options.crypto && { crypto: options.crypto }),
      ...(ice &&
        options.createIceNames && {
          ice: { names: ice, candidates, createNames: options.createIceNames },
        }),
    });
    return ok(new CallMedia(options, opened.value, offerAnswer));
  }

  /** What was agreed last. */
  get stream(): NegotiatedStream | undefined {
    return this.#offerAnswer.current();
  }

  /** RFC 3264 §8.4: who holds sends only; who resumes offers both ways again. */
  createOffer(isHolding: boolean): Body {
    const offer = this.#offerAnswer.createOffer({ direction: isHolding ? 'sendOnly' : 'sendReceive' });
    this.#offered = this.#offerAnswer.clone();
    return textBody(SDP_TYPE, offer);
  }

  /** The answer to a peer's offer; the stream follows it at `apply`. The failure says why nothing suits. */
  answerOffer(offer: Body, isHolding: boolean): Result<Body, string> {
    const answered = this.#offerAnswer.receiveOffer(bodyText(offer), {
      direction: isHolding ? 'sendOnly' : 'sendReceive',
    });
    return answered.ok ? ok(textBody(SDP_TYPE, answered.value.answer)) : err(sentenceOf(answered.error));
  }

  /** Takes the answer to our offer, and sound follows it. */
  takeAnswer(answer: Body): Result<void, string> {
    const next = (this.#offered ?? this.#offerAnswer).clone();
    const taken = next.receiveAnswer(bodyText(answer));
    if (!taken.ok) return err(sentenceOf(taken.error));
    this.#offerAnswer = next;
    this.apply();
    return ok(undefined);
  }

  /** The network is another one: new sockets at `localAddress`, which the next offer names. False when there are none to be had. */
  async move(localAddress: string): Promise<boolean> {
    const moved = await this.#engine.moveSession(this.sessionId, localAddress);
    if (!moved.ok) return false;
    const { rtp, rtcp } = moved.value;
    this.#offerAnswer.moveTo({ address: rtp.address, rtpPort: rtp.port, rtcpPort: rtcp.port });
    // RFC 8839 §4.4.1.1.1: another place is another search
    this.#opened = moved.value;
    if (this.#createIceNames) {
      const candidates = await findCandidates(moved.value, this.#engine, this.#iceServers);
      this.#offerAnswer.restartIce(this.#createIceNames(), candidates);
    }
    return true;
  }

  /** The next offer looks for a way anew; false where it is the peer's turn to say so, or none is looked for. RFC 8839 §4.4.1.1.1 */
  async restartIce(reason: PathLoss): Promise<boolean> {
    const { ice } = this.stream ?? {};
    if (!this.#createIceNames || !ice || (reason === 'noConsent' && !ice.isControlling)) return false;
    let candidates = await findCandidates(this.#opened, this.#engine, this.#iceServers);
    // RFC 8656 §7.4: a relay may take its time until it gives another place to the same port.
    for (let tries = 1; tries < RELAY_TRIES && reason === 'relayLost' && !candidates.some(isRelayed); tries++)
      candidates = await findCandidates(this.#opened, this.#engine, this.#iceServers);
    this.#offerAnswer.restartIce(this.#createIceNames(), candidates);
    return !this.#isClosed;
  }

  /** Where the sound has found its way: later offers and answers say no other place. RFC 8839 §4.4.1.2.2 */
  noteFound(found: FoundPath): void {
    this.#offerAnswer.noteFound(found);
    this.#offered?.noteFound(found);
  }

  /** Our offer was refused: what was agreed before stays. */
  rollback(): void {
    this.#offered = undefined;
    this.#offerAnswer.rollback();
  }

  /** Our first offer was refused: the next does not do without encryption. False when that is nothing new. */
  insistOnEncryption(): boolean {
    this.rollback();
    return this.#offerAnswer.insistOnEncryption();
  }

  /** Sound follows what was agreed. */
  apply(): void {
    const { stream } = this;
    if (!stream || this.#isClosed) return;
    // A 200 that repeats the answer of its 183 changes nothing.
    const wanted = JSON.stringify(stream);
    if (wanted === this.#applied) return;
    this.#applied = wanted;
    void this.#engine.setStream(this.sessionId, {
      remoteRtp: stream.remoteRtp,
      remoteRtcp: stream.remoteRtcp,
      direction: stream.direction,
      ...silenceOf(stream, this.#silenceSuppression),
      ...(stream.telephoneEvent && { telephoneEvent: stream.telephoneEvent }),
      ...(stream.extendedReports && { extendedReports: stream.extendedReports }),
      ...(stream.crypto && { srtp: stream.crypto }),
      ...(stream.ice && { ice: stream.ice }),
      ...(stream.dtls && this.#identity && { dtls: { ...stream.dtls, identity: this.#identity } }),
    });
  }

  /** What is sent and heard from now on: the devices, a file, the answering machine. */
  route(source: SendSource, playsToDevice: boolean): void {
    this.#source = source;
    // Not waited for: the engine keeps the order, and a caller shall not wait for it.
    void this.#engine.setSource(this.sessionId, source);
    void this.#engine.setPlaysToDevice(this.sessionId, playsToDevice);
  }

  /** A file in the microphone's place. */
  async play(source: SendSource): ReturnType<MediaEngine['setSource']> {
    this.#source = source;
    return this.#engine.setSource(this.sessionId, source);
  }

  /** The peer waits and hears `waiting` instead of us; undefined: it hears us again. */
  async setWaiting(waiting: SendSource | undefined): Promise<void> {
    const set = await this.#engine.setSource(this.sessionId, waiting ?? this.#source);
    // WHY: a file that cannot be played must not leave the microphone open to who waits.
    if (waiting && !set.ok) await this.#engine.setSource(this.sessionId, { kind: 'silence' });
  }

  /** undefined when it was closed before, or the media process is gone. */
  async close(): Promise<SessionStatistics | undefined> {
    if (this.#isClosed) return undefined;
    this.#isClosed = true;
    const closed = await this.#engine.closeSession(this.sessionId);
    return closed.ok ? closed.value : undefined;
  }
}

const isRelayed = ({ kind }: IceCandidate): boolean => kind === 'relay';

/** Our own places, and those that the account's servers tell. */
async function findCandidates(
  { sessionId, rtp, rtcp }: SessionOpened,
  engine: MediaEngine,
  servers: IceServers = {},
): Promise<readonly IceCandidate[]> {
  const hosts = localCandidates(rtp, rtcp);
  const isAsked = servers.stun !== undefined || servers.turn !== undefined;
  const found = isAsked ? await engine.findCandidates(sessionId, servers) : undefined;
  return found?.ok === true ? [...hosts, ...found.value] : hosts;
}

/** What is agreed of silence, and what we make of it. */
function silenceOf(
  { codecs, comfortNoise }: NegotiatedStream,
  silenceSuppression: boolean,
): Pick<SessionStream, 'codecs' | 'comfortNoisePayloadType' | 'silenceSuppression'> {
  const [first, ...others] = codecs;
  const usesDtx = silenceSuppression && first.name === 'opus';
  return {
    codecs: [usesDtx ? { ...first, usesDtx } : first, ...others],
    ...(comfortNoise && { comfortNoisePayloadType: comfortNoise.payloadType, silenceSuppression }),
  };
}

/** For people: what they can do something about is said, the rest is the phones' affair. */
function sentenceOf({ kind, message }: OfferAnswerFailure): string {
  if (kind !== 'notSecure') return 'No common way to send sound';
  return message.charAt(0).toUpperCase() + message.slice(1);
}
