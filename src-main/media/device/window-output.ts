// A loudspeaker of the window alone, for the ringer: by the window's clock, on the device that was chosen for it.
import { FRAME_SAMPLES } from './audio-backend.ts';
import type { OutputUser } from './portaudio-output.ts';
import type { WindowLine, WindowLineUser } from './window-line.ts';

export class WindowOutput implements WindowLineUser {
  readonly #line: WindowLine;
  readonly #name: string;
  #user: OutputUser | undefined;

  constructor(line: WindowLine, name: string) {
    this.#line = line;
    this.#name = name;
  }

  /** False when the window cannot play now. */
  start(user: OutputUser): boolean {
    if (this.#line.obstacle !== undefined) return false;
    this.#user = user;
    this.#line.open(this, { usesMicrophone: false, ringerName: this.#name });
    return true;
  }

  stop(): Promise<void> {
    this.#user = undefined;
    this.#line.close(this);
    return Promise.resolve();
  }

  onCaptured(samples: Int16Array): void {
    const played = new Int16Array(samples.length - (samples.length % FRAME_SAMPLES));
    for (let at = 0; at < played.length; at += FRAME_SAMPLES)
      this.#user?.onRender(played.subarray(at, at + FRAME_SAMPLES));
    this.#line.play('ringer', played);
  }

  onUnusable(): void {
    this.#user?.onLost();
  }
}
