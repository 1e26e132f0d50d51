// A loudspeaker alone, for the ringer: rings where it was chosen while the headset is kept for calls.
import type { Runtime, Timer } from '../../base/runtime.ts';
import { findDeviceId } from './device-list.ts';
import type { PortAudio } from './naudiodon.ts';
import { openPlayback, type DeviceStream } from './portaudio-stream.ts';

/** Nobody hears a ringer that is silent for so long. */
const SILENT_LIMIT_MS = 750;

export interface OutputUser {
  /** Fill `frame`, a whole one or the next half, with what is to be heard; it holds zeros. */
  readonly onRender: (frame: Int16Array) => void;
  /** It takes no sound any more. */
  readonly onLost: () => void;
}

export class PortAudioOutput {
  readonly #portAudio: PortAudio;
  readonly #runtime: Runtime;
  readonly #name: string;
  #stream: DeviceStream | undefined;
  #watchdog: Timer | undefined;

  constructor(portAudio: PortAudio, runtime: Runtime, name: string) {
    this.#portAudio = portAudio;
    this.#runtime = runtime;
    this.#name = name;
  }

  /** False when there is no such device or it does not open. */
  start({ onRender, onLost }: OutputUser): boolean {
    if (this.#stream) return true;
    try {
      const deviceId = findDeviceId(this.#portAudio, 'playback', this.#name);
      if (deviceId === undefined) return false;
      this.#stream = openPlayback(this.#portAudio, deviceId, this.#runtime, onRender);
    } catch {
      return false;
    }
    this.#watch(onLost);
    return true;
  }

  async stop(): Promise<void> {
    this.#watchdog?.cancel();
    const stream = this.#stream;
    this.#stream = undefined;
    await stream?.stop();
  }

  #watch(onLost: () => void): void {
    const look = (): void => {
      if (!this.#stream) return;
      if (this.#runtime.nowMs() - this.#stream.lastActiveMs() <= SILENT_LIMIT_MS) this.#watch(onLost);
      else onLost();
    };
    this.#watchdog = this.#runtime.setTimer(SILENT_LIMIT_MS / 3, look, true);
  }
}
