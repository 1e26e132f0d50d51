// A window that lends its sound, without a browser: on virtual time it captures a tone and keeps what it is to play.
import type { MediaEngine, WindowMessage, WindowTold } from '../../../src-main/media/index.ts';
import type { FakeRuntime } from '../fake-runtime.ts';
import { sine } from './tone-check.ts';

const FRAME_SAMPLES = 480;
const SPOKEN_HZ = 600;
const RATE_HZ = 48_000;
export const NOTHING_DONE = { cancelsEcho: false, suppressesNoise: false, controlsGain: false } as const;

type VoiceStages = Extract<WindowTold, { kind: 'state' }>['voice'];

export class FakeWindow {
  readonly played: number[] = [];
  readonly orders: WindowMessage[] = [];
  /** A second of it, again and again. */
  spoken = sine(RATE_HZ, SPOKEN_HZ, RATE_HZ);
  readonly #engine: MediaEngine;
  #at = 0;
  #isOpen = false;
  /** A window whose thread stands still. */
  isFrozen = false;

  constructor(engine: MediaEngine, runtime: FakeRuntime) {
    this.#engine = engine;
    engine.events.on('window', (message) => this.#take(message));
    const tick = (): void => {
      this.#capture();
      runtime.setTimer(10, tick);
    };
    tick();
  }

  get spokenHz(): number {
    return SPOKEN_HZ;
  }

  attach(isBlocked = false): void {
    this.#engine.takeFromWindow({ kind: 'attached' });
    this.tell('off', isBlocked);
  }

  detach(): void {
    this.#isOpen = false;
    this.#engine.takeFromWindow({ kind: 'detached' });
  }

  tell(microphone: 'off' | 'on' | 'refused', isBlocked = false, voice: VoiceStages = NOTHING_DONE): void {
    this.#engine.takeFromWindow({ kind: 'state', microphone, isBlocked, voice });
  }

  #take(message: WindowMessage): void {
    if (message.kind === 'sound') {
      this.played.push(...message.samples);
      if (this.played.length > RATE_HZ) this.played.splice(0, this.played.length - RATE_HZ);
      return;
    }
    this.orders.push(message);
    this.#isOpen = message.kind === 'open';
  }

  #capture(): void {
    if (!this.#isOpen || this.isFrozen) return;
    const samples = this.spoken.slice(this.#at, this.#at + FRAME_SAMPLES);
    this.#at = (this.#at + FRAME_SAMPLES) % RATE_HZ;
    this.#engine.takeFromWindow({ kind: 'captured', samples });
  }
}
