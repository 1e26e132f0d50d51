// Notices what a speaker cannot hear: that he is muted, or that his microphone delivers nothing.

const FRAME_MS = 10;
/** So much speech of the last half second is no cough. */
const SPEECH_FRAMES = 30;
const SPEECH_WINDOW_FRAMES = 50;
/** Who keeps talking is told again after this time. */
const REPEAT_MS = 5000;
const SILENT_MS = 3000;
/** Peak of what counts as nothing: below -90 dBov there is not even noise. */
const SILENT_PEAK = 1;

export type MicrophoneEvent = 'speakingWhileMuted' | 'microphoneSilent' | 'microphoneHeard';

/** Follows one session's microphone in frames of 10 ms. */
export class MicrophoneWatch {
  #speechScore = 0;
  #sinceToldMs = REPEAT_MS;
  #silentMs = 0;
  #isToldSilent = false;

  /** What is new with this frame, as it came from the device. */
  add(captured: Int16Array, isSpeech: boolean, isMuted: boolean): MicrophoneEvent | undefined {
    return isMuted ? this.#whileMuted(isSpeech) : this.#whileOpen(captured);
  }

  #whileMuted(isSpeech: boolean): MicrophoneEvent | undefined {
    this.#silentMs = 0;
    this.#sinceToldMs = Math.min(REPEAT_MS, this.#sinceToldMs + FRAME_MS);
    // A leaky count: three frames of silence take back two of speech.
    this.#speechScore = isSpeech
      ? Math.min(SPEECH_WINDOW_FRAMES, this.#speechScore + 1)
      : Math.max(0, this.#speechScore - 2 / 3);
    if (this.#speechScore < SPEECH_FRAMES || this.#sinceToldMs < REPEAT_MS) return undefined;
    this.#sinceToldMs = 0;
    return 'speakingWhileMuted';
  }

  #whileOpen(captured: Int16Array): MicrophoneEvent | undefined {
    this.#speechScore = 0;
    this.#sinceToldMs = REPEAT_MS;
    const isSilent = captured.every((sample) => sample >= -SILENT_PEAK && sample <= SILENT_PEAK);
    this.#silentMs = isSilent ? Math.min(SILENT_MS, this.#silentMs + FRAME_MS) : 0;
    if (!isSilent && this.#isToldSilent) {
      this.#isToldSilent = false;
      return 'microphoneHeard';
    }
    if (this.#silentMs < SILENT_MS || this.#isToldSilent) return undefined;
    this.#isToldSilent = true;
    return 'microphoneSilent';
  }
}
