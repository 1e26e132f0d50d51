// Sound fades at the borders of a device's life, so that a change in mid-call does not click.
import type { Runtime } from '../../base/runtime.ts';
import { FRAME_SAMPLES } from '../device/index.ts';

/** Over so many samples of the device sound comes and goes: 20 ms. */
const FADE_SAMPLES = 2 * FRAME_SAMPLES;
/** A device that asks for no frame has no sound to fade. */
const OUT_LIMIT_MS = 60;

export class DeviceFade {
  /** How far each fade has come, in samples. */
  #played = FADE_SAMPLES;
  #captured = FADE_SAMPLES;
  #left = 0;
  #leaving: (() => void) | undefined;
  #copy = new Int16Array(0);

  /** The next frames of both directions rise from silence. */
  in(): void {
    this.#leaving = undefined;
    this.#played = this.#captured = 0;
  }

  /** What is played falls to silence; resolves when it has. */
  async out(runtime: Runtime): Promise<void> {
    this.#left = 0;
    await new Promise<void>((resolve) => {
      const timer = runtime.setTimer(OUT_LIMIT_MS, resolve);
      this.#leaving = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  played(frame: Int16Array): void {
    if (this.#leaving) {
      if (this.#left >= FADE_SAMPLES) this.#leaving();
      ramp(frame, (i) => 1 - (this.#left + i) / FADE_SAMPLES);
      this.#left += frame.length;
    } else if (this.#played < FADE_SAMPLES) {
      ramp(frame, (i) => (this.#played + i) / FADE_SAMPLES);
      this.#played += frame.length;
    }
  }

  /** The frame itself, or a faded copy: it belongs to the device. */
  captured(frame: Int16Array): Int16Array {
    if (this.#captured >= FADE_SAMPLES) return frame;
    if (this.#copy.length !== frame.length) this.#copy = new Int16Array(frame.length);
    this.#copy.set(frame);
    ramp(this.#copy, (i) => (this.#captured + i) / FADE_SAMPLES);
    this.#captured += frame.length;
    return this.#copy;
  }
}

function ramp(frame: Int16Array, gainAt: (i: number) => number): void {
  for (let i = 0; i < frame.length; i++) frame[i] = Math.round((frame[i] ?? 0) * Math.max(0, Math.min(1, gainAt(i))));
}
