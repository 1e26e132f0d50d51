// Lends the window's sound to a phone that has no sound driver: opens and closes it as the phone asks, and says how it goes.
import {
  buildSoundMessage,
  parseSoundMessage,
  parseWindowOrder,
  type BrowserVoice,
  type MicrophoneState,
  type WindowOrder,
  type WindowReport,
} from '../../src-shared/contract/index.ts';
import type { SoundLink } from '../bridge/sound-link.ts';
import { Microphone, NO_VOICE } from './microphone.ts';
import { SoundOutput } from './sound-output.ts';
import { listWindowDevices } from './window-devices.ts';

type Opening = Extract<WindowOrder, { kind: 'open' }>;

export interface WindowSoundState {
  readonly isOpen: boolean;
  readonly microphone: MicrophoneState;
  /** The browser waits for a click before it plays. */
  readonly isBlocked: boolean;
  /** How often the list of devices has changed. */
  readonly deviceChanges: number;
}

export const NO_SOUND: WindowSoundState = { isOpen: false, microphone: 'off', isBlocked: false, deviceChanges: 0 };

export class WindowSound {
  readonly #link: SoundLink;
  readonly #onState: (state: WindowSoundState) => void;
  readonly #output: SoundOutput;
  readonly #microphone: Microphone;
  #opening: Opening | undefined;
  #state: MicrophoneState = 'off';
  #voice: BrowserVoice = NO_VOICE;
  #isBlocked = false;
  #deviceChanges = 0;

  constructor(link: SoundLink, onState: (state: WindowSoundState) => void) {
    this.#link = link;
    this.#onState = onState;
    this.#output = new SoundOutput({
      onFrame: (samples) => void link.send(buildSoundMessage({ place: 'microphone', samples })),
      onBlocked: (isBlocked) => {
        this.#isBlocked = isBlocked;
        this.#tell();
      },
    });
    this.#microphone = new Microphone({
      onStream: (stream) => this.#output.capture(stream),
      onState: (state, voice) => {
        this.#state = state;
        this.#voice = voice;
        this.#tell();
        if (state === 'on') void this.#tellDevices();
      },
    });
    link.onMessage((message) => this.#take(message));
    link.onOpen(() => void this.#greet());
    link.onClosed(() => this.#close());
    this.#followBrowser();
  }

  /** Asks for the microphone again, after it was refused or was not there. */
  retry(): void {
    this.#microphone.forget();
    if (this.#opening) void this.#open(this.#opening);
  }

  /** Somebody has clicked: the browser may let it sound now. */
  async unblock(): Promise<void> {
    if (!this.#isBlocked) return;
    if (await this.#output.mayPlay()) {
      this.#isBlocked = false;
      this.#tell();
    }
  }

  #followBrowser(): void {
    const { mediaDevices } = navigator as { readonly mediaDevices?: MediaDevices };
    mediaDevices?.addEventListener('devicechange', () => {
      void this.#tellDevices();
      if (this.#state === 'absent') this.retry();
      void this.#microphone.reconsider();
      if (this.#opening) void this.#output.choose(this.#opening);
    });
    for (const name of ['pointerdown', 'keydown']) addEventListener(name, () => void this.unblock(), true);
    // A page that was frozen tells that it is there again.
    document.addEventListener('visibilitychange', () => this.#tell());
  }

  async #greet(): Promise<void> {
    await this.#tellDevices();
    this.#tell();
  }

  #take(message: string | ArrayBuffer): void {
    if (typeof message !== 'string') {
      const sound = parseSoundMessage(new Uint8Array(message));
      if (sound && sound.place !== 'microphone') this.#output.play(sound.place, sound.samples);
      return;
    }
    const order = parseWindowOrder(message);
    if (order?.kind === 'open') void this.#open(order);
    if (order?.kind === 'close') this.#close();
  }

  async #open(opening: Opening): Promise<void> {
    this.#opening = opening;
    await this.#output.open(opening);
    // Meanwhile it may have been closed, or asked for otherwise.
    if (this.#opening !== opening) return;
    const { usesMicrophone, captureName, voice } = opening;
    if (usesMicrophone) await this.#microphone.open({ captureName, voice });
    else this.#microphone.close();
  }

  #close(): void {
    this.#opening = undefined;
    this.#microphone.close();
    this.#output.close();
    this.#tell();
  }

  #tell(): void {
    this.#send({ kind: 'state', microphone: this.#state, isBlocked: this.#isBlocked, voice: this.#voice });
    this.#show();
  }

  async #tellDevices(): Promise<void> {
    this.#send({ kind: 'devices', devices: await listWindowDevices() });
    this.#deviceChanges++;
    this.#show();
  }

  #show(): void {
    this.#onState({
      isOpen: this.#opening !== undefined,
      microphone: this.#state,
      isBlocked: this.#isBlocked,
      deviceChanges: this.#deviceChanges,
    });
  }

  #send(report: WindowReport): void {
    this.#link.send(JSON.stringify(report));
  }
}
