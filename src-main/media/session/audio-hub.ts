// Brings sessions, tones and playback together at the device, and opens it only while someone needs it.
import type { Logger } from '../../base/logger.ts';
import type { Runtime, Timer } from '../../base/runtime.ts';
import { NO_STAGES, type AudioUser, type VoiceStages } from '../device/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import { chooseBackend, type BackendChoice, type BackendContext } from './backend-choice.ts';
import { CapturePath } from './capture-path.ts';
import { DeviceFade } from './device-fade.ts';
import { DeviceLink } from './device-link.ts';
import { LocalPlayer } from './local-player.ts';
import type { AudioSpec, AudioStatus, MicrophoneEvent } from './media-engine.ts';
import type { ToneName } from './session-config.ts';
import type { MediaSession } from './media-session.ts';
import { Conference, MixBus } from './mixer.ts';

/** A sound card is kept open for this long: the next call or tone follows often. */
const LINGER_MS = 2000;

export interface AudioHubOptions extends BackendContext {
  readonly spec: AudioSpec;
  readonly onChanged: (status: AudioStatus) => void;
  /** A sound card is stuck; only a new process gets rid of it. */
  readonly onDeviceStuck: (reason: string) => void;
  /** What a speaker should know of his microphone. */
  readonly onMicrophone: (sessionId: string, event: MicrophoneEvent) => void;
}

/** One loudspeaker and one microphone for everyone. */
export class AudioHub implements AudioUser {
  readonly player: LocalPlayer;
  readonly #options: AudioHubOptions;
  readonly #runtime: Runtime;
  readonly #logger: Logger;
  readonly #resamplers: ResamplerFactory;
  readonly #links = new Map<MediaSession, DeviceLink>();
  readonly #bus = new MixBus();
  readonly #fade = new DeviceFade();
  readonly #capture: CapturePath;
  #spec: AudioSpec;
  #choice: BackendChoice;
  #conference: Conference | undefined;
  #ringing: ToneName | undefined;
  #isStarted = false;
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();
  #linger: Timer | undefined;
  #done: VoiceStages = NO_STAGES;

  private constructor(options: AudioHubOptions, choice: BackendChoice) {
    this.#options = options;
    this.#spec = options.spec;
    this.#runtime = options.runtime;
    this.#logger = options.logger;
    this.#resamplers = options.resamplers;
    this.#choice = choice;
    this.#done = this.#doneBefore();
    this.#capture = new CapturePath(options.spec, this.#done, options);
    options.window.onChanged = () => void this.#enqueue(() => this.#reconsider());
    this.player = new LocalPlayer(options.resamplers);
  }

  static async open(options: AudioHubOptions): Promise<AudioHub> {
    return new AudioHub(options, await chooseBackend(options.spec, options));
  }

  get status(): AudioStatus & { readonly isRefused: boolean } {
    const { backend, isRefused } = this.#choice;
    const missing = this.#choice.missing();
    return { backend: backend.name, reason: this.#choice.reason(), isRefused, ...(missing.length > 0 && { missing }) };
  }

  /** Sessions may use the device from now on. */
  add(session: MediaSession): void {
    this.#links.set(session, new DeviceLink(session, this.#resamplers));
  }

  remove(session: MediaSession): void {
    const link = this.#links.get(session);
    if (link && this.#conference?.has(link)) this.#conference = undefined;
    link?.close();
    this.#links.delete(session);
    this.update();
  }

  /** Whether the device's clock drives this session as a member of a conference. */
  isConferring(session: MediaSession): boolean {
    const link = this.#links.get(session);
    return link !== undefined && this.#conference?.has(link) === true;
  }

  /** Mixes these sessions; an empty list ends it. */
  setConference(sessions: readonly MediaSession[]): void {
    const links = sessions.flatMap((session) => this.#links.get(session) ?? []);
    this.#conference = links.length === 0 ? undefined : new Conference(links);
    this.update();
  }

  /** A tone until another one or none; rings where the ringer is, else on the loudspeaker. */
  setTone(role: 'speaker' | 'ringer', tone: ToneName | undefined): void {
    if (role === 'ringer') {
      this.#ringing = tone;
      void this.#choice.ringer?.stop();
    }
    const ringer = role === 'ringer' ? this.#choice.ringer : undefined;
    const onLost = (): void => {
      this.player.setTone('ringer', this.#ringing);
      this.update();
    };
    const isApart = tone !== undefined && ringer?.play(tone, onLost) === true;
    this.player.setTone(role, isApart ? undefined : tone);
    this.update();
  }

  /** Moves to other devices: what is heard fades, so that nothing clicks. */
  changeSpec(spec: AudioSpec): Promise<void> {
    this.#spec = spec;
    return this.#enqueue(() => this.#chooseAnew());
  }

  async #chooseAnew(): Promise<void> {
    if (this.#isStarted) await this.#fade.out(this.#runtime);
    await this.#stopBackend();
    await this.#choice.ringer?.stop();
    await this.#choice.close();
    this.#choice = await chooseBackend(this.#spec, this.#options);
    this.#done = this.#doneBefore();
    this.#capture.changeSpec(this.#spec, this.#done);
    if (this.#ringing) this.setTone('ringer', this.#ringing);
    this.#options.onChanged(this.status);
    this.update();
  }

  /** Opens or closes the device as needed; call it after every change. */
  update(): void {
    this.#choice.backend.useMicrophone?.(this.#usesMicrophone());
    if (this.#isNeeded()) {
      this.#linger?.cancel();
      this.#linger = undefined;
      if (this.#usesMicrophone()) this.#capture.prepare();
      if (!this.#isStarted) void this.#enqueue(() => this.#startBackend());
      return;
    }
    if (!this.#isStarted || this.#linger) return;
    const { name } = this.#choice.backend;
    const lingerMs = name === 'portaudio' || name === 'webaudio' ? LINGER_MS : 0;
    const stop = (): void => {
      this.#linger = undefined;
      void this.#enqueue(async () => {
        if (!this.#isNeeded()) await this.#stopBackend();
      });
    };
    if (lingerMs === 0) stop();
    else this.#linger = this.#runtime.setTimer(lingerMs, stop, true);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#linger?.cancel();
    this.player.stop();
    await this.#enqueue(async () => {
      await this.#stopBackend();
      await this.#choice.ringer?.stop();
      await this.#choice.close();
      this.#capture.close();
    });
  }

  onCaptured(captured: Int16Array): void {
    const frame = this.#fade.captured(this.#capture.process(captured));
    this.#conference?.capture(frame);
    for (const link of this.#links.values()) {
      if (!link.session.usesMicrophone || !link.session.isRunning) continue;
      this.#capture.watch(link.session, captured);
      if (!this.#conference?.has(link)) link.send(frame);
    }
  }

  render(frame: Int16Array): void {
    this.#bus.clear();
    this.#conference?.run(this.#bus);
    for (const link of this.#links.values()) {
      if (!link.session.playsToDevice || !link.session.isRunning || this.#conference?.has(link)) continue;
      this.#bus.add(link.receive(), link.session.volume);
    }
    if (this.player.render(this.#bus)) this.update();
    this.#bus.writeTo(frame);
    this.#fade.played(frame);
    this.#capture.addPlayed(frame);
  }

  onLost(reason: string): void {
    this.#logger.warn('the sound device was lost', { reason });
    this.#isStarted = false;
    if (this.#choice.backend.name === 'portaudio') this.#options.onDeviceStuck(reason);
    void this.#enqueue(() => this.#fallBack(reason));
  }

  #isNeeded(): boolean {
    if (this.#isClosed) return false;
    if (this.player.isPlaying || this.#conference) return true;
    return [...this.#links.keys()].some(
      (session) => session.isRunning && (session.playsToDevice || session.usesMicrophone),
    );
  }

  #usesMicrophone(): boolean {
    if (this.#conference) return true;
    return [...this.#links.keys()].some((session) => session.isRunning && session.usesMicrophone);
  }

  async #startBackend(): Promise<void> {
    if (this.#isStarted || !this.#isNeeded()) return;
    this.#isStarted = true;
    this.#fade.in();
    const problem = await this.#choice.backend.start(this);
    if (problem === undefined) return;
    // WHY: after one failed opening PortAudio's list is frozen for the life of the process.
    if (this.#choice.backend.name === 'portaudio') this.#options.onDeviceStuck(problem);
    await this.#fallBack(problem);
  }

  async #stopBackend(): Promise<void> {
    if (!this.#isStarted) return;
    this.#isStarted = false;
    await this.#choice.backend.stop();
  }

  /** Calls go on without sound rather than not at all; the next change of devices tries again. */
  async #fallBack(reason: string): Promise<void> {
    if (this.#choice.backend.name === 'null') return;
    const isRefused = this.#spec.kind === 'portaudio' && !this.#spec.isFallbackAllowed;
    const silent = await chooseBackend({ kind: 'null' }, this.#options);
    this.#choice = { ...silent, reason: () => reason, isRefused };
    this.#isStarted = false;
    this.#options.onChanged(this.status);
    await this.#startBackend();
  }

  /** What the browser does to the microphone's sound we do not do again. */
  #doneBefore(): VoiceStages {
    return this.#choice.backend.name === 'webaudio' ? this.#options.window.voice : NO_STAGES;
  }

  /** The window that may lend its sound has come, gone or changed. */
  async #reconsider(): Promise<void> {
    const { backend } = this.#choice;
    const mayUseWindow =
      this.#spec.kind === 'webaudio' || (this.#spec.kind === 'portaudio' && this.#spec.isFallbackAllowed);
    if (this.#isClosed || !mayUseWindow) return;
    const isUsable = this.#options.window.obstacle === undefined;
    const isOther = (backend.name === 'null' && isUsable) || (backend.name === 'webaudio' && !isUsable);
    if (isOther) await this.#chooseAnew();
    if (isOther || backend.name === 'portaudio') return;
    this.#options.onChanged(this.status);
    if (backend.name !== 'webaudio') return;
    const done = this.#doneBefore();
    if (JSON.stringify(done) !== JSON.stringify(this.#done)) {
      this.#done = done;
      this.#capture.changeSpec(this.#spec, done);
    }
    this.update();
  }

  /** One change of the device at a time. */
  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#logger.error('the sound device could not be changed', { error });
    });
    return this.#work;
  }
}
