// One session: sockets, send path, receive path, reports and recorder, driven in frames of 10 ms from outside.
import type { Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { Codec, CodecLibrary } from '../codec/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import type { Base, Component, IceCandidate, SilentServers } from '../nat/index.ts';
import { heardSource } from './extended-reports.ts';
import { IcePath } from './ice-path.ts';
import { InbandDigits } from './inband-digits.ts';
import type { IceServers, MediaEvents } from './media-engine.ts';
import type { RecordingEnd, RecordingSummary, SessionConfig } from './session-config.ts';
import type { SessionResume, SessionStream } from './session-config.ts';
import type { SessionStatistics, StreamPlace } from './session-figures.ts';
import { PacketReceiver } from './packet-receiver.ts';
import { PacketSender } from './packet-sender.ts';
import { RtcpReporter } from './rtcp-reporter.ts';
import { SendAdaptation } from './send-adaptation.ts';
import { SecurePath } from './secure-path.ts';
import { SentSound } from './sent-sound.ts';
import type { SessionRecorder } from './session-recorder.ts';
import type { SessionSockets } from './session-sockets.ts';
import { sessionStatistics } from './session-statistics.ts';
import { SessionTelling } from './session-telling.ts';
import type { LoadedSource } from './session-source.ts';

const FRAME_MS = 10;
const NO_CODEC = { name: 'PCMU', packetMs: 20 } as const;
/** Steps of the clock are shorter than this; a device that is being opened takes longer. */
const GAP_MS = 40;

export interface MediaSessionOptions {
  readonly sessionId: string;
  readonly config: SessionConfig;
  readonly runtime: Runtime;
  readonly codecs: CodecLibrary;
  readonly resamplers: ResamplerFactory;
  readonly source: LoadedSource;
  readonly silentServers: SilentServers;
  readonly emit: <Name extends keyof MediaEvents>(name: Name, payload: MediaEvents[Name]) => void;
  /** Once a second: what a successor would need. */
  readonly onPosition: (resume: SessionResume) => void;
}

/** Frames go through here at `rateHz`, the sample rate of the codec that is sent. */
export class MediaSession {
  readonly sessionId: string;
  rateHz = 8000;
  playsToDevice: boolean;
  isMuted = false;
  /** How loud the peer is at the loudspeaker here. */
  volume = 1;
  sendLossFraction = 0;
  recorder: SessionRecorder | undefined;
  readonly #options: MediaSessionOptions;
  readonly #sender: PacketSender;
  readonly #adaptation: SendAdaptation;
  readonly #reporter: RtcpReporter;
  readonly #secure: SecurePath;
  readonly #ice: IcePath;
  readonly #sound: SentSound;
  readonly #telling: SessionTelling;
  readonly #digitWaiters: (() => void)[] = [];
  readonly #inband = new InbandDigits(() => this.#finishDigits());
  #sockets: SessionSockets | undefined;
  #receiver: PacketReceiver | undefined;
  #stream: SessionStream | undefined;
  #received = new Int16Array(80);
  /** When the sound is due that follows the packet that opened the path. */
  #soundDueMs: number | undefined;

  constructor(options: MediaSessionOptions) {
    this.#options = options;
    this.sessionId = options.sessionId;
    this.playsToDevice = options.config.playsToDevice;
    const { runtime, config, source, resamplers, emit, sessionId, onPosition } = options;
    this.#sound = new SentSound({ source, resamplers, onEnded: () => emit('sourceEnded', { sessionId }) });
    this.#telling = new SessionTelling({
      sessionId,
      runtime,
      emit,
      statistics: () => this.statistics(),
      resume: () => this.#resume(),
      onPosition,
    });
    const random32 = (): number => Buffer.from(runtime.randomBytes(4)).readUInt32BE();
    // RFC 3550 §5.1: SSRC, first sequence number and first timestamp are random.
    const position = config.resume?.position ?? {
      ssrc: random32(),
      sequence: random32() & 0x7fff,
      timestamp: random32(),
    };
    this.#secure = this.#createSecurePath();
    this.#ice = new IcePath({
      runtime,
      local: config.ice,
      isResumed: config.resume?.position !== undefined,
      silentServers: options.silentServers,
      onFound: (found) => emit('pathFound', { sessionId, ...found }),
      onLost: (reason) => emit('pathLost', { sessionId, reason }),
    });
    this.#sender = new PacketSender({
      position,
      send: (packet, onSent) => this.#secure.sendRtp(packet, onSent),
      isDropped: () => this.sendLossFraction > 0 && runtime.random() < this.sendLossFraction,
      onDigitsSent: () => this.#finishDigits(),
    });
    this.#adaptation = new SendAdaptation(this.#sender);
    this.#reporter = new RtcpReporter({
      runtime,
      ssrc: position.ssrc,
      cname: config.cname,
      send: (bytes) => this.#secure.sendRtcp(bytes),
      sender: () => this.#senderFigures(),
      reception: () => this.#receiver?.tracker.takeReport(),
      heard: () => heardSource(this.#receiver?.tracker.ssrc, this.statistics(), config.jitter?.maximumMs),
      onReport: (report) => this.#adaptation.take(report),
    });
  }

  /** Whether frames flow: after the first exchange, or as soon as something is recorded. */
  get isRunning(): boolean {
    return this.#stream !== undefined || this.recorder !== undefined;
  }

  get usesMicrophone(): boolean {
    return this.#sound.usesMicrophone;
  }

  get #isSending(): boolean {
    return this.#stream?.direction === 'sendReceive' || this.#stream?.direction === 'sendOnly';
  }

  get #isReceiving(): boolean {
    return this.#stream?.direction === 'sendReceive' || this.#stream?.direction === 'receiveOnly';
  }

  /** Records from now on; false when another recorder was faster. */
  setRecorder(recorder: SessionRecorder): boolean {
    if (this.recorder) return false;
    this.recorder = recorder;
    return true;
  }

  /** The even ports that its sockets may have. */
  get portRange(): SessionConfig['portRange'] {
    return this.#options.config.portRange;
  }

  /** Takes the sockets over; others that it had are closed, and the stream goes on by the new ones. */
  attach(sockets: SessionSockets): void {
    const before = this.#sockets;
    this.#sockets = sockets;
    sockets.user = this;
    if (this.#stream) sockets.setStream(this.#stream);
    this.#ice.attach(sockets);
    before?.close();
  }

  /** Takes over an exchange; the first one that allows it sends a packet at once. */
  setStream(stream: SessionStream): void {
    const wasSending = this.#isSending;
    const codecs = new Map<number, Codec>();
    for (const config of stream.codecs)
      codecs.set(config.receivePayloadType ?? config.payloadType, this.#options.codecs.create(config));
    const [config] = stream.codecs;
    const codec = codecs.get(config.receivePayloadType ?? config.payloadType) ?? this.#options.codecs.create(config);
    this.#stream = stream;
    this.#setRate(codec.sampleRateHz);
    this.#sockets?.setStream(stream);
    this.#ice.setStream(stream);
    this.#secure.setStream(stream);
    this.#sender.setStream(stream, codec);
    this.#adaptation.setCodec(config);
    const settings = {
      clockRateHz: config.clockRateHz,
      rateHz: this.rateHz,
      codecs,
      eventPayloadType: stream.telephoneEvent?.payloadType,
      // RFC 3551 §6: 13 is comfort noise at 8 kHz without being named. INTEROP: gateways send it without having agreed on it.
      comfortNoisePayloadType: stream.comfortNoisePayloadType ?? (config.clockRateHz === 8000 ? 13 : undefined),
      jitter: this.#options.config.jitter,
    };
    if (this.#receiver) this.#receiver.adjust(settings);
    else this.#receiver = this.#createReceiver(settings);
    this.#reporter.extended.setWanted(stream.extendedReports);
    this.#reporter.start();
    // The path to the peer is opened by the first packet, not by the first word.
    if (this.#isSending && !wasSending) {
      for (let ms = 0; ms < config.packetMs; ms += FRAME_MS) this.sendFrame(undefined);
      this.#soundDueMs = this.#options.runtime.nowMs() + config.packetMs;
    }
  }

  #createSecurePath(): SecurePath {
    const { runtime, config, emit, sessionId } = this.#options;
    return new SecurePath({
      runtime,
      resume: config.resume,
      sockets: () => this.#sockets,
      onAgreed: ({ suite }) => {
        emit('encryptionAgreed', { sessionId, suite });
        this.#telling.forgetPosition();
      },
      onFailed: (message) => emit('encryptionFailed', { sessionId, message }),
    });
  }

  setSource(source: LoadedSource): void {
    this.#sound.setSource(source);
  }

  /** Resolves when the digits are sent, as events or else as sound; undefined when nothing is sent at all. */
  sendDigits(digits: string): Promise<void> | undefined {
    if (!this.#isSending) return undefined;
    if (!this.#sender.queueDigits(digits)) this.#inband.queue(digits);
    return new Promise((resolve) => this.#digitWaiters.push(resolve));
  }

  onRtp(bytes: Uint8Array, from: SocketAddress): void {
    const plain = this.#secure.receiveRtp(bytes);
    const packet = plain && this.#receiver?.parse(plain);
    const isPeers = packet && (this.#secure.isOn || this.#receiver?.tracker.isContinuedBy(packet));
    if (!packet || !(this.#ice.mayHear(from) ?? this.#sockets?.latch.accept(from, isPeers))) return;
    this.#receiver?.receive(packet, this.#options.runtime.nowMs());
  }

  onDtls(bytes: Uint8Array, from: SocketAddress): void {
    const mayHear = this.#ice.mayHear(from);
    if (mayHear === true) this.#secure.receiveDtls(bytes);
    if (mayHear !== undefined) return;
    const latch = this.#sockets?.latch;
    if (latch?.mayHear(from)) this.#secure.receiveDtls(bytes, () => latch.follow(from));
  }

  /** RFC 8445 §5.1.1.2 */
  findCandidates(servers: IceServers): Promise<readonly IceCandidate[]> {
    return this.#ice.findCandidates(servers);
  }

  onStun(bytes: Uint8Array, component: Component, from: SocketAddress, base: Base): void {
    this.#ice.receive(bytes, component, from, base);
  }

  onRtcp(bytes: Uint8Array): void {
    const plain = this.#secure.receiveRtcp(bytes);
    if (plain) this.#reporter.receive(plain);
  }

  /** The next 10 ms of the peer; the view is valid until the next call. */
  receiveFrame(): Int16Array {
    const frame = this.#received;
    this.#receiver?.pull(frame, this.#options.runtime.nowMs());
    if (!this.#isReceiving) frame.fill(0);
    this.#hearDigit(frame);
    this.#telling.receivedLevel.add(frame);
    this.recorder?.addReceived(frame, this.rateHz);
    this.#telling.tick();
    return this.recorder?.announceHere(frame, this.rateHz) ?? frame;
  }

  /**
   * Sends the next 10 ms: of the microphone when given, else of the source; muted or without one, silence. What a
   * conference has mixed goes as it is: the microphone of a muted member is left out there, the others are not.
   */
  sendFrame(captured: Int16Array | undefined, isMixed = false): void {
    this.#skipOpening();
    const voice = this.#sound.next(captured, this.#received, this.isMuted && !isMixed);
    const spoken = this.#inband.replace(voice, this.rateHz);
    const frame = this.recorder?.announceToPeer(spoken, this.rateHz) ?? spoken;
    this.#telling.sentLevel.add(frame);
    this.recorder?.addSent(frame, this.rateHz);
    this.#sender.add(frame, !this.#isSending);
  }

  statistics(): SessionStatistics {
    const codec = this.#stream?.codecs[0] ?? NO_CODEC;
    const { failures } = this.#secure;
    const figures = sessionStatistics(codec, this.#sender, this.#receiver, this.#reporter);
    const place = this.#sockets && this.#stream && this.#placeOf(this.#sockets, this.#stream);
    const ice = this.#ice.figures;
    return { ...figures, ...(place && { place }), ...(failures && { srtp: failures }), ...(ice && { ice }) };
  }

  async stopRecording(end: RecordingEnd): Promise<RecordingSummary | undefined> {
    const recorder = this.recorder;
    this.recorder = undefined;
    return await recorder?.stop(end);
  }

  async close(): Promise<SessionStatistics> {
    const statistics = this.statistics();
    await this.stopRecording('sessionClosed');
    this.#reporter.close();
    this.#secure.close();
    this.#ice.close();
    this.#sockets?.close();
    this.#sender.close();
    this.#receiver?.close();
    this.#sound.close();
    this.#stream = undefined;
    this.#finishDigits();
    return statistics;
  }

  /** RFC 3550 §5.1: the timestamp follows the time of sampling, also across a microphone's opening. */
  #skipOpening(): void {
    if (this.#soundDueMs === undefined) return;
    const gapMs = this.#options.runtime.nowMs() - this.#soundDueMs;
    this.#soundDueMs = undefined;
    if (gapMs > GAP_MS) this.#sender.skip(gapMs);
  }

  #finishDigits(): void {
    for (const waiter of this.#digitWaiters.splice(0)) waiter();
  }

  /** Only where no events were negotiated: who sends both must not be heard twice. */
  #hearDigit(frame: Int16Array): void {
    if (!this.#stream || this.#stream.telephoneEvent) return;
    const digit = this.#inband.hear(frame, this.rateHz);
    if (digit !== undefined) this.#options.emit('digitReceived', { sessionId: this.sessionId, digit });
  }

  #createReceiver(settings: ConstructorParameters<typeof PacketReceiver>[0]): PacketReceiver {
    const { emit, sessionId, resamplers } = this.#options;
    return new PacketReceiver(settings, resamplers, {
      onDigit: (digit) => emit('digitReceived', { sessionId, digit }),
      onFirstPacket: () => emit('mediaStarted', { sessionId }),
    });
  }

  #setRate(rateHz: number): void {
    if (this.rateHz === rateHz && this.#received.length * 100 === rateHz) return;
    this.rateHz = rateHz;
    this.#received = new Int16Array(rateHz / 100);
    this.#sound.setRate(rateHz);
  }

  #placeOf({ localRtp, remoteRtp: found }: SessionSockets, { remoteRtp, codecs: [codec] }: SessionStream): StreamPlace {
    const remoteSsrc = this.#receiver?.tracker.ssrc;
    const { payloadType, packetMs } = codec;
    const ends = { local: localRtp, localSsrc: this.#sender.position.ssrc, remote: found ?? remoteRtp };
    return { ...ends, payloadType, packetMs, ...(remoteSsrc !== undefined && { remoteSsrc }) };
  }

  #senderFigures(): { rtpTimestamp: number; packetCount: number; octetCount: number } | undefined {
    const { sentPackets, sentOctets, position } = this.#sender;
    if (sentPackets === 0) return undefined;
    return { rtpTimestamp: position.timestamp, packetCount: sentPackets, octetCount: sentOctets };
  }

  #resume(): SessionResume | undefined {
    const { sessionId } = this;
    const rtpPort = this.#sockets?.localRtp.port;
    return rtpPort === undefined
      ? undefined
      : { sessionId, rtpPort, position: this.#sender.position, ...this.#secure.position };
  }
}
