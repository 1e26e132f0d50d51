// The media engine in this very process: what the media process runs, and what unit tests drive.
import type { Logger } from '../../base/logger.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import { CodecLibrary } from '../codec/index.ts';
import { listPortAudioDevices, loadPortAudio, Pacer, WindowLine } from '../device/index.ts';
import { loadResamplerFactory, type ResamplerFactory } from '../dsp/index.ts';
import { readWav } from '../recording/index.ts';
import { SilentServers } from '../nat/index.ts';
import { areDigits, nodeNetwork, type Network } from '../rtp/index.ts';
import { AudioHub } from './audio-hub.ts';
import type * as Media from './media-engine.ts';
import { windowDevices, withBackend } from './window-devices.ts';
import { MediaSession } from './media-session.ts';
import { ReservedPorts } from './reserved-ports.ts';
import type {
  IceCandidate,
  PortPlace,
  RecordingConfig,
  RecordingSummary,
  SendSource,
  SessionConfig,
  SessionOpened,
  SessionResume,
  SessionStream,
  ToneName,
} from './session-config.ts';
import type { SessionStatistics } from './session-figures.ts';
import { SessionOrder } from './session-order.ts';
import { SessionRecorder } from './session-recorder.ts';
import type { LoadedSource } from './session-source.ts';
import { MAX_SESSIONS, SessionTable } from './session-table.ts';
import { SourceFiles } from './source-files.ts';
import { streamProblem } from './stream-check.ts';

export interface LocalEngineOptions {
  readonly audio: Media.AudioSpec;
  readonly runtime: Runtime;
  readonly logger: Logger;
  readonly network?: Network;
  /** Another sound driver than this machine's, for tests. */
  readonly loadDriver?: typeof loadPortAudio;
  /** Once a second and session: what a successor of this process would need. */
  readonly onPosition?: (resume: SessionResume) => void;
  /** The sound card hangs; whoever supervises this process should replace it. */
  readonly onDeviceStuck?: (reason: string) => void;
}

interface Failed {
  readonly ok: false;
  readonly error: Media.MediaFailure;
}

const fail = (kind: Media.MediaFailureKind, message: string): Failed => err({ kind, message });
const done = ok(undefined);

const WARM_UP_DELAY_MS = 100;

/** Starts an engine; resolves when codecs and sound are ready. */
export async function createLocalEngine(options: LocalEngineOptions): Promise<Media.MediaEngine> {
  const [resamplers, codecs] = await Promise.all([
    loadResamplerFactory(),
    CodecLibrary.load(() => options.runtime.nowMs()),
  ]);
  // WHY: after the engine is ready, so that its start does not wait, and before a call can have come.
  options.runtime.setTimer(WARM_UP_DELAY_MS, () => codecs.warmUp(), true);
  const events = new TypedEmitter<Media.MediaEvents>(options.logger);
  const pacer = new Pacer(options.runtime);
  const window = new WindowLine((message) => events.emit('window', message));
  const hub = await AudioHub.open({
    spec: options.audio,
    window,
    pacer,
    runtime: options.runtime,
    logger: options.logger,
    resamplers,
    ...(options.loadDriver && { loadDriver: options.loadDriver }),
    onChanged: (status) => events.emit('audioChanged', status),
    onDeviceStuck: (reason) => options.onDeviceStuck?.(reason),
    onMicrophone: (sessionId, event) => events.emit('microphone', { sessionId, event }),
  });
  return new LocalEngine({ ...options, resamplers, codecs, hub, window }, events, new SessionTable(pacer, hub));
}

interface Parts extends LocalEngineOptions {
  readonly resamplers: ResamplerFactory;
  readonly codecs: CodecLibrary;
  readonly hub: AudioHub;
  readonly window: WindowLine;
}

class LocalEngine implements Media.MediaEngine {
  readonly events: TypedEmitter<Media.MediaEvents>;
  readonly #options: Parts;
  readonly #hub: AudioHub;
  readonly #sessions: SessionTable;
  readonly #ports: ReservedPorts;
  readonly #silentServers: SilentServers;
  readonly #files = new SourceFiles();
  readonly #order = new SessionOrder();
  #spec: Media.AudioSpec;

  constructor(parts: Parts, events: TypedEmitter<Media.MediaEvents>, sessions: SessionTable) {
    this.#options = parts;
    this.events = events;
    this.#hub = parts.hub;
    this.#sessions = sessions;
    this.#silentServers = new SilentServers(parts.runtime);
    this.#ports = new ReservedPorts(parts.network ?? nodeNetwork, parts.runtime);
    this.#spec = parts.audio;
  }

  async reservePorts(place: PortPlace): Promise<Result<SocketAddress, Media.MediaFailure>> {
    const reserved = await this.#ports.reserve(place);
    return reserved.ok ? reserved : noFreePort(place);
  }

  openSession(config: SessionConfig): Promise<Result<SessionOpened, Media.MediaFailure>> {
    const sessionId = config.resume?.sessionId ?? randomToken(this.#options.runtime);
    return this.#order.begin(sessionId, () => this.#openSession(sessionId, config));
  }

  async #openSession(sessionId: string, config: SessionConfig): Promise<Result<SessionOpened, Media.MediaFailure>> {
    if (this.#sessions.size >= MAX_SESSIONS) return fail('invalid', `more than ${MAX_SESSIONS} sessions`);
    const source = await this.#loadSource(config.source);
    if (!source.ok) return source;
    const { runtime } = this.#options;
    const session = new MediaSession({
      sessionId,
      config,
      runtime,
      codecs: this.#options.codecs,
      resamplers: this.#options.resamplers,
      source: source.value,
      silentServers: this.#silentServers,
      emit: (name, payload) => this.events.emit(name, payload),
      onPosition: (resume) => this.#options.onPosition?.(resume),
    });
    const sockets = await this.#ports.take(config);
    if (!sockets.ok) return noFreePort(config);
    session.attach(sockets.value);
    this.#sessions.add(session);
    return ok({ sessionId, rtp: sockets.value.localRtp, rtcp: sockets.value.localRtcp });
  }

  moveSession(sessionId: string, localAddress: string): Promise<Result<SessionOpened, Media.MediaFailure>> {
    return this.#order.begin(sessionId, async () => {
      const session = this.#sessions.get(sessionId);
      if (!session) return noSuchSession(sessionId);
      const place = { localAddress, portRange: session.portRange };
      const sockets = await this.#ports.open(place);
      if (!sockets.ok) return noFreePort(place);
      session.attach(sockets.value);
      return ok({ sessionId, rtp: sockets.value.localRtp, rtcp: sockets.value.localRtcp });
    });
  }

  findCandidates(
    sessionId: string,
    servers: Media.IceServers,
  ): Promise<Result<readonly IceCandidate[], Media.MediaFailure>> {
    return this.#order.follow(sessionId, async () => {
      const session = this.#sessions.get(sessionId);
      return session ? ok(await session.findCandidates(servers)) : noSuchSession(sessionId);
    });
  }

  setStream(sessionId: string, stream: SessionStream): Promise<Result<void, Media.MediaFailure>> {
    const problem = streamProblem(stream);
    if (problem !== undefined) return Promise.resolve(fail('invalid', problem));
    return this.#change(sessionId, (session) => session.setStream(stream));
  }

  setSource(sessionId: string, source: SendSource): Promise<Result<void, Media.MediaFailure>> {
    return this.#order.begin(sessionId, async () => {
      const loaded = await this.#loadSource(source);
      return loaded.ok ? this.#changeNow(sessionId, (session) => session.setSource(loaded.value)) : loaded;
    });
  }

  setMuted(sessionId: string, isMuted: boolean): Promise<Result<void, Media.MediaFailure>> {
    return this.#change(sessionId, (session) => (session.isMuted = isMuted));
  }

  setVolume(sessionId: string, volume: number): Promise<Result<void, Media.MediaFailure>> {
    if (!(volume >= 0 && volume <= 2)) return Promise.resolve(fail('invalid', 'a volume is from 0 to 2'));
    return this.#change(sessionId, (session) => (session.volume = volume));
  }

  setPlaysToDevice(sessionId: string, playsToDevice: boolean): Promise<Result<void, Media.MediaFailure>> {
    return this.#change(sessionId, (session) => (session.playsToDevice = playsToDevice));
  }

  setSendLoss(sessionId: string, lossFraction: number): Promise<Result<void, Media.MediaFailure>> {
    if (!(lossFraction >= 0 && lossFraction <= 1)) return Promise.resolve(fail('invalid', 'a loss is from 0 to 1'));
    return this.#change(sessionId, (session) => (session.sendLossFraction = lossFraction));
  }

  async sendDigits(sessionId: string, digits: string): Promise<Result<void, Media.MediaFailure>> {
    if (!areDigits(digits)) return fail('invalid', 'digits are 0-9, *, #, A-D and the comma');
    return this.#order.follow(sessionId, async () => {
      const session = this.#sessions.get(sessionId);
      if (!session) return noSuchSession(sessionId);
      const sending = session.sendDigits(digits);
      if (!sending) return fail('notNegotiated', 'nothing is sent to the peer now');
      await sending;
      return done;
    });
  }

  startRecording(sessionId: string, config: RecordingConfig): Promise<Result<void, Media.MediaFailure>> {
    return this.#order.begin(sessionId, () => this.#startRecording(sessionId, config));
  }

  async #startRecording(sessionId: string, config: RecordingConfig): Promise<Result<void, Media.MediaFailure>> {
    const session = this.#sessions.get(sessionId);
    if (!session) return noSuchSession(sessionId);
    if (session.recorder) return fail('invalid', 'this session is being recorded already');
    const { runtime } = this.#options;
    const recorder = await SessionRecorder.open({
      config,
      runtime,
      codecs: this.#options.codecs,
      resamplers: this.#options.resamplers,
      onEnded: (recording) => {
        if (session.recorder === recorder) session.recorder = undefined;
        this.#sessions.update();
        this.events.emit('recordingEnded', { sessionId, recording });
      },
    });
    if (!recorder) return fail('badFile', `cannot write ${config.file}`);
    if (this.#sessions.get(sessionId) !== session || !session.setRecorder(recorder)) {
      await recorder.stop('sessionClosed');
      return noSuchSession(sessionId);
    }
    this.#sessions.update();
    return done;
  }

  loosenRecording(sessionId: string): Promise<Result<void, Media.MediaFailure>> {
    return this.#change(sessionId, (session) => session.recorder?.loosen());
  }

  stopRecording(sessionId: string): Promise<Result<RecordingSummary, Media.MediaFailure>> {
    return this.#order.begin(sessionId, async () => {
      const session = this.#sessions.get(sessionId);
      if (!session) return noSuchSession(sessionId);
      const summary = await session.stopRecording('stopped');
      this.#sessions.update();
      return summary ? ok(summary) : fail('invalid', 'this session is not being recorded');
    });
  }

  getStatistics(sessionId: string): Promise<Result<SessionStatistics, Media.MediaFailure>> {
    return this.#order.follow(sessionId, () => {
      const session = this.#sessions.get(sessionId);
      return session ? ok(session.statistics()) : noSuchSession(sessionId);
    });
  }

  closeSession(sessionId: string): Promise<Result<SessionStatistics, Media.MediaFailure>> {
    return this.#order.begin(sessionId, async () => {
      const session = this.#sessions.get(sessionId);
      if (!session) return noSuchSession(sessionId);
      this.#sessions.remove(session);
      return ok(await session.close());
    });
  }

  playTone(role: 'speaker' | 'ringer', tone: ToneName): Promise<Result<void, Media.MediaFailure>> {
    this.#hub.setTone(role, tone);
    return Promise.resolve(done);
  }

  stopTone(role: 'speaker' | 'ringer'): Promise<Result<void, Media.MediaFailure>> {
    this.#hub.setTone(role, undefined);
    return Promise.resolve(done);
  }

  async playFile(file: string, fromMs = 0): Promise<Result<void, Media.MediaFailure>> {
    const wav = await readWav(file, fromMs);
    if (!wav.ok) return fail(wav.error, `cannot read ${file}`);
    const playing = this.#hub.player.play(wav.value);
    this.#hub.update();
    await playing;
    return done;
  }

  stopFile(): Promise<Result<void, Media.MediaFailure>> {
    this.#hub.player.stop();
    this.#hub.update();
    return Promise.resolve(done);
  }

  takeFromWindow(told: Media.WindowTold): void {
    this.#options.window.take(told);
  }

  listDevices(): Promise<Result<readonly Media.AudioDevice[], Media.MediaFailure>> {
    if (this.#hub.status.backend === 'webaudio')
      return Promise.resolve(ok(windowDevices(this.#options.window.devices)));
    const loaded = (this.#options.loadDriver ?? loadPortAudio)();
    return Promise.resolve(loaded.ok ? ok(listPortAudioDevices(loaded.value)) : fail('deviceFailed', loaded.error));
  }

  async selectDevice(role: Media.DeviceRole, name: string): Promise<Result<void, Media.MediaFailure>> {
    const spec: Media.AudioSpec =
      this.#spec.kind === 'portaudio' || this.#spec.kind === 'webaudio'
        ? this.#spec
        : { kind: 'portaudio', isFallbackAllowed: true, ...(this.#spec.voice && { voice: this.#spec.voice }) };
    const names = { microphone: 'captureName', speaker: 'playbackName', ringer: 'ringerName' } as const;
    this.#spec = { ...spec, [names[role]]: name };
    await this.#hub.changeSpec(this.#spec);
    const { backend, reason } = this.#hub.status;
    return backend === 'portaudio' || backend === 'webaudio' ? done : fail('deviceFailed', reason);
  }

  async selectBackend(kind: 'portaudio' | 'webaudio'): Promise<Result<void, Media.MediaFailure>> {
    const spec = withBackend(this.#spec, kind);
    if (!spec) return fail('invalid', 'another kind of sound was asked for at the start');
    this.#spec = spec;
    await this.#hub.changeSpec(spec);
    return done;
  }

  getAudioStatus(): Promise<Result<Media.AudioStatus, Media.MediaFailure>> {
    const { isRefused, ...status } = this.#hub.status;
    return Promise.resolve(isRefused ? fail('deviceFailed', status.reason) : ok(status));
  }

  setConference(sessionIds: readonly string[]): Promise<Result<void, Media.MediaFailure>> {
    const sessions = sessionIds.flatMap((sessionId) => this.#sessions.get(sessionId) ?? []);
    if (sessions.length < sessionIds.length) return Promise.resolve(noSuchSession(sessionIds.join(', ')));
    this.#hub.setConference(sessions);
    this.#sessions.update();
    return Promise.resolve(done);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.all().map((session) => this.closeSession(session.sessionId)));
    this.#ports.close();
    await this.#hub.close();
    this.events.removeAll();
  }

  #change(sessionId: string, change: (session: MediaSession) => void): Promise<Result<void, Media.MediaFailure>> {
    return this.#order.follow(sessionId, () => this.#changeNow(sessionId, change));
  }

  #changeNow(sessionId: string, change: (session: MediaSession) => void): Result<void, Media.MediaFailure> {
    const session = this.#sessions.get(sessionId);
    if (!session) return noSuchSession(sessionId);
    change(session);
    this.#sessions.update();
    return done;
  }

  async #loadSource(source: SendSource): Promise<Result<LoadedSource, Media.MediaFailure>> {
    if (source.kind !== 'file') return ok(source);
    const wav = await this.#files.read(source.file);
    if (!wav.ok) return fail(wav.error, `cannot read ${source.file}`);
    const { isLooped, mixesMicrophone = false } = source;
    return ok({ kind: 'file', wav: wav.value, isLooped, mixesMicrophone });
  }
}

const noFreePort = ({ localAddress, portRange }: PortPlace): Failed =>
  fail('noFreePort', `no free port pair in ${portRange.join('-')} at ${localAddress}`);

const noSuchSession = (sessionId: string): Failed => fail('noSuchSession', `there is no session ${sessionId}`);
