// What pocketsphinx_continuous prints: a line of text for each stretch of speech, then one line a word with its times.
import type { HeardWord } from './speech-engine.ts';

const WORD = /^(\S{1,80}) (\d{1,7}\.\d{1,6}) (\d{1,7}\.\d{1,6}) (\d{1,3}\.\d{1,9})$/;
/** A line that is longer is none of its own. */
const MAX_LINE = 8192;

/** Takes its output as it comes and tells of the words of each stretch. */
export class PocketsphinxLines {
  readonly #onWords: (words: readonly HeardWord[]) => void;
  #rest = '';
  #words: HeardWord[] = [];

  constructor(onWords: (words: readonly HeardWord[]) => void) {
    this.#onWords = onWords;
  }

  take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(-MAX_LINE);
    for (const line of lines) this.#takeLine(line.trimEnd());
  }

  /** The program has ended. */
  finish(): void {
    this.take('\n');
    this.#tell();
  }

  #takeLine(line: string): void {
    const [, word, from, to, confidence] = WORD.exec(line) ?? [];
    if (word === undefined) {
      // The text of the next stretch.
      this.#tell();
      return;
    }
    if (word === '</s>') {
      this.#tell();
      return;
    }
    // Noise, silence, laughter.
    if (/^[<[+]/.test(word)) return;
    this.#words.push({
      // Another way to say the same word.
      text: word.replace(/\(\d+\)$/, ''),
      fromMs: Math.round(Number(from) * 1000),
      toMs: Math.round(Number(to) * 1000),
      confidence: Math.min(1, Number(confidence)),
    });
  }

  #tell(): void {
    const words = this.#words;
    this.#words = [];
    if (words.length > 0) this.#onWords(words);
  }
}
