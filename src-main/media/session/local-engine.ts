// The media engine in this very process: what the media process runs, and what unit tests drive.
import { ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import type { TypedEmitter } from '../../base/typed-emitter.ts';
import type { CodecLibrary } from '../codec/index.ts';
import type { loadPortAudio, WindowLine } from '../device/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import type { SoundKey } from '../recording/index.ts';
import { areDigits, type Network } from '../rtp/index.ts';
import type { AudioHub } from './audio-hub.ts';
import { DeviceSelection } from './device-selection.ts';
import { done, fail, noSuchSession, type Answer } from './engine-answers.ts';
import { FileTasks } from './file-tasks.ts';
import type * as Media from './media-engine.ts';
import type { MediaSession } from './media-session.ts';
import type * as Config from './session-config.ts';
import type { SessionStatistics } from './session-figures.ts';
import { SessionOpening } from './session-opening.ts';
import { SessionOrder } from './session-order.ts';
import { SessionRecording } from './session-recording.ts';
import type { SessionTable } from './session-table.ts';
import { SoundKeys } from './sound-keys.ts';
import { SourceFiles } from './source-files.ts';
import { streamProblem } from './stream-check.ts';

/** What an engine is made of, ready to be used. */
export interface LocalEngineParts {
  readonly audio: Media.AudioSpec;
  readonly runtime: Runtime;
  readonly network?: Network;
  readonly loadDriver?: typeof loadPortAudio;
  readonly onPosition?: (resume: Config.SessionResume) => void;
  readonly onKept?: (kept: Config.KeptPlaces) => void;
  readonly events: TypedEmitter<Media.MediaEvents>;
  readonly codecs: CodecLibrary;
  readonly resamplers: ResamplerFactory;
  readonly hub: AudioHub;
  readonly window: WindowLine;
  readonly sessions: SessionTable;
}

export class LocalEngine implements Media.MediaEngine {
  readonly events: TypedEmitter<Media.MediaEvents>;
  readonly #window: WindowLine;
  readonly #runtime: Runtime;
  readonly #hub: AudioHub;
  readonly #sessions: SessionTable;
  readonly #opening: SessionOpening;
  readonly #recording: SessionRecording;
  readonly #devices: DeviceSelection;
  readonly #fileTasks: FileTasks;
  readonly #soundKeys = new SoundKeys();
  readonly #files = new SourceFiles(this.#soundKeys);
  readonly #order = new SessionOrder();

  constructor(parts: LocalEngineParts) {
    const { runtime, codecs, resamplers, events, sessions, onPosition, onKept } = parts;
    this.events = events;
    this.#window = parts.window;
    this.#runtime = runtime;
    this.#hub = parts.hub;
    this.#sessions = sessions;
    this.#opening = new SessionOpening({
      network: parts.network,
      files: this.#files,
      sessions,
      shared: {
        ...{ runtime, codecs, resamplers },
        emit: (name, payload) => events.emit(name, payload),
        onPosition: (resume) => onPosition?.(resume),
        onKept: (kept) => onKept?.(kept),
      },
    });
    this.#recording = new SessionRecording({
      ...{ runtime, codecs, resamplers, sessions, soundKeys: this.#soundKeys },
      onEnded: (sessionId, recording) => events.emit('recordingEnded', { sessionId, recording }),
    });
    this.#fileTasks = new FileTasks({
      ...{ runtime, codecs, resamplers, soundKeys: this.#soundKeys, hub: parts.hub },
      onStarted: (file) => events.emit('fileStarted', { file }),
      onJumped: (positionMs) => events.emit('fileJumped', { positionMs }),
    });
    this.#devices = new DeviceSelection({ ...parts, spec: parts.audio });
  }

  reservePorts(place: Config.PortPlace): Answer<SocketAddress> {
    return this.#opening.reserve(place);
  }

  openSession(config: Config.SessionConfig): Answer<Config.SessionOpened> {
    const sessionId = config.resume?.sessionId ?? randomToken(this.#runtime);
    return this.#order.begin(sessionId, () => this.#opening.open(sessionId, config));
  }

  moveSession(sessionId: string, localAddress: string): Answer<Config.SessionOpened> {
    return this.#order.begin(sessionId, () => this.#opening.move(sessionId, localAddress));
  }

  findCandidates(sessionId: string, servers: Media.IceServers): Answer<readonly Config.IceCandidate[]> {
    return this.#ask(sessionId, async (session) => ok(await session.findCandidates(servers)));
  }

  setStream(sessionId: string, stream: Config.SessionStream): Answer {
    const problem = streamProblem(stream);
    if (problem !== undefined) return Promise.resolve(fail('invalid', problem));
    return this.#change(sessionId, (session) => session.setStream(stream));
  }

  setSource(sessionId: string, source: Config.SendSource): Answer {
    return this.#order.begin(sessionId, async () => {
      const loaded = await this.#files.load(source);
      return loaded.ok ? this.#changeNow(sessionId, (session) => session.setSource(loaded.value)) : loaded;
    });
  }

  setMuted(sessionId: string, isMuted: boolean): Answer {
    return this.#change(sessionId, (session) => (session.isMuted = isMuted));
  }

  setVolume(sessionId: string, volume: number): Answer {
    if (!(volume >= 0 && volume <= 2)) return Promise.resolve(fail('invalid', 'a volume is from 0 to 2'));
    return this.#change(sessionId, (session) => (session.volume = volume));
  }

  setPlaysToDevice(sessionId: string, playsToDevice: boolean): Answer {
    return this.#change(sessionId, (session) => (session.playsToDevice = playsToDevice));
  }

  setSendLoss(sessionId: string, lossFraction: number): Answer {
    if (!(lossFraction >= 0 && lossFraction <= 1)) return Promise.resolve(fail('invalid', 'a loss is from 0 to 1'));
    return this.#change(sessionId, (session) => (session.sendLossFraction = lossFraction));
  }

  async sendDigits(sessionId: string, digits: string): Answer {
    if (!areDigits(digits)) return fail('invalid', 'digits are 0-9, *, #, A-D and the comma');
    return this.#ask(sessionId, async (session) => {
      const sending = session.sendDigits(digits);
      if (!sending) return fail('notNegotiated', 'nothing is sent to the peer now');
      await sending;
      return done;
    });
  }

  startRecording(sessionId: string, config: Config.RecordingConfig): Answer {
    return this.#order.begin(sessionId, () => this.#recording.start(sessionId, config));
  }

  loosenRecording(sessionId: string): Answer {
    return this.#change(sessionId, (session) => session.recorder?.loosen());
  }

  stopRecording(sessionId: string): Answer<Config.RecordingSummary> {
    return this.#order.begin(sessionId, () => this.#recording.stop(sessionId));
  }

  getStatistics(sessionId: string): Answer<SessionStatistics> {
    return this.#ask(sessionId, (session) => ok(session.statistics()));
  }

  closeSession(sessionId: string): Answer<SessionStatistics> {
    return this.#order.begin(sessionId, async () => {
      const session = this.#sessions.get(sessionId);
      if (!session) return noSuchSession(sessionId);
      this.#sessions.remove(session);
      return ok(await session.close());
    });
  }

  playTone(role: 'speaker' | 'ringer', tone: Config.ToneName): Answer {
    this.#hub.setTone(role, tone);
    return Promise.resolve(done);
  }

  stopTone(role: 'speaker' | 'ringer'): Answer {
    this.#hub.setTone(role, undefined);
    return Promise.resolve(done);
  }

  playFile(file: string, options: Media.PlayOptions = {}): Answer {
    return this.#fileTasks.play(file, options);
  }

  stopFile(): Answer {
    return this.#fileTasks.stop();
  }

  exportFile(wav: string, file: string, format: Config.SoundFormat): Answer {
    return this.#fileTasks.export(wav, file, format);
  }

  measureFile(file: string): Answer<readonly number[]> {
    return this.#fileTasks.measure(file);
  }

  setSoundKeys(keys: readonly SoundKey[]): Answer {
    this.#soundKeys.set(keys);
    return Promise.resolve(done);
  }

  takeFromWindow(told: Media.WindowTold): void {
    this.#window.take(told);
  }

  listDevices(): Answer<readonly Media.AudioDevice[]> {
    return Promise.resolve(this.#devices.list());
  }

  selectDevice(role: Media.DeviceRole, name: string): Answer {
    return this.#devices.selectDevice(role, name);
  }

  selectBackend(kind: 'portaudio' | 'webaudio'): Answer {
    return this.#devices.selectBackend(kind);
  }

  getAudioStatus(): Answer<Media.AudioStatus> {
    return Promise.resolve(this.#devices.status());
  }

  setConference(sessionIds: readonly string[]): Answer {
    const sessions = sessionIds.flatMap((sessionId) => this.#sessions.get(sessionId) ?? []);
    if (sessions.length < sessionIds.length) return Promise.resolve(noSuchSession(sessionIds.join(', ')));
    this.#hub.setConference(sessions);
    this.#sessions.update();
    return Promise.resolve(done);
  }

  async close(): Promise<void> {
    await Promise.all(this.#sessions.all().map((session) => this.closeSession(session.sessionId)));
    this.#opening.close();
    await this.#hub.close();
    this.events.removeAll();
  }

  /** What is asked of a session follows what was begun for it. */
  #ask<T>(sessionId: string, ask: (session: MediaSession) => Result<T, Media.MediaFailure> | Answer<T>): Answer<T> {
    return this.#order.follow(sessionId, () => {
      const session = this.#sessions.get(sessionId);
      return session ? ask(session) : noSuchSession(sessionId);
    });
  }

  #change(sessionId: string, change: (session: MediaSession) => void): Answer {
    return this.#order.follow(sessionId, () => this.#changeNow(sessionId, change));
  }

  #changeNow(sessionId: string, change: (session: MediaSession) => void): Result<void, Media.MediaFailure> {
    const session = this.#sessions.get(sessionId);
    if (!session) return noSuchSession(sessionId);
    change(session);
    this.#sessions.update();
    return done;
  }
}
