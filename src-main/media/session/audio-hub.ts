// Brings sessions, tones and playback together at the device, frame by frame.
import type { AudioUser } from '../device/index.ts';
import type { ResamplerFactory } from '../dsp/index.ts';
import { chooseBackend, type BackendChoice } from './backend-choice.ts';
import { CapturePath } from './capture-path.ts';
import { DeviceFade } from './device-fade.ts';
import { DeviceLink } from './device-link.ts';
import { LocalPlayer } from './local-player.ts';
import type { AudioSpec, AudioStatus, MicrophoneEvent } from './media-engine.ts';
import type { ToneName } from './session-config.ts';
import type { MediaSession } from './media-session.ts';
import { Conference, MixBus } from './mixer.ts';
import { SoundDevice, type SoundDeviceOptions } from './sound-device.ts';

export interface AudioHubOptions extends SoundDeviceOptions {
  /** What a speaker should know of his microphone. */
  readonly onMicrophone: (sessionId: string, event: MicrophoneEvent) => void;
}

/** One loudspeaker and one microphone for everyone. */
export class AudioHub implements AudioUser {
  readonly player: LocalPlayer;
  readonly #resamplers: ResamplerFactory;
  readonly #links = new Map<MediaSession, DeviceLink>();
  readonly #bus = new MixBus();
  readonly #fade = new DeviceFade();
  readonly #device: SoundDevice;
  readonly #capture: CapturePath;
  #conference: Conference | undefined;
  #ringing: ToneName | undefined;

  private constructor(options: AudioHubOptions, choice: BackendChoice) {
    this.#resamplers = options.resamplers;
    this.player = new LocalPlayer(options.resamplers);
    this.#device = new SoundDevice(options, choice, {
      frames: this,
      fade: this.#fade,
      isNeeded: () => this.#isNeeded(),
      usesMicrophone: () => this.#usesMicrophone(),
      prepareMicrophone: () => this.#capture.prepare(),
      onStages: (spec, done) => this.#capture.changeSpec(spec, done),
      onMoved: () => this.#ringAgain(),
    });
    this.#capture = new CapturePath(options.spec, this.#device.done, options);
  }

  static async open(options: AudioHubOptions): Promise<AudioHub> {
    return new AudioHub(options, await chooseBackend(options.spec, options));
  }

  get status(): AudioStatus & { readonly isRefused: boolean } {
    return this.#device.status;
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
      void this.#device.ringer?.stop();
    }
    const ringer = role === 'ringer' ? this.#device.ringer : undefined;
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
    return this.#device.changeSpec(spec);
  }

  /** Opens or closes the device as needed; call it after every change. */
  update(): void {
    this.#device.update();
  }

  async close(): Promise<void> {
    this.player.stop();
    await this.#device.close();
    this.#capture.close();
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
    this.#conference?.hear(this.#bus, frame.length);
    for (const link of this.#links.values()) {
      if (!link.session.playsToDevice || !link.session.isRunning || this.#conference?.has(link)) continue;
      this.#bus.add(link.receive(frame.length), link.session.volume);
    }
    if (this.player.render(this.#bus, frame.length)) this.update();
    this.#bus.writeTo(frame);
    this.#fade.played(frame);
    this.#capture.addPlayed(frame);
  }

  onLost(reason: string): void {
    this.#device.onLost(reason);
  }

  /** The ringer is another one, and rings what rang before. */
  #ringAgain(): void {
    if (this.#ringing) this.setTone('ringer', this.#ringing);
  }

  #isNeeded(): boolean {
    if (this.player.isPlaying || this.#conference) return true;
    return [...this.#links.keys()].some(
      (session) => session.isRunning && (session.playsToDevice || session.usesMicrophone),
    );
  }

  #usesMicrophone(): boolean {
    if (this.#conference) return true;
    return [...this.#links.keys()].some((session) => session.isRunning && session.usesMicrophone);
  }
}
