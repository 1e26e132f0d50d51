// Fuzz target: the heads of WAV files, and the samples behind them.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildWavHeader, parseWavHeader } from '../../src-main/media/recording/index.ts';
import { toMono } from '../../src-main/media/recording/wav-reader.ts';
import { mutations } from '../support/media/mutations.ts';
import { itHasGotOverBytes } from './crashers.ts';
import { timed } from './mutate.ts';
import { runs } from './runs.ts';

const corpus = [
  Buffer.concat([buildWavHeader(8000, 1, 8), Buffer.alloc(8, 3)]),
  Buffer.concat([buildWavHeader(48_000, 2, 0), Buffer.alloc(16, 200)]),
  Buffer.concat([buildWavHeader(44_100, 2, 0xffff_ffff), Buffer.alloc(5)]),
  Buffer.concat([
    buildWavHeader(8000, 1, 4).subarray(0, 36),
    Buffer.from('LIST\x03\x00\x00\x00abc\x00data\x04\x00\x00\x00'),
    Buffer.alloc(4),
  ]),
];

describe('WAV reader under mutation', () => {
  it('neither throws nor hangs, and never reads beyond the file', () => {
    fc.assert(
      fc.property(mutations(corpus), (bytes) => timed(() => checkFile(bytes))),
      { numRuns: runs(5000), seed: 1 },
    );
  });

  itHasGotOverBytes('wav', checkFile);
});

function checkFile(bytes: Uint8Array): void {
  const layout = parseWavHeader(bytes, bytes.length);
  if (!layout.ok) return;
  const { dataOffset, dataBytes } = layout.value;
  expect(dataBytes === 0 || dataOffset + dataBytes <= bytes.length).toBe(true);
  toMono(Buffer.from(bytes).subarray(dataOffset, dataOffset + dataBytes), layout.value);
}
