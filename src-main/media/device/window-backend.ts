// Microphone and loudspeaker of the window: its audio worklet is the clock, a pacer stands in while the window is late.
import type { Runtime } from '../../base/runtime.ts';
import { FRAME_MS, FRAME_SAMPLES, type AudioBackend, type AudioUser } from './audio-backend.ts';
import type { Pacer } from './pacer.ts';
import type { VoiceStages, WindowLine, WindowLineUser } from './window-line.ts';

/** Without a frame for so long time goes on without the window. */
const LATE_MS = 60;
/** Without a frame for so long the window is lost; its first frame may take longer, some headsets wake slowly. */
const LOST_MS = 1000;
const FIRST_FRAME_MS = 2000;
/** After a stall the window's frames come in a bundle: so many are taken, the others were made up for. */
const MAX_CREDIT_FRAMES = LATE_MS / FRAME_MS;
/** The window's clock may run faster than ours by this much. */
const FASTEST = 1.02;

export interface WindowNames {
  readonly captureName?: string | undefined;
  readonly playbackName?: string | undefined;
  readonly ringerName?: string | undefined;
}

export interface WindowBackendOptions {
  readonly line: WindowLine;
  readonly pacer: Pacer;
  readonly runtime: Runtime;
  readonly names: WindowNames;
  /** What the browser is asked to do to the microphone's sound. */
  readonly voice: VoiceStages;
}

const SILENCE = new Int16Array(FRAME_SAMPLES);

export class WindowBackend implements AudioBackend, WindowLineUser {
  readonly name = 'webaudio';
  readonly #options: WindowBackendOptions;
  #user: AudioUser | undefined;
  #usesMicrophone = false;
  #stopPacing: () => void = () => {};
  #lastFrameMs = 0;
  #limitMs = FIRST_FRAME_MS;
  #creditFrames = 0;
  #creditAtMs = 0;

  constructor(options: WindowBackendOptions) {
    this.#options = options;
  }

  start(user: AudioUser): Promise<string | undefined> {
    const { line, runtime, pacer } = this.#options;
    if (line.obstacle !== undefined) return Promise.resolve(line.obstacle);
    this.#user = user;
    this.#lastFrameMs = this.#creditAtMs = runtime.nowMs();
    this.#limitMs = FIRST_FRAME_MS;
    this.#creditFrames = 0;
    this.#stopPacing = pacer.add(() => this.#onTime());
    this.#open();
    return Promise.resolve(undefined);
  }

  stop(): Promise<void> {
    this.#user = undefined;
    this.#stopPacing();
    this.#options.line.close(this);
    return Promise.resolve();
  }

  useMicrophone(isUsed: boolean): void {
    if (this.#usesMicrophone === isUsed) return;
    this.#usesMicrophone = isUsed;
    if (this.#user) this.#open();
  }

  /** Each captured frame is answered with one to be heard: both directions run by the window's clock. */
  onCaptured(samples: Int16Array): void {
    this.#lastFrameMs = this.#options.runtime.nowMs();
    this.#limitMs = LOST_MS;
    for (let at = 0; at + FRAME_SAMPLES <= samples.length; at += FRAME_SAMPLES) {
      if (this.#takeCredit()) this.#exchange(samples.subarray(at, at + FRAME_SAMPLES), true);
    }
  }

  onUnusable(reason: string): void {
    this.#lose(reason);
  }

  #open(): void {
    const { line, names, voice } = this.#options;
    const { captureName, playbackName, ringerName } = names;
    line.open(this, {
      usesMicrophone: this.#usesMicrophone,
      ...(captureName !== undefined && { captureName }),
      ...(playbackName !== undefined && { playbackName }),
      ...(ringerName !== undefined && { ringerName }),
      voice,
    });
  }

  #onTime(): void {
    const silentMs = this.#options.runtime.nowMs() - this.#lastFrameMs;
    if (silentMs > this.#limitMs) {
      this.#options.line.noteSilent();
      this.#lose('the window delivers no sound');
    } else if (silentMs > LATE_MS && this.#takeCredit()) {
      this.#exchange(SILENCE, false);
    }
  }

  #exchange(captured: Int16Array, isHeard: boolean): void {
    const played = new Int16Array(FRAME_SAMPLES);
    this.#user?.onCaptured(captured);
    this.#user?.render(played);
    if (isHeard && this.#user) this.#options.line.play('speaker', played);
  }

  /** Time is spent once, whoever asks for it: neither a bundle nor a window gone wild runs ahead of it. */
  #takeCredit(): boolean {
    const nowMs = this.#options.runtime.nowMs();
    const earned = ((nowMs - this.#creditAtMs) / FRAME_MS) * FASTEST;
    this.#creditFrames = Math.min(MAX_CREDIT_FRAMES, this.#creditFrames + earned);
    this.#creditAtMs = nowMs;
    if (this.#creditFrames < 1) return false;
    this.#creditFrames--;
    return true;
  }

  #lose(reason: string): void {
    const user = this.#user;
    void this.stop();
    user?.onLost(reason);
  }
}
