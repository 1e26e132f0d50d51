// What the phone and its speech process say to each other.
import type { SoundKey } from '../../../media/index.ts';
import type { HeardWord } from './speech-engine.ts';

export interface WriteRequest {
  /** `listen`: the file is still being written, until `finish` comes. */
  readonly kind: 'write' | 'listen';
  readonly file: string;
  /** Of sealed recordings. */
  readonly soundKeys: readonly SoundKey[];
  readonly modelFolder: string;
  readonly limitMiB: number;
}

export type SpeechRequest = WriteRequest | { readonly kind: 'finish' } | { readonly kind: 'stop' };

export type SpeechReply =
  | { readonly kind: 'words'; readonly words: readonly HeardWord[] }
  | { readonly kind: 'progress'; readonly percent: number }
  /** The last one; `failure` is a sentence for the user. */
  | { readonly kind: 'ended'; readonly failure?: string };

/** The channel to a speech process, whoever forks it. */
export interface SpeechPort {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (reason: string) => void): void;
  kill(): void;
}
