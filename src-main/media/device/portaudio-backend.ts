// The sound card through PortAudio: two one-way streams and a watchdog.
import type { Runtime, Timer } from '../../base/runtime.ts';
import type { AudioBackend, AudioUser } from './audio-backend.ts';
import { findDeviceId } from './device-list.ts';
import type { PortAudio } from './naudiodon.ts';
import { openCapture, openPlayback, type DeviceStream } from './portaudio-stream.ts';

/** A device that delivers nothing for so long is gone. */
const WATCHDOG_MS = 500;
/** The first data may take longer. */
const START_LIMIT_MS = 750;
const STUCK = 'the sound device does not answer any more';

export interface PortAudioNames {
  readonly captureName?: string | undefined;
  readonly playbackName?: string | undefined;
  /** How long they may take for their first sound. */
  readonly startLimitMs?: number | undefined;
}

export class PortAudioBackend implements AudioBackend {
  readonly name = 'portaudio';
  readonly #portAudio: PortAudio;
  readonly #runtime: Runtime;
  readonly #names: PortAudioNames;
  #streams: DeviceStream[] = [];
  #watchdog: Timer | undefined;
  #user: AudioUser | undefined;

  constructor(portAudio: PortAudio, runtime: Runtime, names: PortAudioNames) {
    this.#portAudio = portAudio;
    this.#runtime = runtime;
    this.#names = names;
  }

  async start(user: AudioUser): Promise<string | undefined> {
    if (this.#user) return undefined;
    this.#user = user;
    try {
      this.#open(user);
    } catch (error) {
      await this.stop();
      return error instanceof Error ? error.message : String(error);
    }
    if (this.#streams.length < 2) {
      await this.stop();
      return 'there is no such microphone or loudspeaker';
    }
    this.#watch(this.#runtime.nowMs() + (this.#names.startLimitMs ?? START_LIMIT_MS));
    return undefined;
  }

  async stop(): Promise<void> {
    this.#watchdog?.cancel();
    this.#watchdog = undefined;
    const user = this.#user;
    this.#user = undefined;
    const streams = this.#streams;
    this.#streams = [];
    const results = await Promise.all(streams.map((stream) => stream.stop()));
    if (results.includes(false)) user?.onLost(STUCK);
  }

  #open(user: AudioUser): void {
    const captureId = findDeviceId(this.#portAudio, 'capture', this.#names.captureName);
    const playbackId = findDeviceId(this.#portAudio, 'playback', this.#names.playbackName);
    if (captureId === undefined || playbackId === undefined) return;
    this.#streams.push(
      openPlayback(this.#portAudio, playbackId, this.#runtime, (frame) => {
        if (this.#user === user) user.render(frame);
      }),
    );
    this.#streams.push(
      openCapture(this.#portAudio, captureId, this.#runtime, (frame) => {
        if (this.#user === user) user.onCaptured(frame);
      }),
    );
  }

  #watch(graceUntilMs: number): void {
    this.#watchdog = this.#runtime.setTimer(
      WATCHDOG_MS / 2,
      () => {
        const nowMs = this.#runtime.nowMs();
        const oldestMs = Math.min(...this.#streams.map((stream) => stream.lastActiveMs()));
        if (nowMs - oldestMs > WATCHDOG_MS && nowMs > graceUntilMs) {
          const user = this.#user;
          // WHY: quit() on a stuck device hangs for ever and keeps a pool thread; nobody waits for it.
          this.#user = undefined;
          this.#streams = [];
          user?.onLost(STUCK);
          return;
        }
        this.#watch(graceUntilMs);
      },
      true,
    );
  }
}
