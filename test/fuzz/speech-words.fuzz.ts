// Fuzz target: what a speech program prints.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PocketsphinxLines } from '../../src-main/features/away/transcripts/pocketsphinx-lines.ts';
import { mutations } from '../support/media/mutations.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const corpus = [
  Buffer.from('the fox\n<s> 0.000 0.280 0.999900\nthe(2) 0.290 0.420 0.459972\n</s> 0.430 0.500 0.167327\n'),
  Buffer.from('jumps\njumps 2.110 2.500 0.900000\n[SPEECH] 2.510 2.600 0.4\n++breath++ 2.610 2.700 0.4\n'),
  Buffer.from('ERROR: "ngram_model_trie.c", line 179: File x not found\n'),
];

describe('the words of a speech program under mutation', () => {
  it('are words with times, or none', () => {
    fc.assert(
      fc.property(mutations(corpus), (bytes) => timed(() => check(Buffer.from(bytes).toString('utf8')))),
      { numRuns: runs(5000), seed: 1 },
    );
  });
});

function check(text: string): void {
  const lines = new PocketsphinxLines((words) => {
    expect(words.length).toBeGreaterThan(0);
    for (const { text: word, fromMs, toMs, confidence } of words) {
      expect(word.length).toBeLessThanOrEqual(80);
      expect(Number.isSafeInteger(fromMs) && Number.isSafeInteger(toMs)).toBe(true);
      expect(confidence >= 0 && confidence <= 1).toBe(true);
    }
  });
  lines.take(text);
  lines.finish();
}
