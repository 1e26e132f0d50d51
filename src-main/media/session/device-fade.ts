// Sound fades at the borders of a device's life, so that a change in mid-call does not click.
import type { Runtime } from '../../base/runtime.ts';

/** Frames of 10 ms over which sound comes and goes. */
const FADE_FRAMES = 2;
/** A device that asks for no frame has no sound to fade. */
const OUT_LIMIT_MS = 60;

export class DeviceFade {
  #playedStep = FADE_FRAMES;
  #capturedStep = FADE_FRAMES;
  #captured = new Int16Array(0);
  #leaving: (() => void) | undefined;
  #leavingStep = 0;

  /** The next frames of both directions rise from silence. */
  in(): void {
    this.#leaving = undefined;
    this.#playedStep = this.#capturedStep = 0;
  }

  /** What is played falls to silence; resolves when it has. */
  async out(runtime: Runtime): Promise<void> {
    this.#leavingStep = 0;
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
      if (this.#leavingStep < FADE_FRAMES) {
        const from = 1 - this.#leavingStep / FADE_FRAMES;
        ramp(frame, from, from - 1 / FADE_FRAMES);
      } else {
        frame.fill(0);
        this.#leaving();
      }
      this.#leavingStep++;
    } else if (this.#playedStep < FADE_FRAMES) {
      ramp(frame, this.#playedStep / FADE_FRAMES, (this.#playedStep + 1) / FADE_FRAMES);
      this.#playedStep++;
    }
  }

  /** The frame itself, or a faded copy: it belongs to the device. */
  captured(frame: Int16Array): Int16Array {
    if (this.#capturedStep >= FADE_FRAMES) return frame;
    if (this.#captured.length !== frame.length) this.#captured = new Int16Array(frame.length);
    this.#captured.set(frame);
    ramp(this.#captured, this.#capturedStep / FADE_FRAMES, (this.#capturedStep + 1) / FADE_FRAMES);
    this.#capturedStep++;
    return this.#captured;
  }
}

function ramp(frame: Int16Array, from: number, to: number): void {
  const step = (to - from) / frame.length;
  for (let i = 0; i < frame.length; i++) frame[i] = Math.round((frame[i] ?? 0) * (from + i * step));
}
