// From the device's microphone to the sessions: the voice chain, loaded at the first use, and what a speaker should know.
import type { Logger } from '../../base/logger.ts';
import {
  CaptureChain,
  cancelsEcho,
  MicrophoneWatch,
  VOICE_OFF,
  VOICE_ON,
  type MicrophoneEvent,
} from '../voice/index.ts';
import type { VoiceStages } from '../device/index.ts';
import type { AudioSpec } from './media-engine.ts';
import type { MediaSession } from './media-session.ts';

export interface CapturePathOptions {
  readonly logger: Logger;
  readonly onMicrophone: (sessionId: string, event: MicrophoneEvent) => void;
}

/** The one microphone; sound goes on unchanged until the chain is loaded, and when it cannot be. */
export class CapturePath {
  readonly #options: CapturePathOptions;
  readonly #watches = new WeakMap<MediaSession, MicrophoneWatch>();
  #spec: AudioSpec;
  /** What was done to the sound before it comes here. */
  #done: VoiceStages;
  #chain: CaptureChain | undefined;
  #loading: object | undefined;

  constructor(spec: AudioSpec, done: VoiceStages, options: CapturePathOptions) {
    this.#spec = spec;
    this.#done = done;
    this.#options = options;
  }

  /** Other devices need other stages; they are loaded at the next use. */
  changeSpec(spec: AudioSpec, done: VoiceStages): void {
    this.#spec = spec;
    this.#done = done;
    this.close();
  }

  /** Somebody uses the microphone: loads what its sound needs. */
  prepare(): void {
    if (this.#loading || !hasMicrophone(this.#spec)) return;
    const loading = {};
    this.#loading = loading;
    const onMissing = (stage: string, reason: string): void =>
      this.#options.logger.warn('a part of the voice chain is switched off', { stage, reason });
    void CaptureChain.load(stagesOf(this.#spec, this.#done), onMissing).then((chain) => {
      if (this.#loading === loading) this.#chain = chain;
      else chain.close();
    });
  }

  addPlayed(frame: Int16Array): void {
    this.#chain?.addPlayed(frame);
  }

  process(captured: Int16Array): Int16Array {
    return this.#chain?.process(captured) ?? captured;
  }

  /** Looks after one session's speaker, with the frame as it came from the device. */
  watch(session: MediaSession, captured: Int16Array): void {
    if (!hasMicrophone(this.#spec)) return;
    let watch = this.#watches.get(session);
    if (!watch) this.#watches.set(session, (watch = new MicrophoneWatch()));
    const event = watch.add(captured, this.#chain?.isSpeech === true, session.isMuted);
    if (event) this.#options.onMicrophone(session.sessionId, event);
  }

  close(): void {
    this.#loading = undefined;
    this.#chain?.close();
    this.#chain = undefined;
  }
}

/** Files in the microphone's place are sent as they are, unless it is asked for otherwise. */
function stagesOf(spec: AudioSpec, done: VoiceStages): Parameters<typeof CaptureChain.load>[0] {
  const isDevice = spec.kind === 'portaudio' || spec.kind === 'webaudio';
  const voice = spec.voice ?? (isDevice ? VOICE_ON : VOICE_OFF);
  const devices = isDevice ? [spec.captureName, spec.playbackName] : [];
  return {
    cancelsEcho: cancelsEcho(voice, devices) && !done.cancelsEcho,
    suppressesNoise: voice.noiseSuppression && !done.suppressesNoise,
    controlsGain: voice.automaticGain && !done.controlsGain,
  };
}

const hasMicrophone = (spec: AudioSpec): boolean =>
  spec.kind === 'portaudio' || spec.kind === 'webaudio' || (spec.kind === 'file' && spec.captureFile !== undefined);
