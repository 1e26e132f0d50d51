// From the microphone to what is sent: high-pass, echo, noise, voice activity, gain; 10 ms at 48 kHz at a time.
import { AutomaticGain } from './automatic-gain.ts';
import { EchoCanceller } from './echo-canceller.ts';
import { HighPass } from './high-pass.ts';
import { NoiseSuppressor } from './noise-suppressor.ts';
import { VoiceDetector } from './voice-detector.ts';

const RATE_HZ = 48_000;
const FRAME_SAMPLES = 480;

/** Which stages run. */
export interface ChainStages {
  readonly cancelsEcho: boolean;
  readonly suppressesNoise: boolean;
  readonly controlsGain: boolean;
}

export type StageName = 'echo cancellation' | 'noise suppression' | 'voice detection';

interface Parts {
  readonly echo: EchoCanceller | undefined;
  readonly noise: NoiseSuppressor | undefined;
  readonly voice: VoiceDetector | undefined;
  readonly gain: AutomaticGain | undefined;
}

/** The stages of one microphone. The voice detector always runs: others want to know who speaks. */
export class CaptureChain {
  /** Whether the last frame held speech. */
  isSpeech = false;
  readonly #parts: Parts;
  readonly #highPass: HighPass | undefined;
  readonly #frame = new Float32Array(FRAME_SAMPLES);
  readonly #played = new Float32Array(FRAME_SAMPLES);
  #playedCount = 0;
  readonly #output = new Int16Array(FRAME_SAMPLES);

  private constructor(parts: Parts, changesSound: boolean) {
    this.#parts = parts;
    this.#highPass = changesSound ? new HighPass(RATE_HZ) : undefined;
  }

  /** Loads what the stages need; what cannot be loaded is left out, and `onMissing` is told why. */
  static async load(stages: ChainStages, onMissing: (stage: StageName, reason: string) => void): Promise<CaptureChain> {
    const attempt = async <T>(stage: StageName, isWanted: boolean, load: () => Promise<T>): Promise<T | undefined> => {
      if (!isWanted) return undefined;
      try {
        return await load();
      } catch (error) {
        onMissing(stage, error instanceof Error ? error.message : String(error));
        return undefined;
      }
    };
    const [echo, noise, voice] = await Promise.all([
      attempt('echo cancellation', stages.cancelsEcho, () => EchoCanceller.load()),
      attempt('noise suppression', stages.suppressesNoise, () => NoiseSuppressor.load()),
      attempt('voice detection', true, () => VoiceDetector.load()),
    ]);
    // Without a detector of speech the gain would lift noise as well.
    const gain = stages.controlsGain && voice ? new AutomaticGain() : undefined;
    return new CaptureChain({ echo, noise, voice, gain }, Boolean(echo ?? noise ?? gain));
  }

  /** What is about to be played, in pieces of any length. */
  addPlayed(piece: Int16Array): void {
    const { echo } = this.#parts;
    if (!echo) return;
    for (const sample of piece) {
      this.#played[this.#playedCount++] = sample / 32_768;
      if (this.#playedCount < FRAME_SAMPLES) continue;
      echo.addPlayed(this.#played);
      this.#playedCount = 0;
    }
  }

  /** What is to be sent of a captured frame; the view is valid until the next call. */
  process(captured: Int16Array): Int16Array {
    if (captured.length !== FRAME_SAMPLES) return captured;
    const frame = this.#frame;
    for (let i = 0; i < FRAME_SAMPLES; i++) frame[i] = (captured[i] ?? 0) / 32_768;
    const { echo, noise, voice, gain } = this.#parts;
    this.#highPass?.process(frame);
    echo?.process(frame);
    noise?.process(frame);
    this.isSpeech = voice?.isSpeech(frame) ?? false;
    gain?.process(frame, this.isSpeech);
    if (!this.#highPass) return captured;
    for (let i = 0; i < FRAME_SAMPLES; i++)
      this.#output[i] = Math.max(-32_768, Math.min(32_767, Math.round((frame[i] ?? 0) * 32_768)));
    return this.#output;
  }

  close(): void {
    this.#parts.echo?.close();
    this.#parts.noise?.close();
    this.#parts.voice?.close();
  }
}
