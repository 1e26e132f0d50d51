// The sound devices of the media process: what was chosen there, what the window lends, and with what the next process starts.
import type { Runtime } from '../../base/runtime.ts';
import type { AudioSpec, AudioStatus, DeviceRole, WindowTold } from '../session/index.ts';
import { DeviceCare } from './device-care.ts';
import { listFreshDevices } from './fresh-devices.ts';
import type { Answer } from './media-link.ts';
import type { MediaPort } from './media-port.ts';
import type { MediaSupervisor } from './media-supervisor.ts';
import { WindowMemory } from './window-memory.ts';

export interface ProcessDevicesOptions {
  readonly audio: AudioSpec;
  readonly openPort: () => MediaPort;
  readonly runtime: Runtime;
  readonly process: MediaSupervisor;
  /** Whether sound is needed now. */
  readonly isInUse: () => boolean;
}

export class ProcessDevices {
  readonly #options: ProcessDevicesOptions;
  readonly #care: DeviceCare;
  readonly #window = new WindowMemory();
  /** No device works and no window was there. */
  #isSilenced = false;

  constructor(options: ProcessDevicesOptions) {
    const { audio, runtime, process, isInUse } = options;
    this.#options = options;
    this.#care = new DeviceCare({
      spec: audio,
      runtime,
      isInUse,
      list: () => this.#listFresh(),
      hasWindow: () => this.#window.isAttached,
      onReturned: (selections) => void this.#takeAgain(selections),
      onOthers: (reason) => process.replace(reason),
    });
  }

  /** With which sound the next process starts. */
  nextAudio(): AudioSpec {
    const { spec } = this.#care;
    this.#isSilenced = spec.kind === 'null' && this.#options.audio.kind !== 'null';
    return spec;
  }

  /** What the window has told, for a process that starts later. */
  windowTold(): readonly WindowTold[] {
    return this.#window.all();
  }

  takeFromWindow(told: WindowTold): void {
    const { process } = this.#options;
    this.#window.note(told);
    process.tell(told);
    if (told.kind === 'attached' && this.#isSilenced) process.replace('a window has come that lends its sound');
  }

  /** The window's devices while its sound is used; else those of this machine. */
  list(): Promise<Answer<'listDevices'>> {
    return this.#window.isUsed ? this.#options.process.call('listDevices') : this.#listFresh();
  }

  async select(role: DeviceRole, name: string): Promise<Answer<'selectDevice'>> {
    const selected = await this.#options.process.call('selectDevice', role, name);
    if (selected.ok) this.#care.choose(role, name);
    return selected;
  }

  async selectBackend(backend: 'portaudio' | 'webaudio'): Promise<Answer<'selectBackend'>> {
    const selected = await this.#options.process.call('selectBackend', backend);
    if (selected.ok) this.#care.chooseBackend(backend);
    return selected;
  }

  async status(): Promise<Answer<'getAudioStatus'>> {
    const status = await this.#options.process.call('getAudioStatus');
    if (status.ok) this.noteStatus(status.value);
    return status;
  }

  noteStatus(status: AudioStatus): void {
    this.#care.noteStatus(status);
    this.#window.isUsed = status.backend === 'webaudio';
  }

  /** A device hung, or took the process with it. */
  noteStuck(): void {
    this.#care.noteStuck();
  }

  /** A process got no farther than the driver. */
  noteDriverHung(): void {
    this.#care.noteDriverHung();
  }

  /** Sound is needed from now on. */
  noteUse(): void {
    this.#care.noteUse();
  }

  close(): void {
    this.#care.close();
  }

  #listFresh(): Promise<Answer<'listDevices'>> {
    return listFreshDevices(this.#options.openPort, this.#options.runtime);
  }

  /** Devices that were missed have returned; the call moves to them. */
  async #takeAgain(selections: readonly (readonly [DeviceRole, string])[]): Promise<void> {
    for (const [role, name] of selections) await this.#options.process.call('selectDevice', role, name);
  }
}
