// What writes speech down: an engine of this machine that reads a model from the user's folder.

export interface HeardWord {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
  /** 0 to 1, as the engine judges itself. */
  readonly confidence: number;
}

/** One recording on its way through the engine. */
export interface SpeechStream {
  /** Takes mono samples at SPEECH_RATE_HZ; resolves when it may have more. */
  write(samples: Int16Array): Promise<void>;
  /** No more comes: resolves when every word is told, with a sentence when the engine failed. */
  finish(): Promise<string | undefined>;
  /** Ends it at once. */
  stop(): void;
  /** What the engine takes of the memory beside this process. */
  memoryMiB(): number;
}

export interface SpeechEngine {
  readonly name: string;
  /** `onWords` is told of what was said between two pauses. */
  open(onWords: (words: readonly HeardWord[]) => void): SpeechStream;
}

export const SPEECH_RATE_HZ = 16_000;

export const textOf = (words: readonly HeardWord[]): string => words.map(({ text }) => text).join(' ');
