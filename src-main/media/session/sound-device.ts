// The device that everyone shares: chosen, open only while someone needs it, and left for another when it is lost.
import type { Timer } from '../../base/runtime.ts';
import { NO_STAGES, type AudioUser, type VoiceStages } from '../device/index.ts';
import { chooseBackend, type BackendChoice, type BackendContext } from './backend-choice.ts';
import type { DeviceFade } from './device-fade.ts';
import type { AudioSpec, AudioStatus } from './media-engine.ts';
import type { Ringer } from './ringer.ts';

/** A sound card is kept open for this long: the next call or tone follows often. */
const LINGER_MS = 2000;

export interface SoundDeviceOptions extends BackendContext {
  readonly spec: AudioSpec;
  readonly onChanged: (status: AudioStatus) => void;
  /** A sound card is stuck; only a new process gets rid of it. */
  readonly onDeviceStuck: (reason: string) => void;
}

/** Who gives and takes the device's frames. */
export interface SoundDeviceUser {
  readonly frames: AudioUser;
  /** What is heard is faded before the device becomes another one. */
  readonly fade: DeviceFade;
  readonly isNeeded: () => boolean;
  readonly usesMicrophone: () => boolean;
  /** The microphone is about to be heard. */
  readonly prepareMicrophone: () => void;
  /** Other things than before are done to the microphone's sound, before it comes here or here. */
  readonly onStages: (spec: AudioSpec, done: VoiceStages) => void;
  /** Another device was chosen. */
  readonly onMoved: () => void;
}

export class SoundDevice {
  readonly #options: SoundDeviceOptions;
  readonly #user: SoundDeviceUser;
  #spec: AudioSpec;
  #choice: BackendChoice;
  #done: VoiceStages;
  #isStarted = false;
  #isClosed = false;
  #work: Promise<void> = Promise.resolve();
  #linger: Timer | undefined;

  constructor(options: SoundDeviceOptions, choice: BackendChoice, user: SoundDeviceUser) {
    this.#options = options;
    this.#user = user;
    this.#spec = options.spec;
    this.#choice = choice;
    this.#done = this.#doneBefore();
    options.window.onChanged = () => void this.#enqueue(() => this.#reconsider());
  }

  get status(): AudioStatus & { readonly isRefused: boolean } {
    const { backend, isRefused } = this.#choice;
    const missing = this.#choice.missing();
    return { backend: backend.name, reason: this.#choice.reason(), isRefused, ...(missing.length > 0 && { missing }) };
  }

  /** Where it rings, when that is another device than the loudspeaker. */
  get ringer(): Ringer | undefined {
    return this.#choice.ringer;
  }

  /** What is done to the microphone's sound before it comes here. */
  get done(): VoiceStages {
    return this.#done;
  }

  /** Moves to other devices: what is heard fades, so that nothing clicks. */
  changeSpec(spec: AudioSpec): Promise<void> {
    this.#spec = spec;
    return this.#enqueue(() => this.#chooseAnew());
  }

  /** Opens or closes the device as needed; call it after every change. */
  update(): void {
    this.#choice.backend.useMicrophone?.(this.#user.usesMicrophone());
    if (this.#isNeeded()) {
      this.#linger?.cancel();
      this.#linger = undefined;
      if (this.#user.usesMicrophone()) this.#user.prepareMicrophone();
      if (!this.#isStarted) void this.#enqueue(() => this.#start());
      return;
    }
    if (!this.#isStarted || this.#linger) return;
    const { name } = this.#choice.backend;
    const lingerMs = name === 'portaudio' || name === 'webaudio' ? LINGER_MS : 0;
    const stop = (): void => {
      this.#linger = undefined;
      void this.#enqueue(async () => {
        if (!this.#isNeeded()) await this.#stop();
      });
    };
    if (lingerMs === 0) stop();
    else this.#linger = this.#options.runtime.setTimer(lingerMs, stop, true);
  }

  /** It delivers and takes nothing any more. */
  onLost(reason: string): void {
    this.#options.logger.warn('the sound device was lost', { reason });
    this.#isStarted = false;
    if (this.#choice.backend.name === 'portaudio') this.#options.onDeviceStuck(reason);
    void this.#enqueue(() => this.#fallBack(reason));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#linger?.cancel();
    return this.#enqueue(() => this.#leave());
  }

  #isNeeded(): boolean {
    return !this.#isClosed && this.#user.isNeeded();
  }

  async #leave(): Promise<void> {
    await this.#stop();
    await this.#choice.ringer?.stop();
    await this.#choice.close();
  }

  async #chooseAnew(): Promise<void> {
    if (this.#isStarted) await this.#user.fade.out(this.#options.runtime);
    await this.#leave();
    this.#choice = await chooseBackend(this.#spec, this.#options);
    this.#done = this.#doneBefore();
    this.#user.onStages(this.#spec, this.#done);
    this.#user.onMoved();
    this.#options.onChanged(this.status);
    this.update();
  }

  async #start(): Promise<void> {
    if (this.#isStarted || !this.#isNeeded()) return;
    this.#isStarted = true;
    this.#user.fade.in();
    const problem = await this.#choice.backend.start(this.#user.frames);
    if (problem === undefined) return;
    // WHY: after one failed opening PortAudio's list is frozen for the life of the process.
    if (this.#choice.backend.name === 'portaudio') this.#options.onDeviceStuck(problem);
    await this.#fallBack(problem);
  }

  async #stop(): Promise<void> {
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
    await this.#start();
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
      this.#user.onStages(this.#spec, done);
    }
    this.update();
  }

  /** One change of the device at a time. */
  #enqueue(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#options.logger.error('the sound device could not be changed', { error });
    });
    return this.#work;
  }
}
