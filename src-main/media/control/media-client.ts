// The phone's side of the media process: the engine by messages, and its supervision.
import type { Logger } from '../../base/logger.ts';
import { ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import type * as Media from '../session/index.ts';
import type { Answer, Loss, MediaLinkUser } from './media-link.ts';
import type { MediaPort } from './media-port.ts';
import { MediaSupervisor } from './media-supervisor.ts';
import { ProcessDevices } from './process-devices.ts';
import { SessionMemory } from './session-memory.ts';
import { restoreSession } from './session-restore.ts';
import { SparePorts } from './spare-ports.ts';

export interface MediaClientOptions {
  /** Starts one media process. */
  readonly openPort: () => MediaPort;
  readonly audio: Media.AudioSpec;
  readonly runtime: Runtime;
  readonly logger: Logger;
}

/** Starts the media process when it is first asked for something; what is asked before it is ready waits. */
export const createMediaClient = (options: MediaClientOptions): Media.MediaEngine => new MediaClient(options);

class MediaClient implements Media.MediaEngine {
  readonly events: TypedEmitter<Media.MediaEvents>;
  readonly #options: MediaClientOptions;
  readonly #process: MediaSupervisor;
  readonly #sessions = new SessionMemory();
  readonly #spare = new SparePorts((place) => this.reservePorts(place));
  readonly #tones = new Map<'speaker' | 'ringer', Media.ToneName>();
  readonly #devices: ProcessDevices;
  #conference: readonly string[] = [];
  #soundKeys: readonly Media.SoundKey[] = [];

  constructor(options: MediaClientOptions) {
    this.#options = options;
    this.#process = new MediaSupervisor({
      ...options,
      audio: () => this.#devices.nextAudio(),
      told: () => this.#devices.windowTold(),
      onMessage: (message) => this.#onMessage(message),
      onLost: (loss) => this.#onLost(loss),
      onRestarted: (reason) => void this.#restore(reason),
    });
    this.#devices = new ProcessDevices({
      ...options,
      process: this.#process,
      isInUse: () => this.#tones.size > 0 || !this.#sessions.isEmpty,
    });
    this.events = new TypedEmitter(options.logger);
  }

  reservePorts(place: Media.PortPlace): Promise<Answer<'reservePorts'>> {
    return this.#process.call('reservePorts', { localAddress: place.localAddress, portRange: place.portRange });
  }

  async openSession(config: Media.SessionConfig): Promise<Result<Media.SessionOpened, Media.MediaFailure>> {
    this.#devices.noteUse();
    // A file may be missing, and that must be known first.
    const spare = config.source.kind === 'file' ? undefined : this.#spare.take(config);
    if (spare) return ok(this.#openOnSpare(config, spare));
    const opened = await this.#process.call('openSession', config);
    if (opened.ok) this.#sessions.add(opened.value.sessionId, config, opened.value.rtp.port);
    return opened;
  }

  async moveSession(sessionId: string, localAddress: string): Promise<Answer<'moveSession'>> {
    const moved = await this.#process.call('moveSession', sessionId, localAddress);
    if (!moved.ok) return moved;
    this.#sessions.change(sessionId, (session) => {
      session.config = { ...session.config, localAddress };
      session.rtpPort = moved.value.rtp.port;
      session.way = [];
    });
    return moved;
  }

  findCandidates(sessionId: string, servers: Media.IceServers): Promise<Answer<'findCandidates'>> {
    this.#sessions.change(sessionId, (session) => (session.turn = servers.turn ?? session.turn));
    return this.#process.call('findCandidates', sessionId, servers);
  }

  setStream(sessionId: string, stream: Media.SessionStream): Promise<Answer<'setStream'>> {
    this.#sessions.change(sessionId, (session) => (session.stream = stream));
    return this.#process.call('setStream', sessionId, stream);
  }

  setSource(sessionId: string, source: Media.SendSource): Promise<Answer<'setSource'>> {
    this.#sessions.change(sessionId, (session) => (session.source = source));
    return this.#process.call('setSource', sessionId, source);
  }

  setMuted(sessionId: string, isMuted: boolean): Promise<Answer<'setMuted'>> {
    this.#sessions.change(sessionId, (session) => (session.isMuted = isMuted));
    return this.#process.call('setMuted', sessionId, isMuted);
  }

  setVolume(sessionId: string, volume: number): Promise<Answer<'setVolume'>> {
    this.#sessions.change(sessionId, (session) => (session.volume = volume));
    return this.#process.call('setVolume', sessionId, volume);
  }

  setPlaysToDevice(sessionId: string, playsToDevice: boolean): Promise<Answer<'setPlaysToDevice'>> {
    this.#sessions.change(sessionId, (session) => (session.playsToDevice = playsToDevice));
    return this.#process.call('setPlaysToDevice', sessionId, playsToDevice);
  }

  setSendLoss(sessionId: string, lossFraction: number): Promise<Answer<'setSendLoss'>> {
    this.#sessions.change(sessionId, (session) => (session.sendLossFraction = lossFraction));
    return this.#process.call('setSendLoss', sessionId, lossFraction);
  }

  sendDigits(sessionId: string, digits: string): Promise<Answer<'sendDigits'>> {
    return this.#process.call('sendDigits', sessionId, digits);
  }

  async startRecording(sessionId: string, config: Media.RecordingConfig): Promise<Answer<'startRecording'>> {
    const started = await this.#process.call('startRecording', sessionId, config);
    if (started.ok) this.#sessions.change(sessionId, (session) => (session.recordingFile = config.file));
    return started;
  }

  loosenRecording(sessionId: string): Promise<Answer<'loosenRecording'>> {
    return this.#process.call('loosenRecording', sessionId);
  }

  stopRecording(sessionId: string): Promise<Answer<'stopRecording'>> {
    return this.#process.call('stopRecording', sessionId);
  }

  getStatistics(sessionId: string): Promise<Answer<'getStatistics'>> {
    return this.#process.call('getStatistics', sessionId);
  }

  closeSession(sessionId: string): Promise<Answer<'closeSession'>> {
    this.#sessions.forget(sessionId);
    this.#conference = this.#conference.filter((member) => member !== sessionId);
    return this.#process.call('closeSession', sessionId);
  }

  playTone(role: 'speaker' | 'ringer', tone: Media.ToneName): Promise<Answer<'playTone'>> {
    this.#tones.set(role, tone);
    this.#devices.noteUse();
    return this.#process.call('playTone', role, tone);
  }

  stopTone(role: 'speaker' | 'ringer'): Promise<Answer<'stopTone'>> {
    this.#tones.delete(role);
    return this.#process.call('stopTone', role);
  }

  playFile(file: string, options: Media.PlayOptions = {}): Promise<Answer<'playFile'>> {
    return this.#process.call('playFile', file, options);
  }

  exportFile(wav: string, file: string, format: Media.SoundFormat): Promise<Answer<'exportFile'>> {
    return this.#process.call('exportFile', wav, file, format);
  }

  measureFile(file: string): Promise<Answer<'measureFile'>> {
    return this.#process.call('measureFile', file);
  }

  stopFile(): Promise<Answer<'stopFile'>> {
    return this.#process.call('stopFile');
  }

  /** WHY: a process that was not told before its first recording would refuse it. */
  setSoundKeys(keys: readonly Media.SoundKey[]): Promise<Answer<'setSoundKeys'>> {
    this.#soundKeys = keys;
    return this.#process.call('setSoundKeys', keys);
  }

  takeFromWindow(told: Media.WindowTold): void {
    this.#devices.takeFromWindow(told);
  }

  listDevices(): Promise<Answer<'listDevices'>> {
    return this.#devices.list();
  }

  selectDevice(role: Media.DeviceRole, name: string): Promise<Answer<'selectDevice'>> {
    return this.#devices.select(role, name);
  }

  selectBackend(backend: 'portaudio' | 'webaudio'): Promise<Answer<'selectBackend'>> {
    return this.#devices.selectBackend(backend);
  }

  getAudioStatus(): Promise<Answer<'getAudioStatus'>> {
    return this.#devices.status();
  }

  setConference(sessionIds: readonly string[]): Promise<Answer<'setConference'>> {
    this.#conference = sessionIds;
    return this.#process.call('setConference', sessionIds);
  }

  async close(): Promise<void> {
    this.#devices.close();
    await this.#process.close();
    this.events.removeAll();
  }

  #onMessage(message: Parameters<MediaLinkUser['onMessage']>[0]): void {
    switch (message.kind) {
      case 'event': {
        const { name, payload } = message;
        if (name === 'recordingEnded') this.#sessions.forgetRecording(payload as Media.MediaEvents['recordingEnded']);
        if (name === 'pathFound') this.#sessions.notePath(payload as Media.MediaEvents['pathFound']);
        if (name === 'audioChanged') this.#devices.noteStatus(payload as Media.AudioStatus);
        this.events.emit(name, payload as never);
        break;
      }
      case 'position':
        this.#sessions.notePosition(message.resume, this.#options.runtime.nowMs());
        break;
      case 'kept':
        this.#sessions.noteKept(message.kept);
        break;
      case 'stuck':
        this.#devices.noteStuck();
        this.#process.replace(message.reason);
        break;
    }
  }

  #onLost(loss: Loss): void {
    if (loss === 'notReady') this.#devices.noteDriverHung();
    else this.#spare.clear();
    // What a process waits for without an end is its device.
    if (loss === 'hung') this.#devices.noteStuck();
  }

  /** The ports are bound already: the call goes on while the media process hears of it. */
  #openOnSpare(config: Media.SessionConfig, rtp: SocketAddress): Media.SessionOpened {
    const sessionId = randomToken(this.#options.runtime);
    this.#sessions.add(sessionId, config, rtp.port);
    void this.#process.call('openSession', { ...config, resume: { sessionId, rtpPort: rtp.port } }).then((opened) => {
      if (opened.ok || opened.error.kind === 'engineLost') return;
      this.#sessions.forget(sessionId);
      this.#options.logger.error('a session could not be opened', { sessionId, ...opened.error });
    });
    return { sessionId, rtp, rtcp: { ...rtp, port: rtp.port + 1 } };
  }

  /** Another process goes on where the lost one was. */
  async #restore(reason: string): Promise<void> {
    const { runtime, logger } = this.#options;
    const restored = { process: this.#process, runtime, logger, events: this.events };
    if (this.#soundKeys.length > 0) await this.#process.call('setSoundKeys', this.#soundKeys);
    for (const [sessionId, session] of this.#sessions.all()) await restoreSession(sessionId, session, restored);
    for (const [role, tone] of this.#tones) await this.#process.call('playTone', role, tone);
    if (this.#conference.length > 0) await this.#process.call('setConference', this.#conference);
    this.events.emit('restarted', { reason });
    const audio = await this.getAudioStatus();
    if (audio.ok) this.events.emit('audioChanged', audio.value);
  }
}
