// The phone's side of the media process: the engine by messages, and its supervision.
import type { Logger } from '../../base/logger.ts';
import { err, ok, type Result } from '../../base/result.ts';
import { randomToken, type Runtime, type Timer } from '../../base/runtime.ts';
import type { SocketAddress } from '../../base/socket-address.ts';
import { TypedEmitter } from '../../base/typed-emitter.ts';
import type * as Media from '../session/index.ts';
import { DeviceCare } from './device-care.ts';
import { engineLost, MediaLink, type Answer, type MediaLinkUser } from './media-link.ts';
import type { MediaPort } from './media-port.ts';
import type { FromServer, Method } from './messages.ts';
import { rememberSession, resumedConfig, type RememberedSession } from './session-memory.ts';
import { SparePorts } from './spare-ports.ts';
import { WindowMemory } from './window-memory.ts';

export interface MediaClientOptions {
  /** Starts one media process. */
  readonly openPort: () => MediaPort;
  readonly audio: Media.AudioSpec;
  readonly runtime: Runtime;
  readonly logger: Logger;
}

/** A live process is asked so often whether it still is. */
const HEARTBEAT_MS = 1000;
/** More deaths than this within a minute: it is tried again at leisure. */
const MAX_DEATHS = 8;
const LEISURE_MS = 10_000;
const DEATHS_WINDOW_MS = 60_000;
const RESTART_DELAY_MS = 50;

/** Starts the media process when it is first asked for something; what is asked before it is ready waits. */
export const createMediaClient = (options: MediaClientOptions): Media.MediaEngine => new MediaClient(options);

class MediaClient implements Media.MediaEngine, MediaLinkUser {
  readonly events: TypedEmitter<Media.MediaEvents>;
  readonly #options: MediaClientOptions;
  readonly #sessions = new Map<string, RememberedSession>();
  readonly #spare = new SparePorts((place) => this.reservePorts(place));
  readonly #tones = new Map<'speaker' | 'ringer', Media.ToneName>();
  readonly #window = new WindowMemory();
  readonly #deathsMs: number[] = [];
  readonly #devices: DeviceCare;
  #conference: readonly string[] = [];
  #link: MediaLink | undefined;
  #heartbeat: Timer | undefined;
  #isClosed = false;
  /** No device works and no window was there. */
  #isSilenced = false;

  constructor(options: MediaClientOptions) {
    this.#options = options;
    this.#devices = new DeviceCare({
      spec: options.audio,
      runtime: options.runtime,
      list: () => this.#listFresh().then((listed) => (listed.ok ? listed.value : undefined)),
      hasWindow: () => this.#window.isAttached,
      onReturned: (selections) => void this.#takeAgain(selections),
      onOthers: () => this.#link?.lose('the sound devices have changed'),
    });
    this.events = new TypedEmitter(options.logger);
  }

  async #start(): Promise<boolean> {
    const { spec } = this.#devices;
    this.#isSilenced = spec.kind === 'null' && this.#options.audio.kind !== 'null';
    const link = new MediaLink(this.#options.openPort(), spec, this.#options.runtime, this);
    this.#link = link;
    for (const told of this.#window.all()) link.tell(told);
    const isReady = await link.ready;
    if (isReady) this.#beat(link);
    return isReady;
  }

  reservePorts(place: Media.PortPlace): Promise<Answer<'reservePorts'>> {
    return this.#call('reservePorts', { localAddress: place.localAddress, portRange: place.portRange });
  }

  async openSession(config: Media.SessionConfig): Promise<Result<Media.SessionOpened, Media.MediaFailure>> {
    // A file may be missing, and that must be known first.
    const spare = config.source.kind === 'file' ? undefined : this.#spare.take(config);
    if (spare) return ok(this.#openOnSpare(config, spare));
    const opened = await this.#call('openSession', config);
    if (opened.ok) this.#sessions.set(opened.value.sessionId, rememberSession(config, opened.value.rtp.port));
    return opened;
  }

  async moveSession(sessionId: string, localAddress: string): Promise<Answer<'moveSession'>> {
    const moved = await this.#call('moveSession', sessionId, localAddress);
    if (!moved.ok) return moved;
    this.#remember(sessionId, (session) => {
      session.config = { ...session.config, localAddress };
      session.rtpPort = moved.value.rtp.port;
    });
    return moved;
  }

  findCandidates(sessionId: string, servers: Media.IceServers): Promise<Answer<'findCandidates'>> {
    return this.#call('findCandidates', sessionId, servers);
  }

  setStream(sessionId: string, stream: Media.SessionStream): Promise<Answer<'setStream'>> {
    this.#remember(sessionId, (session) => (session.stream = stream));
    return this.#call('setStream', sessionId, stream);
  }

  setSource(sessionId: string, source: Media.SendSource): Promise<Answer<'setSource'>> {
    this.#remember(sessionId, (session) => (session.source = source));
    return this.#call('setSource', sessionId, source);
  }

  setMuted(sessionId: string, isMuted: boolean): Promise<Answer<'setMuted'>> {
    this.#remember(sessionId, (session) => (session.isMuted = isMuted));
    return this.#call('setMuted', sessionId, isMuted);
  }

  setVolume(sessionId: string, volume: number): Promise<Answer<'setVolume'>> {
    this.#remember(sessionId, (session) => (session.volume = volume));
    return this.#call('setVolume', sessionId, volume);
  }

  setPlaysToDevice(sessionId: string, playsToDevice: boolean): Promise<Answer<'setPlaysToDevice'>> {
    this.#remember(sessionId, (session) => (session.playsToDevice = playsToDevice));
    return this.#call('setPlaysToDevice', sessionId, playsToDevice);
  }

  setSendLoss(sessionId: string, lossFraction: number): Promise<Answer<'setSendLoss'>> {
    this.#remember(sessionId, (session) => (session.sendLossFraction = lossFraction));
    return this.#call('setSendLoss', sessionId, lossFraction);
  }

  sendDigits(sessionId: string, digits: string): Promise<Answer<'sendDigits'>> {
    return this.#call('sendDigits', sessionId, digits);
  }

  async startRecording(sessionId: string, config: Media.RecordingConfig): Promise<Answer<'startRecording'>> {
    const started = await this.#call('startRecording', sessionId, config);
    if (started.ok) this.#remember(sessionId, (session) => (session.recordingFile = config.file));
    return started;
  }

  loosenRecording(sessionId: string): Promise<Answer<'loosenRecording'>> {
    return this.#call('loosenRecording', sessionId);
  }

  stopRecording(sessionId: string): Promise<Answer<'stopRecording'>> {
    return this.#call('stopRecording', sessionId);
  }

  getStatistics(sessionId: string): Promise<Answer<'getStatistics'>> {
    return this.#call('getStatistics', sessionId);
  }

  closeSession(sessionId: string): Promise<Answer<'closeSession'>> {
    this.#sessions.delete(sessionId);
    this.#conference = this.#conference.filter((member) => member !== sessionId);
    return this.#call('closeSession', sessionId);
  }

  playTone(role: 'speaker' | 'ringer', tone: Media.ToneName): Promise<Answer<'playTone'>> {
    this.#tones.set(role, tone);
    return this.#call('playTone', role, tone);
  }

  stopTone(role: 'speaker' | 'ringer'): Promise<Answer<'stopTone'>> {
    this.#tones.delete(role);
    return this.#call('stopTone', role);
  }

  playFile(file: string, fromMs?: number): Promise<Answer<'playFile'>> {
    return this.#call('playFile', file, fromMs);
  }

  stopFile(): Promise<Answer<'stopFile'>> {
    return this.#call('stopFile');
  }

  /** What is remembered is told to a process that starts later. */
  takeFromWindow(told: Media.WindowTold): void {
    this.#window.note(told);
    this.#link?.tell(told);
    if (told.kind === 'attached' && this.#isSilenced) this.#link?.lose('a window has come that lends its sound');
  }

  /** The window's devices while its sound is used; else those of this machine. */
  listDevices(): Promise<Answer<'listDevices'>> {
    return this.#window.isUsed ? this.#call('listDevices') : this.#listFresh();
  }

  /** Asks a process of its own: the list is fresh only where no stream is open. */
  async #listFresh(): Promise<Answer<'listDevices'>> {
    const { openPort, runtime } = this.#options;
    const link = new MediaLink(openPort(), { kind: 'null' }, runtime, { onMessage: () => {}, onLost: () => {} });
    const devices = (await link.ready) ? await link.call('listDevices', []) : engineLost('no devices were listed');
    link.lose('listed');
    return devices;
  }

  async selectDevice(role: Media.DeviceRole, name: string): Promise<Answer<'selectDevice'>> {
    const selected = await this.#call('selectDevice', role, name);
    if (selected.ok) this.#devices.choose(role, name);
    return selected;
  }

  async selectBackend(backend: 'portaudio' | 'webaudio'): Promise<Answer<'selectBackend'>> {
    const selected = await this.#call('selectBackend', backend);
    if (selected.ok) this.#devices.chooseBackend(backend);
    return selected;
  }

  async getAudioStatus(): Promise<Answer<'getAudioStatus'>> {
    const status = await this.#call('getAudioStatus');
    if (status.ok) this.#noteStatus(status.value);
    return status;
  }

  #noteStatus(status: Media.AudioStatus): void {
    this.#devices.noteStatus(status);
    this.#window.isUsed = status.backend === 'webaudio';
  }

  /** Devices that were missed have returned; the call moves to them. */
  async #takeAgain(selections: readonly (readonly [Media.DeviceRole, string])[]): Promise<void> {
    for (const [role, name] of selections) await this.#call('selectDevice', role, name);
  }

  setConference(sessionIds: readonly string[]): Promise<Answer<'setConference'>> {
    this.#conference = sessionIds;
    return this.#call('setConference', sessionIds);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#heartbeat?.cancel();
    this.#devices.close();
    await this.#link?.close();
    this.events.removeAll();
  }

  onMessage(message: Exclude<FromServer, { kind: 'answer' | 'ready' | 'closed' }>): void {
    switch (message.kind) {
      case 'event':
        if (message.name === 'recordingEnded') this.#forgetRecording(message.payload);
        if (message.name === 'pathFound') this.#notePath(message.payload as Media.MediaEvents['pathFound']);
        if (message.name === 'audioChanged') this.#noteStatus(message.payload as Media.AudioStatus);
        this.events.emit(message.name, message.payload as never);
        break;
      case 'position': {
        const { resume } = message;
        const atMs = this.#options.runtime.nowMs();
        this.#remember(resume.sessionId, (session) => {
          session.position = resume.position && { ...resume.position, atMs };
          session.srtp = resume.srtp;
          session.dtls = resume.dtls;
        });
        break;
      }
      case 'stuck':
        this.#devices.noteStuck();
        this.#link?.lose(message.reason);
        break;
    }
  }

  onLost(reason: string): void {
    this.#heartbeat?.cancel();
    this.#spare.clear();
    if (this.#isClosed) return;
    // A driver that takes the process with it before it is ready is no better than one that hangs.
    if (this.#link?.isReady === false) this.#devices.noteStuck();
    const nowMs = this.#options.runtime.nowMs();
    this.#deathsMs.push(nowMs);
    while (nowMs - (this.#deathsMs[0] ?? nowMs) > DEATHS_WINDOW_MS) this.#deathsMs.shift();
    this.#options.logger.error('the media process was lost', { reason, deaths: this.#deathsMs.length });
    const isHopeless = this.#deathsMs.length > MAX_DEATHS;
    const delayMs = isHopeless ? LEISURE_MS : RESTART_DELAY_MS * (this.#deathsMs.length - 1);
    this.#options.runtime.setTimer(delayMs, () => void this.#restart(reason));
  }

  /** The ports are bound already: the call goes on while the media process hears of it. */
  #openOnSpare(config: Media.SessionConfig, rtp: SocketAddress): Media.SessionOpened {
    const sessionId = randomToken(this.#options.runtime);
    this.#sessions.set(sessionId, rememberSession(config, rtp.port));
    void this.#call('openSession', { ...config, resume: { sessionId, rtpPort: rtp.port } }).then((opened) => {
      if (opened.ok || opened.error.kind === 'engineLost') return;
      this.#sessions.delete(sessionId);
      this.#options.logger.error('a session could not be opened', { sessionId, ...opened.error });
    });
    return { sessionId, rtp, rtcp: { ...rtp, port: rtp.port + 1 } };
  }

  async #restart(reason: string): Promise<void> {
    if (this.#isClosed || !(await this.#start())) return;
    for (const [sessionId, session] of this.#sessions) await this.#restore(sessionId, session);
    for (const [role, tone] of this.#tones) await this.#call('playTone', role, tone);
    if (this.#conference.length > 0) await this.#call('setConference', this.#conference);
    this.events.emit('restarted', { reason });
    const audio = await this.getAudioStatus();
    if (audio.ok) this.events.emit('audioChanged', audio.value);
  }

  /** Opens a session again where it was; the peer sees a short gap in the same stream. */
  async #restore(sessionId: string, session: RememberedSession): Promise<void> {
    const config = resumedConfig(sessionId, session, this.#options.runtime.nowMs());
    const opened = await this.#call('openSession', config);
    if (!opened.ok) {
      this.#options.logger.error('a session could not be opened again', { sessionId, ...opened.error });
      return;
    }
    if (session.isMuted) await this.#call('setMuted', sessionId, true);
    if (session.volume !== 1) await this.#call('setVolume', sessionId, session.volume);
    if (session.sendLossFraction > 0) await this.#call('setSendLoss', sessionId, session.sendLossFraction);
    if (session.stream) await this.#call('setStream', sessionId, session.stream);
    // RFC 8656 §7.4: the relay gives another place, of which the peer has to be told.
    if (session.isRelayed) this.events.emit('pathLost', { sessionId, reason: 'relayLost' });
    session.isRelayed = false;
    if (session.recordingFile === undefined) return;
    // WHY: the old file is whole up to its last second; writing over it would lose that.
    const recording = { file: session.recordingFile, durationMs: 0, activeMs: 0, end: 'writeFailed' as const };
    session.recordingFile = undefined;
    this.events.emit('recordingEnded', { sessionId, recording });
  }

  async #call<M extends Method>(method: M, ...args: Parameters<Media.MediaEngine[M]>): Promise<Answer<M>> {
    if (this.#isClosed) return closed() as Answer<M>;
    if (!this.#link) void this.#start();
    const link = this.#link;
    if (link?.isReady === false) await link.ready;
    return link?.call(method, args) ?? (engineLost('not started') as Answer<M>);
  }

  #remember(sessionId: string, change: (session: RememberedSession) => void): void {
    const session = this.#sessions.get(sessionId);
    if (session) change(session);
  }

  #notePath({ sessionId, pairs }: Media.MediaEvents['pathFound']): void {
    this.#remember(sessionId, (session) => (session.isRelayed = pairs.some(({ local }) => local.kind === 'relay')));
  }

  #forgetRecording(payload: unknown): void {
    const { sessionId } = payload as Media.MediaEvents['recordingEnded'];
    this.#remember(sessionId, (session) => (session.recordingFile = undefined));
  }

  #beat(link: MediaLink): void {
    this.#heartbeat = this.#options.runtime.setTimer(
      HEARTBEAT_MS,
      () => {
        void link.call('getAudioStatus', []).then(() => {
          if (this.#link === link && !this.#isClosed) this.#beat(link);
        });
      },
      true,
    );
  }
}

const closed = (): Result<never, Media.MediaFailure> => err({ kind: 'engineLost', message: 'the engine is closed' });
