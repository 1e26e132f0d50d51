// The line to the window that lends its sound (WebAudio): what it tells, what it is asked for, and whether it can be used now.
import type { DeviceDescription } from './device-list.ts';

/** What is done to the microphone's sound, by the browser or by ourselves. */
export interface VoiceStages {
  readonly cancelsEcho: boolean;
  readonly suppressesNoise: boolean;
  readonly controlsGain: boolean;
}

export type WindowDeviceDescription = Omit<DeviceDescription, 'hostApi'>;

/** From the window to the engine. Samples are whole frames of 10 ms. */
export type WindowTold =
  | { readonly kind: 'attached' }
  | { readonly kind: 'detached' }
  | {
      readonly kind: 'state';
      readonly microphone: 'off' | 'asking' | 'on' | 'refused' | 'absent';
      readonly isBlocked: boolean;
      readonly voice: VoiceStages;
    }
  | { readonly kind: 'devices'; readonly devices: readonly WindowDeviceDescription[] }
  | { readonly kind: 'captured'; readonly samples: Int16Array };

export interface WindowOpening {
  readonly usesMicrophone: boolean;
  readonly captureName?: string;
  readonly playbackName?: string;
  readonly ringerName?: string;
  /** What the browser is to do to the microphone's sound; absent where it is not used. */
  readonly voice?: VoiceStages;
}

/** From the engine to the window. */
export type WindowMessage =
  | ({ readonly kind: 'open'; readonly voice: VoiceStages } & WindowOpening)
  | { readonly kind: 'close' }
  | { readonly kind: 'sound'; readonly place: 'speaker' | 'ringer'; readonly samples: Int16Array };

/** One who plays or captures by the window's clock. */
export interface WindowLineUser {
  onCaptured(samples: Int16Array): void;
  /** The window has gone, is blocked, or says that it does not hear. */
  onUnusable(reason: string): void;
}

export const NO_STAGES: VoiceStages = { cancelsEcho: false, suppressesNoise: false, controlsGain: false };
const ALL_STAGES: VoiceStages = { cancelsEcho: true, suppressesNoise: true, controlsGain: true };
const MICROPHONE_WORDS = {
  off: '',
  on: '',
  asking: ', and asks whether the microphone may be used',
  refused: ', but may not use the microphone',
  absent: ', but finds no microphone',
} as const;

/** There is one line, whether a window is at its end or not; opened once for all of its users. */
export class WindowLine {
  readonly #send: (message: WindowMessage) => void;
  readonly #users = new Map<WindowLineUser, WindowOpening>();
  /** Told by the first state: before it nothing is known of the window. */
  #isAttached = false;
  #isBlocked = false;
  #isSilent = false;
  #microphone: keyof typeof MICROPHONE_WORDS = 'off';
  #voice = NO_STAGES;
  devices: readonly WindowDeviceDescription[] = [];
  /** Called when something has changed that a choice of devices depends on. */
  onChanged: () => void = () => {};

  constructor(send: (message: WindowMessage) => void) {
    this.#send = send;
  }

  /** Why the window cannot be used; undefined when it can. */
  get obstacle(): string | undefined {
    if (!this.#isAttached) return 'no window is open that could lend its sound';
    if (this.#isBlocked) return 'the browser plays no sound before somebody clicks in the window';
    return this.#isSilent ? 'the window delivers no sound' : undefined;
  }

  /** What the browser does to the microphone's sound; while it is not open, there is nothing that we should do. */
  get voice(): VoiceStages {
    return this.#microphone === 'on' ? this.#voice : ALL_STAGES;
  }

  /** The window's sound in words. */
  get description(): string {
    return `the window lends its sound${MICROPHONE_WORDS[this.#microphone]}`;
  }

  take(told: WindowTold): void {
    if (told.kind === 'captured') return this.#takeSound(told.samples);
    if (told.kind === 'devices') this.devices = told.devices;
    if (told.kind === 'attached' || told.kind === 'detached') this.#reset();
    const isNew = told.kind === 'state' && !this.#isAttached;
    if (told.kind === 'state') {
      this.#isAttached = true;
      this.#isSilent = false;
      this.#isBlocked = told.isBlocked;
      this.#microphone = told.microphone;
      this.#voice = told.voice;
    }
    // Another window knows nothing of what the one before was asked for.
    if (isNew && this.#users.size > 0) this.#order();
    const { obstacle } = this;
    if (obstacle !== undefined) for (const user of [...this.#users.keys()]) user.onUnusable(obstacle);
    this.onChanged();
  }

  /** Opens the window's sound for `user`, or changes what it wants of it. */
  open(user: WindowLineUser, opening: WindowOpening): void {
    this.#users.set(user, opening);
    this.#order();
  }

  close(user: WindowLineUser): void {
    if (!this.#users.delete(user)) return;
    this.#order();
  }

  play(place: 'speaker' | 'ringer', samples: Int16Array): void {
    this.#send({ kind: 'sound', place, samples });
  }

  /** The window is there and yet not heard of: not to be used before it tells something. */
  noteSilent(): void {
    this.#isSilent = true;
  }

  #order(): void {
    if (!this.#isAttached) return;
    const openings = [...this.#users.values()];
    if (openings.length === 0) return this.#send({ kind: 'close' });
    const merged = openings.reduce((all, one) => ({
      ...all,
      ...one,
      usesMicrophone: all.usesMicrophone || one.usesMicrophone,
    }));
    this.#send({ kind: 'open', ...merged, voice: merged.voice ?? NO_STAGES });
  }

  #takeSound(samples: Int16Array): void {
    if (this.#isSilent) {
      this.#isSilent = false;
      this.onChanged();
    }
    for (const user of [...this.#users.keys()]) user.onCaptured(samples);
  }

  #reset(): void {
    this.#isAttached = false;
    this.#isBlocked = this.#isSilent = false;
    this.#microphone = 'off';
    this.devices = [];
  }
}
