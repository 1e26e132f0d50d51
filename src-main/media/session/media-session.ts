// One session: sockets, send path, receive path, reports and recorder, driven in frames of 10 ms from outside.
import type { Runtime } from '../../base/runtime.ts';
import type { CodecLibrary } from '../codec/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import type { IceCandidate, SilentServers } from '../nat/index.ts';
import { heardSource } from './extended-reports.ts';
import type { IceServers, MediaEvents } from './media-engine.ts';
import { NetworkPath } from './network-path.ts';
import { OpeningGap } from './opening-gap.ts';
import type { KeptPlaces, RecordingEnd, RecordingSummary, SessionConfig } from './session-config.ts';
import type { SessionResume, SessionStream } from './session-config.ts';
import { SessionDigits } from './session-digits.ts';
import type { SessionStatistics } from './session-figures.ts';
import { PacketReceiver, type ReceiveSettings } from './packet-receiver.ts';
import { PacketSender } from './packet-sender.ts';
import { RtcpReporter, senderFigures } from './rtcp-reporter.ts';
import { SendAdaptation } from './send-adaptation.ts';
import { SentSound } from './sent-sound.ts';
import type { SessionRecorder } from './session-recorder.ts';
import type { SessionSockets } from './session-sockets.ts';
import { randomPosition, sessionResume } from './session-resume.ts';
import { sessionStatistics } from './session-statistics.ts';
import { WholeFrames } from './whole-frames.ts';
import { SessionTelling } from './session-telling.ts';
import type { LoadedSource } from './session-source.ts';
import { createStreamCodecs, receiveSettings } from './stream-codecs.ts';

const FRAME_MS = 10;

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
  /** Whenever it changes: which places at a relay a successor would go on with. */
  readonly onKept: (kept: KeptPlaces) => void;
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
  readonly #path: NetworkPath;
  readonly #sound: SentSound;
  readonly #telling: SessionTelling;
  readonly #openingGap: OpeningGap;
  readonly #digits = new SessionDigits();
  #receiver: PacketReceiver | undefined;
  #stream: SessionStream | undefined;
  #pulled = new Int16Array(80);
  #wholeFrames: WholeFrames;

  constructor(options: MediaSessionOptions) {
    this.#options = options;
    this.sessionId = options.sessionId;
    this.playsToDevice = options.config.playsToDevice;
    const { runtime, config, source, resamplers, emit, sessionId, onPosition } = options;
    this.#telling = new SessionTelling({
      ...{ sessionId, runtime, emit, onPosition },
      statistics: () => this.statistics(),
      resume: () => sessionResume(sessionId, this.#sender, this.#path),
    });
    const position = config.resume?.position ?? randomPosition(runtime);
    this.#sound = new SentSound({ source, resamplers, onEnded: () => emit('sourceEnded', { sessionId }) });
    this.#openingGap = new OpeningGap(runtime);
    this.#wholeFrames = this.#createWholeFrames();
    const path = new NetworkPath({
      ...options,
      onKept: (places) => options.onKept({ sessionId, places }),
      onKeys: () => this.#telling.forgetPosition(),
      onReport: (plain) => this.#reporter.receive(plain),
    });
    this.#path = path;
    this.#sender = new PacketSender({
      position,
      send: (packet, onSent) => path.secure.sendRtp(packet, onSent),
      isDropped: () => this.sendLossFraction > 0 && runtime.random() < this.sendLossFraction,
      onDigitsSent: () => this.#digits.finish(),
    });
    this.#adaptation = new SendAdaptation(this.#sender);
    this.#reporter = new RtcpReporter({
      runtime,
      ssrc: position.ssrc,
      cname: config.cname,
      send: (bytes) => path.secure.sendRtcp(bytes),
      sender: () => senderFigures(this.#sender),
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
    this.#path.attach(sockets);
  }

  /** RFC 8445 §5.1.1.2 */
  findCandidates(servers: IceServers): Promise<readonly IceCandidate[]> {
    return this.#path.findCandidates(servers);
  }

  /** Takes over an exchange; the first one that allows it sends a packet at once. */
  setStream(stream: SessionStream): void {
    const wasSending = this.#isSending;
    const codecs = createStreamCodecs(stream, this.#options.codecs);
    const [config] = stream.codecs;
    this.#stream = stream;
    this.#setRate(codecs.sent.sampleRateHz);
    this.#path.setStream(stream);
    this.#sender.setStream(stream, codecs.sent);
    this.#adaptation.setCodec(config);
    this.#setReceiver(receiveSettings(stream, codecs, this.#options.config.jitter));
    this.#reporter.extended.setWanted(stream.extendedReports);
    this.#reporter.start();
    // The path to the peer is opened by the first packet, not by the first word.
    if (this.#isSending && !wasSending) {
      for (let ms = 0; ms < config.packetMs; ms += FRAME_MS) this.sendFrame(undefined);
      this.#openingGap.begin(config.packetMs);
    }
  }

  setSource(source: LoadedSource): void {
    this.#sound.setSource(source);
  }

  /** Resolves when the digits are sent, as events or else as sound; undefined when nothing is sent at all. */
  sendDigits(digits: string): Promise<void> | undefined {
    return this.#isSending ? this.#digits.send(digits, this.#sender) : undefined;
  }

  /** The next 10 ms of the peer, or half of them; the view is valid until the next call. */
  receiveFrame(lengthMs = FRAME_MS): Int16Array {
    const frame = this.#pulled.subarray(0, (this.rateHz * lengthMs) / 1000);
    this.#receiver?.pull(frame, this.#options.runtime.nowMs());
    if (!this.#isReceiving) frame.fill(0);
    this.#wholeFrames.add(frame);
    return this.recorder?.announceHere(frame, this.rateHz) ?? frame;
  }

  /**
   * Sends the next 10 ms: of the microphone when given, else of the source; muted or without one, silence. What a
   * conference has mixed goes as it is: the microphone of a muted member is left out there, the others are not.
   */
  sendFrame(captured: Int16Array | undefined, isMixed = false): void {
    const gapMs = this.#openingGap.takeMs();
    if (gapMs > 0) this.#sender.skip(gapMs);
    const voice = this.#sound.next(captured, this.#wholeFrames.latest, this.isMuted && !isMixed);
    const spoken = this.#digits.inband.replace(voice, this.rateHz);
    const frame = this.recorder?.announceToPeer(spoken, this.rateHz) ?? spoken;
    this.#telling.sentLevel.add(frame);
    this.recorder?.addSent(frame, this.rateHz);
    this.#sender.add(frame, !this.#isSending);
  }

  statistics(): SessionStatistics {
    return sessionStatistics({
      ...{ stream: this.#stream, path: this.#path },
      ...{ sender: this.#sender, receiver: this.#receiver, reporter: this.#reporter },
    });
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
    this.#path.close();
    this.#sender.close();
    this.#receiver?.close();
    this.#sound.close();
    this.#stream = undefined;
    this.#digits.finish();
    return statistics;
  }

  #createWholeFrames(): WholeFrames {
    return new WholeFrames(this.rateHz / 100, (received) => {
      this.#hearDigit(received);
      this.#telling.receivedLevel.add(received);
      this.recorder?.addReceived(received, this.rateHz);
      this.#telling.tick();
    });
  }

  /** Only where no events were negotiated: who sends both must not be heard twice. */
  #hearDigit(frame: Int16Array): void {
    if (!this.#stream || this.#stream.telephoneEvent) return;
    const digit = this.#digits.inband.hear(frame, this.rateHz);
    if (digit !== undefined) this.#options.emit('digitReceived', { sessionId: this.sessionId, digit });
  }

  #setReceiver(settings: ReceiveSettings): void {
    if (this.#receiver) return this.#receiver.adjust(settings);
    const { emit, sessionId, resamplers } = this.#options;
    this.#receiver = new PacketReceiver(settings, resamplers, {
      onDigit: (digit) => emit('digitReceived', { sessionId, digit }),
      onFirstPacket: () => emit('mediaStarted', { sessionId }),
    });
    this.#path.receiver = this.#receiver;
  }

  #setRate(rateHz: number): void {
    if (this.rateHz === rateHz && this.#pulled.length * 100 === rateHz) return;
    this.rateHz = rateHz;
    this.#pulled = new Int16Array(rateHz / 100);
    this.#wholeFrames = this.#createWholeFrames();
    this.#sound.setRate(rateHz);
  }
}
